package bench

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// controlOps is the budget in executed ops of a hunt that should find nothing;
// LASTWAKE_CONTROL_OPS sets another one.
func controlOps(t *testing.T, usual uint64) uint64 {
	t.Helper()
	v := os.Getenv("LASTWAKE_CONTROL_OPS")
	if v == "" {
		return usual
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil || n == 0 {
		t.Fatalf("LASTWAKE_CONTROL_OPS is %q, want a number of ops", v)
	}
	return n
}

// hunted returns what a hunt finds.
func hunted(t *testing.T, on fault.Set, eras uint, ops uint64) []hunt.FindingLine {
	t.Helper()
	sum, err := hunt.Run(context.Background(), hunt.Options{Target: model.Mux{}, Faults: on, Eras: eras, Seed: 1, Ops: ops, Workers: 2, Shrink: -1})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Ops < ops {
		t.Errorf("only %d of %d ops were executed", sum.Ops, ops)
	}
	return sum.Findings
}

// ownedBy reports whether a finding bears a signature of a fault in the set, or
// goes with one of them.
func ownedBy(set fault.Set, line hunt.FindingLine) bool {
	f, ok := fault.Match(line.Signature)
	if !ok || !set.Has(f.ID) {
		f, ok = fault.Lookup(line.Fault)
	}
	return ok && set.Has(f.ID)
}

// The fixed program is silent, in every era.
func TestControlFixed(t *testing.T) {
	ops := controlOps(t, 200_000)
	for i, era := range program.Keys(program.Mux)[program.KeyEra].Values {
		t.Run(era, func(t *testing.T) {
			for _, l := range hunted(t, fault.Set{}, uint(1)<<i, ops) {
				t.Errorf("with every fault off: %s", l.Signature)
			}
			t.Logf("era %s: %d ops without a finding", era, ops)
		})
	}
}

// A fault that is off is off: with all that it needs on, and itself fixed,
// nothing is found but what belongs to the others that are on.
func TestControlFixOnly(t *testing.T) {
	ops := controlOps(t, 100_000)
	for _, f := range fault.All() {
		if f.Model != program.Mux || len(f.Requires) == 0 {
			continue // alone, its fixed form is the fixed program
		}
		t.Run(f.Name, func(t *testing.T) {
			others := On(&f).Without(f.ID)
			for _, l := range hunted(t, others, Eras(&f), ops) {
				if !ownedBy(others, l) {
					t.Errorf("fixed, with %s on: %s", others, l.Signature)
				}
			}
		})
	}
}

// The middle states of a chain report what history says: as long as an older
// mistake hides a fault, only the older one is found.
func TestControlChains(t *testing.T) {
	ops := controlOps(t, 300_000)
	for _, f := range fault.All() {
		for _, id := range f.Excludes {
			older := id.Fault()
			t.Run(f.Name+" behind "+older.Name, func(t *testing.T) {
				both := On(&f).With(id)
				for _, l := range hunted(t, both, Eras(&f), ops) {
					if !ownedBy(both.Without(f.ID), l) {
						t.Errorf("with %s on, too: %s", older.Name, l.Signature)
					}
				}
			})
		}
	}
}

// One fault on reports its own signatures and no other's.
func TestControlOwnSignatures(t *testing.T) {
	ops := controlOps(t, 30_000)
	for _, f := range fault.All() {
		if f.Model != program.Mux {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			on := On(&f)
			for _, l := range hunted(t, on, Eras(&f), ops) {
				if !ownedBy(on, l) {
					t.Errorf("%s is in no set of %s", l.Signature, on)
				}
			}
		})
	}
}

// The known crash of a fault stands on every rung of its ladder: the switch is
// come by, the run differs from the one without the fault, and the signature is
// the fault's.
func TestKnownCrashesClimbTheLadder(t *testing.T) {
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, seen := exec.New(s), 0
	for _, c := range crashes {
		f, ok := fault.Lookup(c.Fault)
		if !ok {
			continue
		}
		on, err := fault.Parse(strings.Join(c.Program.Header.Faults, ","))
		if err != nil {
			t.Fatal(err)
		}
		r.Run(c.Program, on)
		if asked := r.Asked(); !asked.Has(f.ID) {
			t.Errorf("%s: the switch is not come by", f.Name)
		}
		r.Run(c.Program, on.Without(f.ID))
		if asked := r.Asked(); !asked.Has(f.ID) {
			t.Errorf("%s: off, the switch is not come by", f.Name)
		}
		if !r.Differs(c.Program, on, on.Without(f.ID)) {
			t.Errorf("%s: the run is that of the fixed program", f.Name)
		}
		if r.Differs(c.Program, on, on) {
			t.Errorf("%s: the run differs from itself", f.Name)
		}
		seen++
	}
	if seen == 0 {
		t.Error("no known crash names a fault")
	}
}
