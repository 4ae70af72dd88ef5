package transcript

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A Case is one case of a transcript.
type Case struct {
	File, Name string
	Header     program.Header
	Faults     fault.Set
	Lines      []Line
	Want       string
}

// A Line is an op to play or something to look at.
type Line struct {
	Op   program.Op
	Look string // "" for an op
	Show bool
}

// A Player is a world that cases are played on.
type Player interface {
	// Reset starts a new run, with a trace.
	Reset(h *program.Header, f fault.Set)
	// Step plays an op.
	Step(op program.Op) program.Outcome
	// Events gives the events since it was asked last, a line each.
	Events(yield func(line string))
	// Look writes what there is to see, in lines indented by two.
	Look(b *strings.Builder, args []string)
	// Rest settles the run, unseen, and writes what is left of it.
	Rest(b *strings.Builder)
}

// String returns the name that a map calls the case by.
func (c *Case) String() string { return c.File + "/" + c.Name }

// read reads one case of a model's. Its file is the last part of where it stands.
func read(t testing.TB, model string, d *datadriven.TestData) *Case {
	t.Helper()
	c, err := parse(model, d)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	return c
}

func parse(model string, d *datadriven.TestData) (*Case, error) {
	if d.Cmd != "play" || len(d.CmdArgs) == 0 || len(d.CmdArgs[0].Vals) != 0 {
		return nil, fmt.Errorf("want play NAME, got %s", d.FullCmd())
	}
	file, _, _ := strings.Cut(d.Pos[strings.LastIndexByte(d.Pos, '/')+1:], ":")
	c := &Case{File: file, Name: d.CmdArgs[0].Key, Want: d.Expected}
	head := "lastwake/1 " + model
	for _, arg := range d.CmdArgs[1:] {
		head += " " + arg.String()
	}
	p, err := program.Parse(c.Name, []byte(head+"\n"))
	if err != nil {
		return nil, err
	}
	c.Header = p.Header
	if c.Faults, err = fault.Parse(strings.Join(p.Header.Faults, ",")); err != nil {
		return nil, err
	}
	show := !strings.Contains("\n"+d.Input+"\n", "\nthen\n")
	for text := range strings.Lines(d.Input) {
		l := Line{Show: show}
		switch text = strings.TrimSpace(text); {
		case text == "then" || text == "...":
			show = text == "then"
			continue
		case strings.HasPrefix(text, "? "):
			l.Look = text[2:]
		default:
			if l.Op, err = program.ParseOp(text); err != nil {
				return nil, err
			}
		}
		c.Lines = append(c.Lines, l)
	}
	return c, nil
}

// Play plays the case on w and returns what it shows. A program that stops is
// shown up to where it stops.
func (c *Case) Play(w Player) (text string) {
	var b strings.Builder
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			flush(&b, w)
			fmt.Fprintf(&b, "stopped: %v\n", r)
		}
		text = b.String()
	}()
	w.Reset(&c.Header, c.Faults)
	for i := range c.Lines {
		c.Lines[i].play(&b, w)
	}
	w.Rest(&b)
	return ""
}

func (l *Line) play(b *strings.Builder, w Player) {
	if l.Look != "" {
		fmt.Fprintf(b, "? %s\n", l.Look)
		w.Look(b, strings.Fields(l.Look))
		return
	}
	w.Events(func(string) {})
	stopped := true
	defer func() {
		if stopped {
			fmt.Fprintln(b, l.Op)
		}
	}()
	out := w.Step(l.Op)
	stopped = false
	switch {
	case out != program.Done:
		fmt.Fprintf(b, "%s  # %s\n", l.Op, out)
	case l.Show:
		fmt.Fprintln(b, l.Op)
	default:
		return
	}
	flush(b, w)
}

// flush shows the events of the op that runs.
func flush(b *strings.Builder, w Player) {
	w.Events(func(line string) { fmt.Fprintf(b, "  %s\n", line) })
}

// Test plays the transcripts of a model's package on w and compares; with
// -rewrite it writes what they show.
func Test(t *testing.T, model string, w Player) {
	t.Helper()
	datadriven.Walk(t, folder, func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return read(t, model, d).Play(w)
		})
	})
}

// All reads the cases of all transcripts of a model's package.
func All(t *testing.T, model string) []*Case {
	t.Helper()
	var cases []*Case
	seen := map[string]bool{}
	datadriven.Walk(t, folder, func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			c := read(t, model, d)
			if seen[c.String()] {
				d.Fatalf(t, "two cases are called %s", c)
			}
			seen[c.String()] = true
			cases = append(cases, c)
			return d.Expected
		})
	})
	return cases
}

// folder is where a model's package has its transcripts.
const folder = "testdata/transcripts"

// most is how many lines a case may have.
const most = 40

// Short complains of cases that do not fit on a screen, input and result
// together: nobody reads them.
func Short(t *testing.T, model string) {
	t.Helper()
	for _, c := range All(t, model) {
		if n := len(c.Lines) + strings.Count(c.Want, "\n"); n > most {
			t.Errorf("%s has %d lines, more than %d", c, n, most)
		}
	}
}
