package mux

import (
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// Transcripts returns the programs of all transcripts that need no fault, by
// the names of their cases, for the tests outside of the package.
func Transcripts(t *testing.T) map[string]*program.Program {
	all := map[string]*program.Program{}
	for _, c := range allCases(t) {
		if c.faults != (fault.Set{}) {
			continue
		}
		p := &program.Program{Header: c.header}
		for _, l := range c.lines {
			if l.look == "" {
				p.Ops = append(p.Ops, l.op)
			}
		}
		all[c.String()] = p
	}
	return all
}
