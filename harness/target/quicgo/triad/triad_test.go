package triad_test

import (
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/quicgo/inside"
	"github.com/lastwake/lastwake/harness/target/quicgo/triad"
)

// record plays p and returns what happened, and the streams of ops that were
// not played.
func record(t *testing.T, s target.Session, p *program.Program) (lines []string, unplayed map[uint64]bool) {
	t.Helper()
	r := exec.New(s)
	r.Settle(false)
	ls, err := r.Record(p, fault.Set{})
	if err != nil {
		t.Fatal(err)
	}
	unplayed = map[uint64]bool{}
	for _, l := range ls {
		lines = append(lines, l.Events...)
		if l.Outcome != program.Done && l.Op.Verb.Row().Object == program.ObjStream {
			unplayed[uint64(l.Op.Obj)] = true
		}
	}
	return lines, unplayed
}

func compare(t *testing.T, m target.Session, p *program.Program) []triad.Diff {
	t.Helper()
	forModel, forStack := triad.Part(p)
	a, skipped := record(t, m, forModel)
	b, unplayed := record(t, inside.New(t, nil), forStack)
	for id := range skipped {
		unplayed[id] = true
	}
	return triad.Compare(triad.OfModel(a), triad.OfStack(b), unplayed, triad.Impaired(p))
}

func session(t *testing.T) target.Session {
	t.Helper()
	m, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// Both answer STOP_SENDING with RESET_STREAM and copy the code, as section 3.5
// asks.
func TestBothCopyTheCode(t *testing.T) {
	p, err := program.Parse("p", []byte("lastwake/1 mux app=hq\npeer.stream c0/s0 headers\npeer.stop c0/s0 err=5\n"))
	if err != nil {
		t.Fatal(err)
	}
	forModel, forStack := triad.Part(p)
	a, _ := record(t, session(t), forModel)
	b, _ := record(t, inside.New(t, nil), forStack)
	for name, v := range map[string]triad.View{"model": triad.OfModel(a), "quic-go": triad.OfStack(b)} {
		if c, ok := v.Resets[0]; !ok || c != 5 {
			t.Errorf("%s: the peer sees resets %v, want stream 0 with code 5", name, v.Resets)
		}
	}
}

// A close by quic-go alone, and a code that only one of the two sends, have no
// name where nothing else explains them.
func TestUnnamed(t *testing.T) {
	quiet := triad.View{}
	for name, stack := range map[string]triad.View{
		"close": {Close: "transport 3"},
		"reset": {Resets: map[uint64]uint64{0: 7}},
	} {
		ds := triad.Compare(quiet, stack, nil, false)
		if len(ds) != 1 || ds[0].Why != "" {
			t.Errorf("%s: differences %+v, want one without a name", name, ds)
		}
	}
}

// What the peer sees of the model and of quic-go differs only where a tolerance
// names why.
func TestDifferencesHaveNames(t *testing.T) {
	t.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true")
	n := 300
	if testing.Short() {
		n = 100
	}
	m, r := session(t), program.NewRand(3)
	why := map[string]int{}
	actors := []uint{1 << program.Peer, 1<<program.Peer | 1<<program.Net | 1<<program.Time}
	for i := range n {
		p := program.New(program.Mux)
		program.Generate(r, p, program.Limits{Ops: 16, Actors: actors[i%2], Eras: 1})
		p.Header.Set[program.KeyApp] = 1 // hq: no control streams of its own
		for _, d := range compare(t, m, p) {
			if why[d.Why]++; d.Why == "" {
				t.Errorf("%s\n%s", d.What, p)
			}
		}
	}
	for w, n := range why {
		t.Logf("%d x %s", n, w)
	}
}
