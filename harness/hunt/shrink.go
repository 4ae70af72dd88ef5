package hunt

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/triage"
)

// A finding whose shrunk program has longOps ops or more is looked for again,
// otherWays times at most, each time from nothing and for at most otherWayOps
// executed ops. One that is too deep for that took long to find: it is shrunk
// once more, with deepSteps mutations and three times as many tries.
const (
	longOps     = 5
	otherWays   = 3
	otherWayOps = 1_000_000
	deepSteps   = 1_000_000
)

// ShrinkOptions say how [Shrink] works. Tries is needed.
type ShrinkOptions struct {
	// Tries bounds the programs that are run to shrink one, unless it is deep.
	Tries int
	// Cancel, when not nil, is asked often; once it returns true, what there is
	// is the result.
	Cancel func() bool
	// Progress, when not nil, gets a line that overwrites itself.
	Progress io.Writer
}

// Shrink is triage.Shrink, and while the program is long it looks for other ways
// to the same signature: what shrinking leaves is the shortest program near the
// one it was given, and there may be a shorter one elsewhere. r plays on t. The
// same finding is shrunk to the same program.
func Shrink(t target.Target, r *exec.Runner, f *exec.Finding, o ShrinkOptions) (triage.Shrunk, error) {
	opts := program.MinimizeOptions{Budget: o.Tries, Cancel: o.Cancel}
	if o.Progress != nil {
		defer fmt.Fprint(o.Progress, "\r\033[K")
		o.tell(&opts, len(f.Program.Ops))
	}
	best, err := triage.Shrink(r, f, opts)
	if err != nil || r.Whole() {
		return best, err
	}
	seed := program.NewRand(best.Finding.Program.Hash()[0])
	for range otherWays {
		if len(best.Finding.Program.Ops) < longOps || opts.Cancel != nil && opts.Cancel() {
			break
		}
		other, err := otherWay(t, best.Finding, seed.Uint64(), opts.Cancel)
		if err != nil {
			return best, err
		}
		if other == nil {
			opts.Budget, opts.Wander = max(o.Tries, 3*deepSteps), deepSteps
			return shorter(r, best, best.Finding, opts)
		}
		if best, err = shorter(r, best, other, opts); err != nil {
			return best, err
		}
	}
	return best, nil
}

// tell makes opts say how far it is.
func (o *ShrinkOptions) tell(opts *program.MinimizeOptions, ops int) {
	since, said, least := time.Now(), time.Now(), ops
	opts.Progress = func(p *program.Program, _ int) { least = min(least, len(p.Ops)) }
	opts.Cancel = func() bool {
		if time.Since(said) >= progressEvery {
			said = time.Now()
			fmt.Fprintf(o.Progress, "\r\033[Kshrinking for %.0fs: %d of %d ops left", said.Sub(since).Seconds(), least, ops)
		}
		return o.Cancel != nil && o.Cancel()
	}
}

// shorter shrinks f, and returns the result if it is shorter than best.
func shorter(r *exec.Runner, best triage.Shrunk, f *exec.Finding, opts program.MinimizeOptions) (triage.Shrunk, error) {
	s, err := triage.Shrink(r, f, opts)
	if err == nil && s.Proof.Minimal && len(s.Finding.Program.Ops) < len(best.Finding.Program.Ops) {
		best = s
	}
	return best, err
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
