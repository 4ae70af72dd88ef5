package exec

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Census plays p without settle and returns the lives of all objects that were
// made in it, in order of allocation; none for a session that cannot be looked
// into. It judges nothing.
func (r *Runner) Census(p *program.Program, faults fault.Set) []target.Life {
	if r.inspector == nil {
		return nil
	}
	defer r.Settle(r.settle)
	r.settle = false
	r.watched(p, faults, target.Stacks, 0)
	return r.objects()
}
