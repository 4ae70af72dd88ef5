package mux

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/transcript"
)

// The transcripts in testdata/transcripts are programs with what the model
// does, op by op; package transcript says what a case is. Events are shown in
// the vocabulary of the recordings of a real server. What a case can look at
// stands in peek_test.go. Behind the last op the case is settled, unseen:
// whatever is left then, in memory or in the books, is shown as well.
//
// Read every line of a change before it is recorded with -rewrite, and judge
// it against the C.
func TestTranscripts(t *testing.T) { transcript.Test(t, program.Mux, player{newWorld(t)}) }

// A case is read by people: input and result together fit on a screen.
func TestCasesAreShort(t *testing.T) { transcript.Short(t, program.Mux) }

// What a case may take, far more than any does.
const (
	caseBudget = 50000 // steps of lists, trees and loops
	settleMost = 500   // ops to settle
)

func newWorld(t *testing.T) *World {
	t.Helper()
	w, err := New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.arena.Close() })
	return w
}

// A player plays cases on a World.
type player struct{ *World }

func (p player) Reset(h *program.Header, f fault.Set) {
	p.World.Reset(h, f, shadow.Plain, true)
	p.budget = caseBudget
}

func (p player) Events(yield func(line string)) {
	for _, l := range p.lines {
		yield(l.String())
	}
	p.lines = p.lines[:0]
}

func (p player) Look(b *strings.Builder, args []string) { p.peek(b, args) }

func (p player) Rest(b *strings.Builder) { p.showRest(b) }

// showRest settles the program and shows what is left of it.
func (w *World) showRest(b *strings.Builder) {
	w.tracing = false
	n := 0
	for phase := uint8(phaseDetach); phase <= phaseClose; phase++ {
		for ; n < settleMost; n++ {
			op, ok := w.Next(phase)
			if !ok {
				break
			}
			w.Step(op)
		}
		if phase == phaseQuiet {
			w.showDebts(b)
		}
	}
	if n == settleMost {
		b.WriteString("never at rest\n")
	}
	var a Audit
	w.Audit(&a)
	for k, n := range a.Live {
		if n != 0 {
			fmt.Fprintf(b, "left: %d %s\n", n, types[k].Name)
		}
	}
}

// showDebts shows what the books of a connection owe when nothing is queued
// and everything is acknowledged.
func (w *World) showDebts(b *strings.Builder) {
	var a Audit
	w.Audit(&a)
	for i := range a.Conn {
		c := &a.Conn[i]
		if c.TxOffsets != c.TxSum || c.TxSent != c.TxSentSum || c.RxOffsets != c.RxSum {
			fmt.Fprintf(b, "sums: c%d tx %d of %d, sent %d of %d, rx %d of %d\n",
				i, c.TxOffsets, c.TxSum, c.TxSent, c.TxSentSum, c.RxOffsets, c.RxSum)
		}
		if c.Buffers != c.BuffersLive {
			fmt.Fprintf(b, "sums: c%d counts %d Tx buffers, has %d\n", i, c.Buffers, c.BuffersLive)
		}
	}
	for i, n := range a.Edge {
		if n != 0 {
			fmt.Fprintf(b, "dangling: %s\n", EdgeNames[i])
		}
	}
}
