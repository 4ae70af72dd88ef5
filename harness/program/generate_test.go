package program

import (
	"testing"
)

// The sequence is part of every committed seed and every figure that names
// one, so it is pinned.
func TestRandNeverChanges(t *testing.T) {
	r := NewRand(1)
	want := []uint64{0xb3f2af6d0fc710c5, 0x853b559647364cea, 0x92f89756082a4514}
	for i, w := range want {
		if got := r.Uint64(); got != w {
			t.Errorf("number %d of seed 1 is %#x, was %#x", i, got, w)
		}
	}
	if r.Intn(0) != 0 || r.Intn(1) != 0 {
		t.Error("Intn of at most one value is 0")
	}
	var count [6]int
	for range 6000 {
		count[r.Intn(6)]++
	}
	for v, n := range count {
		if n < 850 || n > 1150 {
			t.Errorf("%d came %d times in 6000", v, n)
		}
	}
	if a, b := r.Split(), r.Split(); a.Uint64() == b.Uint64() {
		t.Error("two lanes have one sequence")
	}
}

// A search is repeatable only if nothing but the generator decides.
func TestGenerateAndMutateDependOnTheirArgumentsOnly(t *testing.T) {
	run := func(used *Program) (hashes [][2]uint64) {
		r, other := NewRand(9), New(Mux)
		for range 200 {
			Generate(r, other, Limits{})
			Generate(r, used, Limits{})
			hashes = append(hashes, used.Hash())
			for range 5 {
				Mutate(r, used, other, Limits{})
				hashes = append(hashes, used.Hash())
			}
		}
		return hashes
	}
	a, b := run(New(Mux)), run(mustParse(t, "lastwake/1 mux bufs=2\nrun.all # note\nnet.ok c0\n"))
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("program %d differs", i)
		}
	}
}

func TestLimitsHold(t *testing.T) {
	peers := Limits{Ops: 10, Actors: 1<<Peer | 1<<Net}
	r, p, old := NewRand(2), New(Mux), New(Mux)
	for range 2000 {
		Generate(r, p, peers)
		for range 4 {
			Mutate(r, p, old, peers)
		}
		if len(p.Ops) > 10 {
			t.Fatalf("%d ops", len(p.Ops))
		}
		for _, o := range p.Ops {
			if a := o.Verb.Row().Actor; a != Peer && a != Net {
				t.Fatalf("the target cannot play %s", o)
			}
		}
		old.CopyFrom(p)
	}
	Generate(r, p, Limits{Ops: 1 << 30})
	if len(p.Ops) > MaxOps {
		t.Errorf("%d ops", len(p.Ops))
	}
	Mutate(r, p, nil, Limits{Ops: 3})
	if len(p.Ops) > 3 {
		t.Errorf("%d ops after a mutation that allows 3", len(p.Ops))
	}
}

// What the table can say, the generator says: every verb, every name of an
// enumeration, both values of a flag, every value of a key's map.
func TestGenerateReachesTheWholeTable(t *testing.T) {
	type value struct {
		v   Verb
		arg int
		val uint32
	}
	seen := map[value]int{}
	r := NewRand(4)
	for i := range 16000 {
		p := New([...]string{Mux, Process, Quicgo, Live}[i%4])
		Generate(r, p, Limits{Eras: uint(i) & 4 << (firstBack - 2)})
		for _, o := range p.Ops {
			seen[value{o.Verb, -1, 0}]++
			for i := range o.Verb.Row().Operands {
				seen[value{o.Verb, i, o.Arg[i]}]++
			}
		}
		for k := range keys {
			seen[value{0, k, p.Header.Set[k]}]++
		}
	}
	need := func(v Verb, i int, d Operand) {
		for _, val := range d.Map {
			if seen[value{v, i, val}] == 0 {
				t.Errorf("%s operand %s never has value %d", v, d.Name, val)
			}
		}
	}
	for v := Verb(1); v < NumVerbs; v++ {
		if seen[value{v, -1, 0}] == 0 {
			t.Errorf("%s never comes", v)
		}
		for i, d := range v.Row().Operands {
			need(v, i, d)
		}
	}
	for k, d := range keys {
		need(0, k, d)
	}
}

// Programs follow a connection's life: without this, most of a search would
// act on streams that are not there.
func TestGenerateFollowsTheLifeOfAConnection(t *testing.T) {
	var early, late struct{ open, detach, n int }
	onKnown, onStream := 0, 0
	r, p := NewRand(6), New(Mux)
	for range 1000 {
		Generate(r, p, Limits{})
		known := map[uint32]bool{}
		for i, o := range p.Ops {
			part := &early
			if i >= len(p.Ops)/2 {
				part = &late
			}
			part.n++
			switch {
			case o.Verb == PeerStream:
				part.open++
			case o.Verb == AppDetach:
				part.detach++
			}
			if o.Verb == PeerStream {
				known[o.Obj] = true
			} else if o.onStream() {
				onStream++
				if known[o.Obj] {
					onKnown++
				}
			}
		}
	}
	if early.open*late.n < 2*late.open*early.n || late.detach*early.n < 2*early.detach*late.n {
		t.Errorf("early %+v, late %+v", early, late)
	}
	if onKnown*3 < onStream*2 {
		t.Errorf("%d of %d ops on a stream act on one that frames have arrived for", onKnown, onStream)
	}
}

// A program is about one side of the process: what only connections to servers
// have comes with them alone, in the eras that have them, and leaves most of the
// programs to the others.
func TestGenerateKeepsTheSidesApart(t *testing.T) {
	r, p := NewRand(7), New(Mux)
	for era := range uint32(firstBack + 1) {
		back, answered, streams := 0, 0, 0
		for range 2000 {
			Generate(r, p, Limits{Eras: 1 << era})
			Mutate(r, p, p, Limits{Eras: 1 << era})
			if !p.Header.Back() {
				for k, d := range keys {
					if d.home == atBack && p.Header.Set[k] != d.Default {
						t.Fatalf("%s", p)
					}
				}
				continue
			}
			back++
			opened := 1
			for _, o := range p.Ops {
				switch {
				case o.Verb == AppOpen:
					opened++
				case o.Verb == PeerStream && o.Obj&3 == 0:
					streams++
					if int(o.Obj/4) < opened {
						answered++
					}
				}
			}
		}
		if era < firstBack && back != 0 || era == firstBack && (back < 2000/8 || back > 2000/2) {
			t.Errorf("era %d: %d of 2000 programs are about servers", era, back)
		}
		if answered*4 < streams*3 {
			t.Errorf("era %d: %d of %d frames are on a stream that the process opens", era, answered, streams)
		}
	}
}

// Each edit does what its name says often enough to matter, from a usual
// program; and none leaves an invalid one.
func TestEveryEditApplies(t *testing.T) {
	sum := 0
	for i, e := range edits {
		sum += e.weight
		r, p, other := NewRand(uint64(i)), New(Mux), New(Mux)
		applied, changed := 0, 0
		for range 500 {
			Generate(r, p, Limits{})
			Generate(r, other, Limits{})
			before := p.Hash()
			if e.apply(r, p, other, Limits{Ops: 100}) {
				applied++
				if p.Hash() != before {
					changed++
				}
			}
			if err := p.Validate(); err != nil {
				t.Fatalf("edit %d: %v", i, err)
			}
		}
		if applied < 100 || changed < 80 {
			t.Errorf("edit %d: applied %d, changed %d of 500", i, applied, changed)
		}
		empty := New(Mux)
		e.apply(r, empty, New(Mux), Limits{})
	}
	if sum != editWeights {
		t.Errorf("the weights sum up to %d, not %d", sum, editWeights)
	}
}

func TestRepeatBlockGivesTheCopyAnotherStream(t *testing.T) {
	r, found := NewRand(8), false
	for range 200 {
		p := mustParse(t, "lastwake/1 mux\npeer.stream c0/s0 headers fin\napp.send c0/s0 len=9\n")
		if !repeatBlock(r, p, p, Limits{}) {
			t.Fatal("not applied")
		}
		found = found || p.String() == "lastwake/1 mux\npeer.stream c0/s0 headers fin\napp.send c0/s0 len=9\npeer.stream c0/s4 headers fin\napp.send c0/s4 len=9\n"
	}
	if !found {
		t.Error("a request was never repeated on the next stream")
	}
}

func TestMirrorStreamPutsTwoStreamsIntoOneState(t *testing.T) {
	p := mustParse(t, "lastwake/1 mux\npeer.stream c0/s0 headers fin\nrun.mux c0\napp.send c0/s0 len=9\n")
	for r := NewRand(9); !mirrorStream(r, p, p, Limits{}); {
	}
	if got, want := p.String(), "lastwake/1 mux\npeer.stream c0/s0 headers fin\npeer.stream c0/s4 headers fin\nrun.mux c0\n"+
		"app.send c0/s0 len=9\napp.send c0/s4 len=9\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestEchoOpNamesAnotherStream(t *testing.T) {
	r, echoed := NewRand(9), 0
	for range 100 {
		p := mustParse(t, "lastwake/1 mux\nrun.mux c0\napp.read c0/s0\nrun.mux c0\n")
		if !echoOp(r, p, p, Limits{}) {
			continue
		}
		echoed++
		if a, b := p.Ops[1], p.Ops[2]; len(p.Ops) != 4 || b.Verb != AppRead || a.Obj == b.Obj {
			t.Fatalf("got\n%s", p)
		}
	}
	if echoed == 0 {
		t.Error("no op was ever echoed")
	}
}

// The ends of a range, what lies beside them, and the limits that the header
// names are drawn for every number.
func TestUnusualValuesAreAtBoundaries(t *testing.T) {
	p := New(Mux)
	p.Header.Set[KeyRxMSD] = 54321
	r, d := NewRand(10), &rows[PeerStream].Operands[PeerStreamLen]
	seen := map[uint32]bool{}
	for range 20000 {
		v := p.randomValue(r, d)
		if v < d.Min || v > d.Max {
			t.Fatalf("%d is outside of %d to %d", v, d.Min, d.Max)
		}
		seen[v] = true
	}
	for _, v := range []uint32{d.Min, d.Min + 1, d.Max, d.Max - 1, 1 << 13, 1<<14 + 1, 54320, 54321, 54322} {
		if !seen[v] {
			t.Errorf("%d never came", v)
		}
	}
}

// Half of the programs do without some verbs, but never without the one that
// programs begin with.
func TestSwarmLeavesVerbsOut(t *testing.T) {
	r, h, left := NewRand(11), NewHeader(Mux), map[Verb]int{}
	for range 1000 {
		s := swarm(r, Limits{}, &h)
		for v := Verb(1); v < NumVerbs; v++ {
			if s.has(v) {
				left[v]++
			}
		}
	}
	if left[PeerStream] != 0 {
		t.Errorf("%s was left out %d times", PeerStream, left[PeerStream])
	}
	for _, v := range []Verb{AppSend, NetFatal, RunMux, AppClose} {
		if left[v] < 300 || left[v] > 700 {
			t.Errorf("%s was left out %d times of 1000", v, left[v])
		}
	}
}

func BenchmarkDecodeInto(b *testing.B) {
	p := New(Mux)
	for r := NewRand(1); len(p.Ops) < 64; {
		Generate(r, p, Limits{Ops: 64})
	}
	data := Encode(p)
	b.ReportAllocs()
	for b.Loop() {
		DecodeInto(p, data)
	}
}

func BenchmarkMutate(b *testing.B) {
	r, p, q := NewRand(1), New(Mux), New(Mux)
	Generate(r, q, Limits{Ops: 64})
	b.ReportAllocs()
	for b.Loop() {
		p.CopyFrom(q)
		Mutate(r, p, q, Limits{})
	}
}

func BenchmarkGenerate(b *testing.B) {
	r, p := NewRand(1), New(Mux)
	b.ReportAllocs()
	for b.Loop() {
		Generate(r, p, Limits{})
	}
}
