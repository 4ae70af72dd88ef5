package process

import (
	"testing"

	"github.com/lastwake/lastwake/harness/cmap"
	"github.com/lastwake/lastwake/harness/transcript"
)

// emptied is the number of the function whose body does nothing, in the build
// that TestEmptied makes.
var emptied int

// equivalents are functions whose emptied bodies no transcript can tell, each
// with the proof that nothing can.
var equivalents = map[string]string{}

// A function whose body is emptied makes a transcript fail: whatever models a C
// function is seen by some transcript.
func TestEmptied(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	funcs := cmap.Funcs(t)
	transcript.Needed(t, funcs, emptiedResult(t, funcs), equivalents)
}

// emptiedResult returns what happens when each function's body is emptied. It
// is worked out once.
func emptiedResult(t *testing.T, funcs []cmap.Func) []transcript.Failures {
	t.Helper()
	if emptiedCases == nil {
		emptiedCases = transcript.Emptied(t, funcs)
	}
	return emptiedCases
}

var emptiedCases []transcript.Failures

// TestEmptiedChild is the process that TestEmptied builds.
func TestEmptiedChild(t *testing.T) {
	transcript.Child(t, allCases(t), player{newWorld(t)}, func(n int) { emptied = n })
}
