package exec

import (
	"cmp"
	"slices"

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
	r.first.keep(r.Run(f.Program, f.Faults))
	r.watched(f.Program, f.Faults, target.Stacks, 0)
	if err := r.same(f.Program); err != nil {
		return nil, err
	}
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
	return slices.CompactFunc(lives, func(a, b target.Life) bool { return a.Seq == b.Seq }), nil
}
