package exec

import (
	"slices"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// Asked returns the faults whose code the last run came by, whether they were
// on or off; none when the session does not count them.
func (r *Runner) Asked() fault.Set {
	if r.asker == nil {
		return fault.Set{}
	}
	return r.asker.Asked()
}

// Differs reports whether p runs otherwise with the faults a than with the
// faults b: another outcome or state after some op, another end, or another
// audit. It plays p once with each.
func (r *Runner) Differs(p *program.Program, a, b fault.Set) bool {
	h := r.Run(p, a)
	r.first.keep(h, r.stack())
	checks := append(r.checks[:0], h.Checks...)
	r.checks = checks
	h = r.Run(p, b)
	return Diff(&r.first.h, h) != "" || !slices.Equal(checks, h.Checks)
}
