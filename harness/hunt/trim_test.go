package hunt

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/toy"
)

// What an entry was kept for takes three ops; the rest of the program, the
// allocation that fails and the key of the header are left out once the entry
// has been chosen often, and nothing before.
func TestTrim(t *testing.T) {
	long, err := program.Parse("long", []byte(`lastwake/1 mux max_data=4000
time.pass ms=10
peer.stream c0/s0 headers
time.pass ms=20
app.send c0/s0 len=500 !alloc=9
time.pass ms=30
time.pass ms=40
net.block c0
time.pass ms=50
`))
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHunter(Options{Target: toy.Target{}, Seed: 1, Seeds: []*program.Program{long}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if err := h.plant(); err != nil {
		t.Fatal(err)
	}
	e, l, r := h.corpus.entries[0], h.lanes[0], h.runners[0]
	l.begin()
	if l.trimShare(r, 1000, 1<<20); len(l.trims) != 0 {
		t.Fatal("trimmed before it was chosen at all")
	}
	e.fresh = []feature{edgeFeature(int(program.PeerStream), 1), edgeFeature(int(program.AppSend), 1), edgeFeature(int(program.NetBlock), 1)}
	slices.Sort(e.fresh)

	e.picked = trimAfter
	if l.trimShare(r, 1000, 1<<20); len(l.trims) != 1 {
		t.Fatal("not trimmed")
	}
	got := l.trims[0].entry
	if want := "lastwake/1 mux\npeer.stream c0/s0 headers\napp.send c0/s0 len=500\nnet.block c0\n"; got.prog.String() != want {
		t.Errorf("trimmed to\n%swant\n%s", got.prog, want)
	}
	for _, f := range e.fresh {
		if !slices.Contains(got.covers, f) {
			t.Errorf("feature %d is lost", f)
		}
	}
	if got.due() || got.cost >= e.cost || l.programs == 0 {
		t.Errorf("due %t, cost %d of %d, %d programs counted", got.due(), got.cost, e.cost, l.programs)
	}
	l.begin()
	if l.run(r, 3, 1<<20, new(atomic.Bool)); l.programs != 3 {
		t.Errorf("%d programs in a share of 3", l.programs)
	}
}
