package process

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/transcript"
)

// The transcripts in testdata/transcripts are programs with what the model
// does, op by op; package transcript says what a case is, and peek_test.go what
// one can look at. Behind the last op every process exits, unseen: what who looks
// on has found wrong until then is shown as well.
//
// Read every line of a change before it is recorded with -rewrite, and judge it
// against HAProxy, the C library and the kernel.
func TestTranscripts(t *testing.T) { transcript.Test(t, program.Process, player{newWorld(t)}) }

// A case is read by people: input and result together fit on a screen.
func TestCasesAreShort(t *testing.T) { transcript.Short(t, program.Process) }

// A player plays cases on a World.
type player struct{ *World }

// Reset shows what happens before the first op where a case says so by looking
// at it: the trace begins with the start.
func (p player) Reset(h *program.Header, f fault.Set) { p.World.Reset(h, f, shadow.Plain, true) }

func (p player) Events(yield func(line string)) {
	for _, l := range p.lines {
		yield(l.String())
	}
	p.lines = p.lines[:0]
}

func (p player) Look(b *strings.Builder, args []string) { p.peek(b, args) }

// settleMost is far more than the ops that any case takes to end.
const settleMost = 50

func (p player) Rest(b *strings.Builder) {
	n := 0
	for op, ok := p.Next(phaseClose); ok && n < settleMost; op, ok = p.Next(phaseClose) {
		p.Step(op)
		n++
	}
	if n == settleMost {
		b.WriteString("never at rest\n")
	}
	a := reflect.ValueOf(p.Audit())
	for i := range a.NumField() {
		if n := a.Field(i).Uint(); n != 0 {
			fmt.Fprintf(b, "wrong: %s %d\n", a.Type().Field(i).Name, n)
		}
	}
}
