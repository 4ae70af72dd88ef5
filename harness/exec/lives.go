package exec

import (
	"cmp"
	"slices"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// The memory that is searched for objects: from the start of the arena to the
// first gap that no object would leave.
const (
	livesStep = 16
	livesGap  = 64 << 10
	livesMost = 16 << 20
)

// Lives runs f once more and returns the lives of all objects that were made
// in it, in order of allocation. It returns none for a session that cannot be
// looked into.
func (r *Runner) Lives(f *Finding) ([]target.Life, error) {
	if r.inspector == nil {
		return nil, nil
	}
	defer r.Settle(r.settle)
	r.settle = f.NeedsSettle
	h := r.Run(f.Program, f.Faults)
	r.first.keep(h, r.stack())
	r.watched(f.Program, f.Faults, target.Stacks, 0)
	if err := r.same(f.Program); err != nil {
		return nil, err
	}
	return r.objects(), nil
}

// objects returns the lives of the objects of the last run.
func (r *Runner) objects() []target.Life {
	var lives []target.Life
	gap := uint64(0)
	for addr := uint64(0); addr < livesMost && gap < livesGap; {
		l, ok := r.inspector.Life(addr)
		if !ok || l.Where != "inside" || l.Size <= 0 {
			addr, gap = addr+livesStep, gap+livesStep
			continue
		}
		lives, gap = append(lives, l), 0
		addr = (l.Start + uint64(l.Size) + livesStep - 1) / livesStep * livesStep
		if addr <= l.Start {
			break
		}
	}
	slices.SortFunc(lives, func(a, b target.Life) int { return cmp.Compare(a.Seq, b.Seq) })
	return slices.CompactFunc(lives, func(a, b target.Life) bool { return a.Seq == b.Seq })
}

// Nestings runs p and returns the stacks that are known of the run: of every
// allocation and free, of the place where it stopped, and of its events where
// the session knows them.
func (r *Runner) Nestings(p *program.Program, faults fault.Set) ([][]target.Frame, error) {
	if r.inspector == nil {
		return nil, nil
	}
	h := r.Run(p, faults)
	r.first.keep(h, r.stack())
	r.watched(p, faults, target.Stacks, 0)
	if err := r.same(p); err != nil {
		return nil, err
	}
	var stacks [][]target.Frame
	if s := r.inspector.Frames(r.stack()); len(s) > 0 {
		stacks = append(stacks, s)
	}
	if n, ok := r.inspector.(target.Nester); ok {
		stacks = append(stacks, n.Passed()...)
	}
	for _, l := range r.objects() {
		for _, s := range [][]target.Frame{l.Alloc, l.Free} {
			if len(s) > 0 {
				stacks = append(stacks, s)
			}
		}
	}
	return stacks, nil
}
