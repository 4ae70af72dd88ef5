package program

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t testing.TB, text string) *Program {
	t.Helper()
	p, err := Parse("", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sequence returns the predicate "these verbs occur in this order".
func sequence(verbs ...Verb) func(*Program) bool {
	return func(p *Program) bool {
		rest := verbs
		for _, o := range p.Ops {
			if len(rest) > 0 && o.Verb == rest[0] {
				rest = rest[1:]
			}
		}
		return len(rest) == 0
	}
}

func total(p *Program, v Verb, arg int) (sum uint32) {
	for _, o := range p.Ops {
		if o.Verb == v {
			sum += o.Arg[arg]
		}
	}
	return sum
}

// A minimal program is what a person would have written.
func TestMinimize(t *testing.T) {
	long, served := New(Mux), sequence(PeerStream, RunMux, AppDetach)
	for r := NewRand(3); len(long.Ops) < 200 || !served(long); {
		Generate(r, long, Limits{Ops: 300})
	}
	for _, c := range []struct {
		name string
		from *Program
		keep func(*Program) bool
		want string
	}{
		{"everything goes", long, func(*Program) bool { return true }, "lastwake/1 mux\n"},
		{"a sequence stays", long, served,
			"lastwake/1 mux\npeer.stream c0/s0 data\nrun.mux c0\napp.detach c0/s0\n"},
		{
			"values shrink to a limit",
			mustParse(t, "lastwake/1 mux bufs=3\napp.send c2/s8 len=400000 fin !alloc=3\n"),
			func(p *Program) bool { return p.Header.Set[KeyBufs] <= 5 && total(p, AppSend, AppSendLen) >= 16385 },
			"lastwake/1 mux bufs=5\napp.send c0/s0 len=16385\n",
		},
		{
			"values that a bisection misses",
			mustParse(t, "lastwake/1 mux\napp.send c0/s0 len=4000\n"),
			func(p *Program) bool { n := total(p, AppSend, AppSendLen); return n >= 4000 || n == 1234 || n == 1357 },
			"lastwake/1 mux\napp.send c0/s0 len=1234\n",
		},
		{
			"ops that only go together",
			mustParse(t, "lastwake/1 mux\nnet.block c0\nrun.all\nnet.ok c0\nrun.mux c0\n"),
			func(p *Program) bool {
				open := true
				for _, o := range p.Ops {
					open = o.Verb == NetOK || open && o.Verb != NetBlock
				}
				return open && sequence(RunMux)(p)
			},
			"lastwake/1 mux\nrun.mux c0\n",
		},
		{
			"streams get the smallest ids, in order of appearance",
			mustParse(t, "lastwake/1 mux\npeer.stop c0/s16\npeer.reset c0/s8\npeer.reset c0/s16\n"),
			func(p *Program) bool {
				n := len(p.Ops)
				return n == 3 && p.Ops[0].Obj == p.Ops[2].Obj && p.Ops[1].Obj != p.Ops[0].Obj && p.Ops[1].Obj&3 == p.Ops[0].Obj&3
			},
			"lastwake/1 mux\npeer.stop c0/s0\npeer.reset c0/s4\npeer.reset c0/s0\n",
		},
		{
			"neighbours of one verb go by their objects",
			mustParse(t, "lastwake/1 mux\napp.detach c0/s8\napp.detach c0/s0\napp.detach c0/s4\n"),
			func(p *Program) bool {
				var ids []uint32
				for _, o := range p.Ops {
					ids = append(ids, o.Obj)
				}
				slices.Sort(ids)
				return slices.Equal(ids, []uint32{0, 4, 8})
			},
			"lastwake/1 mux\napp.detach c0/s0\napp.detach c0/s4\napp.detach c0/s8\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := c.from.String()
			got, proof := Minimize(c.from, c.keep, MinimizeOptions{})
			if !proof.Kept || !proof.Minimal || proof.Sampled != 0 {
				t.Errorf("%s (%+v)", proof, proof)
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if c.from.String() != before {
				t.Error("the program given was changed")
			}
		})
	}
}

// The proof is checked by other means: for predicates that are as irregular as
// a hash, no op can go and no value get smaller by brute force.
func TestMinimizeProvesWhatItSays(t *testing.T) {
	r := NewRand(11)
	for range 60 {
		p := New(Mux)
		Generate(r, p, Limits{Ops: 12})
		for i := range p.Ops { // so that brute force ends
			for j, d := range rows[p.Ops[i].Verb].Operands {
				p.Ops[i].Arg[j] = min(p.Ops[i].Arg[j], d.Max, 300)
			}
			p.Ops[i].Obj = min(p.Ops[i].Obj, 30)
		}
		p.Header = NewHeader(Mux)
		salt := r.Uint64()
		start := p.Hash()
		keep := func(q *Program) bool { h := q.Hash(); return h == start || mix(h[0]^salt)%8 == 0 }
		got, proof := Minimize(p, keep, MinimizeOptions{})
		if !proof.Minimal {
			t.Fatalf("%+v", proof)
		}
		bruteForce(t, got, keep)
	}
}

func bruteForce(t *testing.T, p *Program, keep func(*Program) bool) {
	t.Helper()
	if !keep(p) {
		t.Fatalf("not kept:\n%s", p)
	}
	for i := range p.Ops {
		q := p.Clone()
		if q.Ops = slices.Delete(q.Ops, i, i+1); keep(q) {
			t.Errorf("op %d can go:\n%s", i, p)
		}
		for w := (place{i, 0}); w.field < numPlaces; w.field++ {
			if w.field < placeObj && w.field >= len(rows[p.Ops[i].Verb].Operands) {
				continue
			}
			d := p.describe(w)
			for v := range min(p.at(w)+1000, d.Max) + 1 {
				if q := p.Clone(); v >= d.Min && nearer(v, p.at(w), d.Default) {
					if q.put(w, v); keep(q) {
						t.Errorf("op %d field %d can get smaller, %d:\n%s", i, w.field, v, p)
					}
				}
			}
		}
	}
}

// eachSmaller visits exactly the smaller values when it says so, and never
// another.
func TestEachSmallerVisitsExactlyTheSmaller(t *testing.T) {
	d := Operand{Min: 2, Max: 90, Default: 30, Map: []uint32{30, 2}}
	for v := d.Min; v <= d.Max; v++ {
		var want, got []uint32
		for c := d.Min; c <= d.Max; c++ {
			if d.smaller(c, v) {
				want = append(want, c)
			}
		}
		if !eachSmaller(&d, v, 100, func(c uint32) bool { got = append(got, c); return false }) {
			t.Errorf("%d: not all", v)
		}
		if !slices.IsSortedFunc(got, func(a, b uint32) int {
			if d.smaller(a, b) {
				return -1
			}
			return 1
		}) {
			t.Errorf("%d: not the smallest first: %d", v, got)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%d: visited %d, want %d", v, got, want)
		}
	}
	far := Operand{Max: 1 << 30, Default: 1 << 29, Map: []uint32{1 << 29, 77, 1<<30 - 5}}
	all := eachSmaller(&far, 3, 100, func(c uint32) bool {
		if !far.smaller(c, 3) {
			t.Errorf("%d is not smaller", c)
		}
		return false
	})
	if all {
		t.Error("a sample passes for all")
	}
}

// Annotations are a person's work: what belongs to an op that stays, stays.
func TestMinimizeKeepsNotesOfOpsThatStay(t *testing.T) {
	p := mustParse(t, `lastwake/1 mux  # a seed
# what it shows

net.block c0  # goes
# goes too
net.ok c0
# the tasklet
run.mux c0  # runs
# the end
`)
	got, _ := Minimize(p, sequence(RunMux), MinimizeOptions{})
	want := `lastwake/1 mux  # a seed
# what it shows

# the tasklet
run.mux c0  # runs
# the end
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

func TestMinimizeStopsWhenAsked(t *testing.T) {
	p := New(Mux)
	for range 100 {
		p.Ops = append(p.Ops, Op{Verb: RunAll}, Op{Verb: RunMux})
	}
	calls := 0
	keep := func(q *Program) bool { calls++; return sequence(RunMux, RunMux, RunAll)(q) }

	got, proof := Minimize(p, keep, MinimizeOptions{Budget: 10})
	if calls != 10 || proof.Tried != 10 || proof.Minimal || proof.Stop != "budget" || !keep(got) {
		t.Errorf("%d calls, %+v", calls, proof)
	}

	calls = 0
	got, proof = Minimize(p, keep, MinimizeOptions{Cancel: func() bool { return calls >= 10 }})
	if calls != 10 || proof.Minimal || proof.Stop != "cancelled" || !keep(got) || len(got.Ops) >= len(p.Ops) {
		t.Errorf("%d calls, %d ops, %+v", calls, len(got.Ops), proof)
	}

	got, proof = Minimize(p, func(*Program) bool { return false }, MinimizeOptions{})
	if proof.Kept || proof.Minimal || !got.Equal(p) || got == p || !strings.HasPrefix(proof.String(), "not minimised") {
		t.Errorf("%s %+v", proof, proof)
	}
}

// A target must never see an op that the table does not allow.
func TestMinimizeRefusesAnInvalidProgram(t *testing.T) {
	p := New(Mux)
	p.Ops = []Op{{Verb: RunMux, Obj: 4}}
	_, proof := Minimize(p, func(*Program) bool { t.Error("asked"); return true }, MinimizeOptions{})
	if proof.Kept {
		t.Errorf("%+v", proof)
	}
}

// The predicate is a run of a target: none is made twice, each better program
// is shown, and all of them are valid.
func TestMinimizeAsksOncePerProgram(t *testing.T) {
	p := New(Mux)
	Generate(NewRand(5), p, Limits{Ops: 64})
	seen := map[string]bool{}
	progress := 0
	size := len(p.Ops)
	keep := func(q *Program) bool {
		if seen[q.String()] {
			t.Errorf("asked twice about\n%s", q)
		}
		seen[q.String()] = true
		if err := q.Validate(); err != nil {
			t.Error(err)
		}
		return sequence(p.Ops[0].Verb, p.Ops[len(p.Ops)/2].Verb)(q)
	}
	got, proof := Minimize(p, keep, MinimizeOptions{Progress: func(best *Program, tried int) {
		progress++
		if len(best.Ops) > size || tried != len(seen) {
			t.Errorf("%d ops after %d, tried %d of %d", len(best.Ops), size, tried, len(seen))
		}
		size = len(best.Ops)
	}})
	if progress == 0 || len(got.Ops) != 2 || proof.Tried != len(seen) {
		t.Errorf("%d steps to %d ops, %+v", progress, len(got.Ops), proof)
	}
}

func TestProofReadsAsASentence(t *testing.T) {
	for _, c := range []struct {
		p    Proof
		want string
	}{
		{Proof{Kept: true, Minimal: true, Ops: 9, Values: 412, Tried: 800}, "1-minimal: no op can go (9 tried), no value get smaller (412 tried); 800 programs run"},
		{Proof{Kept: true, Minimal: true, Ops: 9, Values: 412, Sampled: 2, Tried: 800}, "1-minimal: no op can go (9 tried), no value get smaller (412 tried, of 2 values a sample); 800 programs run"},
		{Proof{Kept: true, Stop: "budget", Tried: 5}, "not proved minimal: stopped by budget; 5 programs run"},
	} {
		if got := fmt.Sprint(c.p); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
