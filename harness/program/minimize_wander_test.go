package program

import "testing"

// Six ops of one kind do what two of another do, and one of those two does
// nothing: no single exchange leads from the six to the two.
func TestWander(t *testing.T) {
	six, err := Parse("six", []byte("lastwake/1 mux era=3.0\nrun.all\nrun.all\nrun.all\nrun.all\nrun.all\nrun.all # the last\n"))
	if err != nil {
		t.Fatal(err)
	}
	keep := func(p *Program) bool {
		runs, blocks := 0, 0
		for _, o := range p.Ops {
			switch o.Verb {
			case RunAll:
				runs++
			case NetBlock:
				blocks++
			}
		}
		return p.Header.Set[KeyEra] == six.Header.Set[KeyEra] && runs+blocks/2*6 >= 6
	}
	want := "lastwake/1 mux era=3.0\nnet.block c0\nnet.block c0\n"
	for _, opts := range []MinimizeOptions{{}, {Budget: 100_000}} {
		if best, proof := Minimize(six, keep, opts); best.String() != want || !proof.Minimal {
			t.Errorf("%+v: got\n%s%s, want\n%s", opts, best, proof, want)
		}
	}
	if best, proof := Minimize(six, keep, MinimizeOptions{Wander: 1}); len(best.Ops) != 6 || !proof.Minimal {
		t.Errorf("with one step %d ops, %s", len(best.Ops), proof)
	}
	if best, proof := Minimize(six, keep, MinimizeOptions{Budget: 1000}); len(best.Ops) != 6 || proof.Tried > 1000 || len(best.Notes) != 1 {
		t.Errorf("with a small budget %d ops, %d programs run, notes %v", len(best.Ops), proof.Tried, best.Notes)
	}
}
