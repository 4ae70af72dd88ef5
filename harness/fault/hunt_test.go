package fault_test

import (
	"context"
	"slices"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// huntOps bounds the ops of one hunt here.
const huntOps = 60_000

// found returns what a hunt with these faults on comes across.
func found(t *testing.T, on fault.Set, seed uint64) []hunt.FindingLine {
	t.Helper()
	sum, err := hunt.Run(context.Background(), hunt.Options{
		Target: model.Mux{}, Faults: on, Seed: seed, Ops: huntOps, Shrink: -1,
		Seeds: seeds(t, on),
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum.Findings
}

// seeds are the programs that walk up to the faults that are on: with them even
// a short hunt sees what the faults do.
func seeds(t *testing.T, on fault.Set) []*program.Program {
	t.Helper()
	all, err := corpus.Embedded().Seeds(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	var ps []*program.Program
	for _, s := range all {
		for _, name := range s.Program.Header.Faults {
			if f, ok := fault.Lookup(name); ok && on.Has(f.ID) {
				ps = append(ps, s.Program)
			}
		}
	}
	return ps
}

// mayFind reports whether line is what one of the faults that are on is known to
// do while the others are.
func mayFind(on fault.Set, line hunt.FindingLine) bool {
	f, ok := fault.Match(line.Signature)
	return ok && on.Has(f.ID) && !slices.ContainsFunc(f.Excludes, on.Has)
}

// Whatever a fault alone leads to is in its own set of signatures.
func TestFindingsAreTheFaultsOwn(t *testing.T) {
	for _, f := range fault.All() {
		if f.Model != program.Mux {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			on := fault.Set{}.With(f.ID)
			lines := found(t, on, 1)
			for _, l := range lines {
				if !mayFind(on, l) {
					t.Errorf("%s is none of its signatures", l.Signature)
				}
			}
			if len(lines) == 0 {
				t.Error("its own seed finds nothing")
			}
		})
	}
}

// chains are mistakes that history brought to light one by one: the fix of each
// made the next one reachable, or left it.
var chains = [][]fault.ID{
	{fault.HAPROXY_ad6b13d31, fault.HAPROXY_a13989f10, fault.HAPROXY_bd384a359, fault.HAPROXY_3ef1ee477},
	{fault.HAPROXY_ed820823f, fault.HAPROXY_ee65efbfa},
	{fault.HAPROXY_096999ee2, fault.HAPROXY_9481cef94},
}

// At each point of a chain the fixes so far are in and the others are not yet.
// What is found then is what the mistakes left can do at that point, no more;
// behind the last fix, nothing.
func TestChains(t *testing.T) {
	for _, chain := range chains {
		for fixed := range len(chain) + 1 {
			var on fault.Set
			for _, id := range chain[fixed:] {
				on = on.With(id)
			}
			t.Run(on.String(), func(t *testing.T) {
				for _, l := range found(t, on, 2) {
					if !mayFind(on, l) {
						t.Errorf("%s is not what history says", l.Signature)
					}
				}
			})
		}
	}
}

// A control is a mistake with which nothing is wrong that an oracle judges: above
// all no violation of a lifetime.
func TestControlsStaySilent(t *testing.T) {
	controls := fault.Controls()
	if len(controls) == 0 {
		t.Fatal("there are no controls")
	}
	for _, f := range controls {
		t.Run(f.Name, func(t *testing.T) {
			for _, l := range found(t, fault.Set{}.With(f.ID), 3) {
				t.Errorf("it is reported as %s", l.Signature)
			}
		})
	}
}

// A fix mends its fault: the program that shows it is silent with the fault off.
func TestFixesAreSilent(t *testing.T) {
	session, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	r := exec.New(session)
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range crashes {
		f, err := r.Explain(c.Program, fault.Set{})
		if err != nil {
			t.Fatal(err)
		}
		if f != nil {
			t.Errorf("%s with every fault off: %s", c.File, f.Signature())
		}
	}
}
