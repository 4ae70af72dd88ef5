package hunt

import (
	"context"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/triage"
)

// A finding whose shrunk program has longOps ops or more is looked for again,
// otherWays times at most, each time from nothing and for at most otherWayOps
// executed ops.
const (
	longOps     = 5
	otherWays   = 3
	otherWayOps = 1_000_000
)

// Shrink is triage.Shrink, and while the program is long it looks for other ways
// to the same signature: what shrinking leaves is the shortest program near the
// one it was given, and there may be a shorter one elsewhere. r plays on t. The
// same finding is shrunk to the same program. cancel, if not nil, ends it early.
func Shrink(t target.Target, r *exec.Runner, f *exec.Finding, tries int, cancel func() bool) (triage.Shrunk, error) {
	best, err := triage.Shrink(r, f, tries, cancel)
	if err != nil || r.Whole() {
		return best, err
	}
	seed := program.NewRand(best.Finding.Program.Hash()[0])
	for range otherWays {
		if len(best.Finding.Program.Ops) < longOps || cancel != nil && cancel() {
			break
		}
		other, err := otherWay(t, best.Finding, seed.Uint64(), cancel)
		if other == nil || err != nil {
			return best, err // too deep to be met again
		}
		s, err := triage.Shrink(r, other, tries, cancel)
		if err != nil {
			return best, err
		}
		if len(s.Finding.Program.Ops) < len(best.Finding.Program.Ops) && s.Proof.Minimal {
			best = s
		}
	}
	return best, nil
}

// otherWay hunts for the signature of f with its faults and in its era, from
// nothing. It returns nil if it does not come by it.
func otherWay(t target.Target, f *exec.Finding, seed uint64, cancel func() bool) (*exec.Finding, error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var found *exec.Finding
	_, err := Run(ctx, Options{
		Target: t, Faults: f.Faults, Seed: seed, Ops: otherWayOps, Shrink: -1, Eras: 1 << f.Program.Header.Set[program.KeyEra],
		Tick: func(*Summary) error {
			if cancel != nil && cancel() {
				stop()
			}
			return nil
		},
		Until: func(n *Found) bool {
			if n.Signature() == f.Signature() {
				found = n.Finding
			}
			return found != nil
		},
	})
	return found, err
}
