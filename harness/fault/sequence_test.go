package fault_test

import (
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A sequence is counted in ops, so it consists of ops of the table.
func TestSequencesAreOfOps(t *testing.T) {
	for _, f := range fault.All() {
		for verb := range strings.FieldsSeq(f.Sequence) {
			if _, ok := program.VerbOf(verb); !ok {
				t.Errorf("%s: %q is no op", f.Name, verb)
			}
		}
	}
}

// What is shown to people is no longer than the way in which the mistake was
// explained to them.
func TestKnownCrashesAreShort(t *testing.T) {
	for _, model := range []string{program.Mux, program.Process} {
		crashes, err := corpus.Embedded().Crashes(model)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range crashes {
			f, ok := fault.Match(c.Signature)
			if !ok {
				t.Errorf("%s: %q is no fault's", c.File, c.Signature)
				continue
			}
			if n := len(c.Program.Ops); n > f.Longest() {
				t.Errorf("%s has %d ops, want at most %d: the sequence of %s is %s", c.File, n, f.Longest(), f.Name, f.Sequence)
			}
		}
	}
}
