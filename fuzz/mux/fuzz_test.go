package mux

import (
	"testing"

	"github.com/lastwake/lastwake/fuzz/native"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// FuzzMux lets Go's engine look for programs that break the mux model.
func FuzzMux(f *testing.F) { native.Fuzz(f, model.Mux{}, "./fuzz/mux") }

// Fuzz rates an input by whether it has ops.
func TestFuzz(t *testing.T) {
	t.Setenv("LASTWAKE_FAULTS", "none")
	if got := Fuzz(nil); got != 0 {
		t.Errorf("no ops: %d, want 0", got)
	}
	one := program.New(program.Mux)
	one.Ops = []program.Op{{Verb: program.RunAll}}
	if got := Fuzz(program.Encode(one)); got != 1 {
		t.Errorf("ops: %d, want 1", got)
	}
}
