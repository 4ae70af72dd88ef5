package mux

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// The transcripts in testdata/transcripts are programs with what the model
// does, op by op. A case is
//
//	# What it shows, in a sentence.
//	play NAME key=value ...
//	ops that bring the connection where the case begins
//	then
//	ops that are shown with their events
//	? something to look at
//	----
//	the result
//
// NAME is the case's name; the keys are those of a program's header and
// "faults". Events are shown in the vocabulary of the recordings of a real
// server, an outcome other than "done" behind the op. Without "then" all ops
// are shown, and "..." goes back to showing none. What peek can look at stands
// in peek_test.go.
//
// Behind the last op the case is settled, unseen: whatever is left then, in
// memory or in the books, is shown as well. So a case guards also what it does
// not print.
//
// Read every line of a change before it is recorded with -rewrite, and judge
// it against the C.
func TestTranscripts(t *testing.T) {
	w := newWorld(t)
	datadriven.Walk(t, "testdata/transcripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			c, err := parseCase(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			return c.play(w)
		})
	})
}

// A case is read by people: input and result together fit on a screen.
func TestCasesAreShort(t *testing.T) {
	const most = 40 // lines
	for _, c := range allCases(t) {
		if n := len(c.lines) + strings.Count(c.want, "\n"); n > most {
			t.Errorf("%s has %d lines, more than %d", c, n, most)
		}
	}
}

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

// A testCase is one case of a transcript.
type testCase struct {
	file, name string
	header     program.Header
	faults     fault.Set
	lines      []caseLine
	want       string
}

// A caseLine is an op to play or something to look at.
type caseLine struct {
	op   program.Op
	look string
	show bool
}

func (c *testCase) String() string { return c.file + "/" + c.name }

// parseCase reads one case. Its file is the last part of where it stands.
func parseCase(d *datadriven.TestData) (*testCase, error) {
	if d.Cmd != "play" || len(d.CmdArgs) == 0 || len(d.CmdArgs[0].Vals) != 0 {
		return nil, fmt.Errorf("want play NAME, got %s", d.FullCmd())
	}
	file, _, _ := strings.Cut(d.Pos[strings.LastIndexByte(d.Pos, '/')+1:], ":")
	c := &testCase{file: file, name: d.CmdArgs[0].Key, want: d.Expected}
	head := "lastwake/1 mux"
	for _, arg := range d.CmdArgs[1:] {
		head += " " + arg.String()
	}
	p, err := program.Parse(c.name, []byte(head+"\n"))
	if err != nil {
		return nil, err
	}
	c.header = p.Header
	if c.faults, err = fault.Parse(strings.Join(p.Header.Faults, ",")); err != nil {
		return nil, err
	}
	show := !strings.Contains("\n"+d.Input+"\n", "\nthen\n")
	for text := range strings.Lines(d.Input) {
		l := caseLine{show: show}
		switch text = strings.TrimSpace(text); {
		case text == "then" || text == "...":
			show = text == "then"
			continue
		case strings.HasPrefix(text, "? "):
			l.look = text[2:]
		default:
			if l.op, err = program.ParseOp(text); err != nil {
				return nil, err
			}
		}
		c.lines = append(c.lines, l)
	}
	return c, nil
}

// play runs the case on w and returns what it shows. A program that stops is
// shown up to where it stops.
func (c *testCase) play(w *World) (text string) {
	var b strings.Builder
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			w.flush(&b)
			fmt.Fprintf(&b, "stopped: %v\n", r)
		}
		text = b.String()
	}()
	w.Reset(&c.header, c.faults, shadow.Plain, true)
	w.budget = caseBudget
	for i := range c.lines {
		w.playLine(&b, &c.lines[i])
	}
	w.showRest(&b)
	return ""
}

// playLine plays one line of a case.
func (w *World) playLine(b *strings.Builder, l *caseLine) {
	if l.look != "" {
		fmt.Fprintf(b, "? %s\n", l.look)
		w.peek(b, strings.Fields(l.look))
		return
	}
	w.lines = w.lines[:0]
	stopped := true
	defer func() {
		if stopped {
			fmt.Fprintln(b, l.op)
		}
	}()
	out := w.Step(l.op)
	stopped = false
	switch {
	case out != program.Done:
		fmt.Fprintf(b, "%s  # %s\n", l.op, out)
	case l.show:
		fmt.Fprintln(b, l.op)
	default:
		return
	}
	w.flush(b)
}

// flush shows the events of the op that runs.
func (w *World) flush(b *strings.Builder) {
	for _, l := range w.lines {
		fmt.Fprintf(b, "  %s\n", l)
	}
	w.lines = w.lines[:0]
}

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
