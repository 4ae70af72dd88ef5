package mux

import (
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/transcript"
)

// Transcripts returns the programs of all transcripts that need no fault, by
// the names of their cases, for the tests outside of the package.
func Transcripts(t *testing.T) map[string]*program.Program {
	all := map[string]*program.Program{}
	for _, c := range transcript.All(t, program.Mux) {
		if c.Faults != (fault.Set{}) {
			continue
		}
		p := &program.Program{Header: c.Header}
		for _, l := range c.Lines {
			if l.Look == "" {
				p.Ops = append(p.Ops, l.Op)
			}
		}
		all[c.String()] = p
	}
	return all
}
