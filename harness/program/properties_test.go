package program

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// eachProgram calls check with programs of all origins: decoded from noise,
// generated, and mutated for a while.
func eachProgram(t *testing.T, n int, check func(t *testing.T, p *Program)) {
	t.Helper()
	r := NewRand(1)
	old := New(Mux)
	for range n {
		check(t, Decode(noise(r)))
		check(t, Decode(append(format2.mark[:2:2], noise(r)...)))
		p := New(Mux)
		Generate(r, p, Limits{})
		check(t, p)
		for range 1 + r.Intn(20) {
			Mutate(r, p, old, Limits{})
		}
		check(t, p)
		old = p
		if t.Failed() {
			return
		}
	}
}

// noise returns bytes of which some are what a fuzzing engine likes to write.
func noise(r *Rand) []byte {
	b := make([]byte, r.Intn(40*recordLen))
	for i := range b {
		switch r.Intn(4) {
		case 0:
			b[i] = []byte{0, 1, 0x7f, 0x80, 0xff, literalSlot}[r.Intn(6)]
		default:
			b[i] = byte(r.Uint64())
		}
	}
	return b
}

func TestEveryProgramIsValid(t *testing.T) {
	eachProgram(t, 2000, func(t *testing.T, p *Program) {
		if err := p.Validate(); err != nil {
			t.Errorf("%v\n%s", err, p)
		}
	})
}

func TestTextRoundTrip(t *testing.T) {
	eachProgram(t, 2000, func(t *testing.T, p *Program) {
		q, err := Parse("", []byte(p.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if !q.Equal(p) || q.String() != p.String() {
			t.Errorf("written\n%s\nread\n%s", p, q)
		}
	})
}

func TestByteRoundTrip(t *testing.T) {
	var reused Program
	eachProgram(t, 2000, func(t *testing.T, p *Program) {
		b := Encode(p)
		if len(b) > MaxBytes {
			t.Errorf("%d bytes, more than MaxBytes", len(b))
		}
		if q := Decode(b); !q.Equal(p) {
			t.Errorf("encoded\n%s\ndecoded\n%s", p, q)
		}
		// What an earlier program left in memory must not show.
		if DecodeInto(&reused, b); !reused.Equal(p) {
			t.Errorf("decoded into a used program\n%s\ninstead of\n%s", &reused, p)
		}
	})
}

// Equal programs have equal hashes; that unequal ones differ is what the
// minimiser's memory and a corpus rest on.
// What format 1 can hold, format 2 holds too: a program that gets an op of
// format 2 keeps its others.
func TestFormat2HoldsWhatFormat1Holds(t *testing.T) {
	eachProgram(t, 500, func(t *testing.T, p *Program) {
		if q := Decode(format2.append(nil, p)); !equalButFaults(q, p) {
			t.Errorf("as bytes of format 2\n%s\nbecomes\n%s", p, q)
		}
	})
}

// Where things stand in format 2: a mark, a byte a header key, literals of the
// keys from field 32 on.
func TestFormat2ByteByByte(t *testing.T) {
	p := New(Mux)
	p.Header.Set[KeyEra], p.Header.Set[KeyIdle] = 2, 77
	p.Ops = []Op{{Verb: RunAll}}
	want := []byte{2, 0xfd}
	want = append(want, make([]byte, 32)...)
	for _, lit := range [][2]byte{{32 + KeyEra, 2}, {32 + KeyIdle, 77}} {
		want = append(want, literalSlot, lit[0], lit[1], 0, 0, 0, 0, 0)
	}
	want = append(want, byte(RunAll), 0, 0, 0, 0, 0, 0, 0)
	if got := Encode(p); !bytes.Equal(got, want) {
		t.Errorf("% x\nwant\n% x", got, want)
	}
	if got := Decode(want); !got.Equal(p) {
		t.Errorf("decodes to\n%s", got)
	}
}

func TestHashTellsProgramsApart(t *testing.T) {
	seen := map[[2]uint64]*Program{}
	eachProgram(t, 2000, func(t *testing.T, p *Program) {
		h := p.Hash()
		if q := seen[h]; q != nil && !q.Equal(p) {
			t.Errorf("one hash for\n%s\nand\n%s", p, q)
		}
		if p.Clone().Hash() != h {
			t.Errorf("a copy has another hash")
		}
		seen[h] = p.Clone()
	})
}

// Every field that a run depends on reaches the hash, text and bytes.
func TestNoFieldIsForgotten(t *testing.T) {
	base, err := Parse("", []byte("lastwake/1 mux\nnet.ack c0/p7\npeer.stream c0/s8 data len=5 gap=6 back=7\n"))
	if err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(p *Program){
		"verb":  func(p *Program) { p.Ops[0].Verb = NetLose },
		"conn":  func(p *Program) { p.Ops[0].Conn = 2 },
		"obj":   func(p *Program) { p.Ops[0].Obj = 9 },
		"alloc": func(p *Program) { p.Ops[0].Alloc = 200 },
		"arg 0": func(p *Program) { p.Ops[1].Arg[0] = KindGoaway },
		"arg 1": func(p *Program) { p.Ops[1].Arg[1] = 99 },
		"arg 2": func(p *Program) { p.Ops[1].Arg[2] = 99 },
		"arg 3": func(p *Program) { p.Ops[1].Arg[3] = 99 },
		"arg 4": func(p *Program) { p.Ops[1].Arg[4] = 1 },
		"less":  func(p *Program) { p.Ops = p.Ops[:1] },
	}
	for k := range keys {
		if keys[k].Max > 0 {
			changes[keys[k].Name] = func(p *Program) { p.Header.Set[k] = keys[k].fit(p.Header.Set[k] + 1) }
		}
	}
	for name, change := range changes {
		p := base.Clone()
		change(p)
		if p.Equal(base) || p.Hash() == base.Hash() || p.String() == base.String() || cmp.Equal(Encode(p), Encode(base)) {
			t.Errorf("a change of %s does not show", name)
		}
	}
}

// The op table must be able to say what is known to have gone wrong.
func TestKnownSequencesAreCanonicalPrograms(t *testing.T) {
	text, err := os.ReadFile("testdata/sequences.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		name, prog, _ := strings.Cut(part, "\n")
		prog = strings.TrimSpace(prog) + "\n"
		p, err := Parse(name, []byte(prog))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(prog, p.String()); diff != "" {
			t.Errorf("%s is not in canonical form (-is +canonical):\n%s", name, diff)
		}
	}
}

// Processes and rings have no rows yet, but their objects belong to the grammar.
func TestObjectsOfEveryKindRoundTrip(t *testing.T) {
	for k, texts := range map[ObjectKind][]string{
		ObjNone: {""}, ObjConn: {" c0", " c3"}, ObjStream: {" c0/s0", " c1/s1048575"}, ObjPacket: {" c0/p1"},
		ObjPackets: {" c0", " c2/p7"}, ObjProcess: {" x0", " x15"}, ObjRing: {" r0", " r9"},
	} {
		r := &Row{Name: "some.verb", Object: k}
		for _, text := range texts {
			var o Op
			if err := scan(1, text).object(&o, r); err != nil {
				t.Errorf("%v: %v", k, err)
			} else if got := string(o.appendObject(nil, k)); got != text {
				t.Errorf("%q is written as %q", text, got)
			}
		}
		for _, text := range []string{"c4", "c0/s1048576", "c0/p0", "c0/x1", "x16", "r16", "y0", "c", "c0/", "c0/s"} {
			var o Op
			if err := scan(1, text).object(&o, r); err == nil && k != ObjNone {
				t.Errorf("%v: %q is an object", k, text)
			}
		}
	}
}

func TestParseHasLimits(t *testing.T) {
	ops := func(n int) []byte { return []byte("lastwake/1 mux\n" + strings.Repeat("run.all\n", n)) }
	if _, err := Parse("", ops(MaxOps)); err != nil {
		t.Errorf("the longest program: %v", err)
	}
	for _, c := range []struct {
		text []byte
		want string
	}{
		{ops(MaxOps + 1), "4098:1: program has more than 4096 ops"},
		{make([]byte, MaxText+1), "1:1: program is 1048577 bytes long, more than 1048576"},
		{[]byte(strings.Repeat("x", MaxText)), `1:1: "` + strings.Repeat("x", 64) + `"... is not a program's header`},
	} {
		if _, err := Parse("", c.text); err == nil || err.Error() != c.want {
			t.Errorf("got error %v, want %s", err, c.want)
		}
	}
}

// Decode is bounded by the format, whatever the length of its input.
func TestDecodeHasLimits(t *testing.T) {
	b := make([]byte, 2*MaxBytes)
	if n := len(Decode(b).Ops); n != MaxOps {
		t.Errorf("%d ops out of zeroes, want %d", n, MaxOps)
	}
	for i := format1.head(); i < len(b); i += recordLen {
		b[i] = literalSlot
	}
	if n := len(Decode(b).Ops); n != 0 {
		t.Errorf("%d ops out of literals", n)
	}
}

// The longest bytes that a valid program needs are still decoded whole.
func TestTheLongestBytesRoundTrip(t *testing.T) {
	p := New(Mux)
	for k := range keys {
		if keys[k].home.holds(Mux) {
			p.Header.Set[k] = keys[k].Max
		}
	}
	for range MaxOps {
		o := Op{Verb: PeerStream, Conn: MaxConn, Alloc: MaxAlloc, Obj: MaxStream}
		for i, d := range rows[PeerStream].Operands {
			o.Arg[i] = d.Max
		}
		p.Ops = append(p.Ops, o)
	}
	b := Encode(p)
	if q := Decode(b); len(b) > MaxBytes || !q.Equal(p) {
		t.Errorf("%d bytes of at most %d give %d ops", len(b), MaxBytes, len(q.Ops))
	}
}

func TestCloneSharesNothing(t *testing.T) {
	const text = "lastwake/1 mux faults=A\n# note\nrun.mux c0\n"
	p := mustParse(t, text)
	q := p.Clone()
	if q.String() != text {
		t.Errorf("the copy is\n%s", q)
	}
	q.Header.Faults[0], q.Notes[0].Text, q.Ops[0].Conn = "B", "# other", 1
	if p.String() != text {
		t.Errorf("changing the copy makes the program\n%s", p)
	}
}

// The target is a parameter of a run: bytes keep the one that is there.
func TestDecodeKeepsTheTarget(t *testing.T) {
	p := New("quicgo")
	p.Header.Faults = []string{"A"}
	p.Notes = []Note{{Text: "# old"}}
	DecodeInto(p, nil)
	want := New("quicgo")
	want.Header.Faults = []string{}
	if !p.Equal(want) || len(p.Notes) != 0 {
		t.Errorf("decoding nothing into a quicgo program gives\n%s", p)
	}
	if p.Header.Target = "gone"; p.Validate() == nil {
		t.Error("an unknown target is valid")
	}
	if DecodeInto(p, nil); p.Header.Target != Mux {
		t.Errorf("target %q", p.Header.Target)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	r := NewRand(7)
	b := noise(r)
	for len(b) < 200 {
		b = noise(r)
	}
	p, q := New(Mux), New(Mux)
	p.Ops = make([]Op, 0, 2*64)
	for name, f := range map[string]func(){
		"DecodeInto": func() { DecodeInto(p, b) },
		"Generate":   func() { Generate(r, q, Limits{}) },
		"Mutate":     func() { Mutate(r, p, q, Limits{}) },
		"CopyFrom":   func() { q.CopyFrom(p) },
		"Hash":       func() { p.Hash() },
	} {
		for range 1000 {
			f()
		}
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func TestValidateRejectsWhatTextCannotSay(t *testing.T) {
	for name, change := range map[string]func(p *Program){
		"no verb":        func(p *Program) { p.Ops[0].Verb = 0 },
		"verb too great": func(p *Program) { p.Ops[0].Verb = NumVerbs },
		"connection":     func(p *Program) { p.Ops[0].Conn = MaxConn + 1 },
		"object":         func(p *Program) { p.Ops[0].Obj = MaxStream + 1 },
		"operand":        func(p *Program) { p.Ops[0].Arg[0] = 99 },
		"unused operand": func(p *Program) { p.Ops[1].Arg[0] = 1 },
		"unused object":  func(p *Program) { p.Ops[1].Obj = 1 },
		"unused conn":    func(p *Program) { p.Ops[1].Conn = 1 },
		"key":            func(p *Program) { p.Header.Set[KeyBufs] = 0 },
		"unused key":     func(p *Program) { p.Header.Set[NumKeys-1] = 1 },
		"fault":          func(p *Program) { p.Header.Faults = []string{"a b"} },
		"fault twice":    func(p *Program) { p.Header.Faults = []string{"a", "a"} },
		"note":           func(p *Program) { p.Notes = []Note{{Text: "no comment"}} },
		"note at no op":  func(p *Program) { p.Notes = []Note{{Op: 3, Text: "#"}} },
		"note order":     func(p *Program) { p.Notes = []Note{{Op: 1, Text: "#"}, {Op: 0, Text: "#"}} },
		"two behind":     func(p *Program) { p.Notes = []Note{{Inline: true, Text: "#"}, {Inline: true, Text: "#"}} },
		"note lines":     func(p *Program) { p.Notes = []Note{{Text: "# a\nrun.all"}} },
		"ops":            func(p *Program) { p.Ops = make([]Op, MaxOps+1) },
	} {
		p := New(Mux)
		p.Ops = []Op{{Verb: PeerStream}, {Verb: RunAll}}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		if change(p); p.Validate() == nil {
			t.Errorf("%s: valid", name)
		}
	}
}
