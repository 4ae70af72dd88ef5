package process

import (
	"testing"

	"github.com/lastwake/lastwake/fuzz/native"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/process"
)

// FuzzProcess lets Go's engine look for programs that break the process model.
func FuzzProcess(f *testing.F) { native.Fuzz(f, process.Process{}, "./fuzz/process") }

// Fuzz rates an input by whether it has ops.
func TestFuzz(t *testing.T) {
	t.Setenv("LASTWAKE_FAULTS", "none")
	if got := Fuzz(nil); got != 0 {
		t.Errorf("no ops: %d, want 0", got)
	}
	one := program.New(program.Process)
	one.Ops = []program.Op{{Verb: program.RingLog}}
	if got := Fuzz(program.Encode(one)); got != 1 {
		t.Errorf("ops: %d, want 1", got)
	}
}
