package mux

import (
	"testing"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/transcript"
)

// emptied is the number of the function whose body does nothing, in the build
// that TestEmptied makes.
var emptied int

// A function whose body is emptied makes a transcript fail: whatever models a C
// function is seen by some transcript.
func TestEmptied(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	transcript.Needed(t)
}

// TestEmptiedChild is the process that TestEmptied builds.
func TestEmptiedChild(t *testing.T) {
	transcript.Child(t, transcript.All(t, program.Mux), player{newWorld(t)}, func(n int) { emptied = n })
}
