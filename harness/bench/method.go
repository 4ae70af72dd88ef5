package bench

import (
	"context"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/triage"
)

// runHunt makes the methods that are a hunt: on one core, from nothing, until
// the fault is found. Nothing is shrunk before the hunt is over, for that is not
// what is measured.
func runHunt(o hunt.Options) func(context.Context, *Bench, Cell, fault.Set, uint) (Result, error) {
	return func(ctx context.Context, b *Bench, c Cell, on fault.Set, eras uint) (Result, error) {
		r := Result{Cell: c}
		o := o
		o.Target, o.Faults, o.Eras, o.Seed, o.Ops = b.o.Target, on, eras, c.Seed, c.Budget
		o.Workers, o.Shrink, o.Survey = 1, -1, true
		var found *exec.Finding
		o.Until = func(n *hunt.Found) bool {
			own := r.note(on, n.Signature(), n.Fault)
			if own && (!r.Found || n.Ops < r.Ops) { // an epoch is run to its end, and may have more of them
				found = n.Finding
				r.Found, r.Signature, r.Ops, r.Programs, r.Seconds = true, n.Signature(), n.Ops, n.Programs, n.Seconds
			}
			return own
		}
		sum, err := hunt.Run(ctx, o)
		if sum == nil || err != nil {
			return r, err
		}
		r.Executed, r.Spent = sum.Ops, sum.Seconds
		if !r.Found {
			r.Ops, r.Programs, r.Seconds = sum.Ops, sum.Programs, sum.Seconds
		}
		for i := range sum.Ladders {
			if sum.Ladders[i].Fault == c.Fault {
				r.Ladder = &sum.Ladders[i]
			}
		}
		if found != nil && b.o.Lengths {
			r.Length, err = shrunk(ctx, b.o.Target, found)
		}
		return r, err
	}
}

// shrinkTries bounds the programs that are run to shrink a finding.
const shrinkTries = 100_000

// shrunk returns the ops of f's program when it is shrunk.
func shrunk(ctx context.Context, t target.Target, f *exec.Finding) (int, error) {
	s, err := t.NewSession()
	if err != nil {
		return 0, err
	}
	defer s.Close()
	small, err := hunt.Shrink(t, exec.New(s), f, hunt.ShrinkOptions{Tries: shrinkTries, Cancel: func() bool { return ctx.Err() != nil }})
	if err != nil {
		return 0, err
	}
	return len(small.Finding.Program.Ops), nil
}

// maxExplained bounds how often one kind of violation is explained.
const maxExplained = 8

// runUniform plays random programs, one after the other.
func runUniform(ctx context.Context, b *Bench, c Cell, on fault.Set, eras uint) (Result, error) {
	r := Result{Cell: c}
	s, err := b.o.Target.NewSession()
	if err != nil {
		return r, err
	}
	defer s.Close()
	runner, start, explained := exec.New(s), time.Now(), map[uint64]int{}
	rand, p := program.NewRand(c.Seed), program.New(b.o.Target.Name())
	lim := program.Limits{Actors: b.o.Target.Actors(), Eras: eras}
	for !r.Found && r.Ops < c.Budget && ctx.Err() == nil {
		program.Uniform(rand, p, lim)
		h := runner.Run(p, on)
		r.Programs++
		r.Ops += uint64(len(h.Events))
		if !oracle.Suspect(h) {
			continue
		}
		key := oracle.Key(h)
		if h.Stop.Kind != target.StopNone {
			key = runner.Key()
		}
		if explained[key]++; explained[key] > maxExplained {
			continue
		}
		v, err := runner.Explain(p, on)
		if err != nil {
			return r, err
		}
		if v == nil {
			continue
		}
		attributed, err := triage.Attribute(runner, v)
		if err != nil {
			return r, err
		}
		if r.note(on, v.Signature(), attributed) {
			r.Found, r.Signature = true, v.Signature()
		}
	}
	r.Seconds = time.Since(start).Seconds()
	r.Executed, r.Spent = r.Ops, r.Seconds
	return r, nil
}
