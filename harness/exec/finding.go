package exec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// A Finding is a violation, looked at from all sides. It shares nothing with
// the Runner that made it.
type Finding struct {
	// Program is what to run: it fires with settle off, unless NeedsSettle.
	// Where the violation was in settle, it ends with Appended ops of settle.
	Program     *program.Program
	Appended    int
	NeedsSettle bool
	Faults      fault.Set

	// Verdict is what the finding is known by; Others are the verdicts on the
	// same run that come after it.
	Verdict oracle.Verdict
	Others  []oracle.Verdict

	// Stop says why the run ended, for verdicts that ended it.
	Stop target.Stop
	// Object is the object that was used, freed or leaked; nil when there is
	// none or nothing is known about it. Leak is set for leaks.
	Object *target.Life
	Leak   *target.Leak
	// Use is the stack of the access, innermost first.
	Use []target.Frame
	// Shadow is the shadow around the address.
	Shadow []string
	// Lines is the history, an entry for each op that was started.
	Lines []Line
	// Played is what it was played on, if that is no model.
	Played target.Played
	// Extra are lines that say more about a dispute: a difference, stacks.
	Extra string
}

// A Line is one op of a history.
type Line struct {
	Op      program.Op
	Outcome program.Outcome
	// Stopped: the op did not come to its end, Outcome means nothing.
	Stopped bool
	// Settle: the op is one of settle's.
	Settle bool
	// Events are what happened inside.
	Events []string
	// Live are the objects that live after it, by type in the order of the
	// session's kinds.
	Live []Live
}

// Live is a number of objects of one type.
type Live struct {
	Type  string
	Count int
}

// Signature returns the verdict's signature.
func (f *Finding) Signature() string { return f.Verdict.Signature() }

// History returns f's history as text; see Text.
func (f *Finding) History() string { return Text(&f.Program.Header, f.Lines) }

// Text returns a history as text. It is the program, with the outcome of each
// op in its comment and the events in comments below it, so it parses.
func Text(h *program.Header, lines []Line) string {
	p := program.Program{Header: *h}
	for i := range lines {
		l := &lines[i]
		if l.Settle && (i == 0 || !lines[i-1].Settle) {
			p.Notes = append(p.Notes, program.Note{Op: i, Text: "# settle"})
		}
		p.Ops = append(p.Ops, l.Op)
		p.Notes = append(p.Notes, program.Note{Op: i, Inline: true, Text: "# " + l.result()})
		for _, e := range l.Events {
			p.Notes = append(p.Notes, program.Note{Op: i + 1, Text: "#   " + e})
		}
	}
	return p.String()
}

func (l *Line) result() string {
	if l.Stopped {
		return "stopped"
	}
	return l.Outcome.String()
}

// Hash returns the hash of a history's text, by which two runs are compared.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// maxEvents bounds the events kept of one op: one that does not end has
// millions.
const maxEvents = 500

// lines copies the last run's history.
func (r *Runner) lines() []Line {
	ls := make([]Line, len(r.h.Ops))
	for i, op := range r.h.Ops {
		ls[i] = Line{Op: op, Stopped: i >= len(r.h.Events), Settle: i >= r.h.Settle}
		if !ls[i].Stopped {
			ls[i].Outcome = r.h.Events[i].Outcome
		}
	}
	for i := range r.h.Checks {
		if c := &r.h.Checks[i]; c.After > 0 {
			ls[c.After-1].Live = r.live(&c.Audit)
		}
	}
	if s, ok := r.session.(interface {
		Events(yield func(op int, text string) bool)
	}); ok {
		s.Events(func(op int, text string) bool {
			if op >= 0 && op < len(ls) && len(ls[op].Events) < maxEvents {
				ls[op].Events = append(ls[op].Events, text)
			}
			return true
		})
	}
	return ls
}

func (r *Runner) live(a *target.Audit) []Live {
	var ls []Live
	for k, n := range a.Live {
		if n != 0 {
			ls = append(ls, Live{Type: r.h.Names.Kind(k), Count: int(n)})
		}
	}
	return ls
}

// Record plays p, and once more with everything kept, and returns its history,
// whether something is wrong with it or not.
func (r *Runner) Record(p *program.Program, faults fault.Set) ([]Line, error) {
	h := r.Run(p, faults)
	r.first.keep(h, r.stack())
	h = r.watched(p, faults, target.Stacks, 0)
	if h.Stop.Kind == target.StopHarness {
		return nil, r.harness(p)
	}
	if err := r.same(p); err != nil {
		return nil, err
	}
	return r.lines(), nil
}

// harness is the error for a run that ended in a panic nobody knows.
func (r *Runner) harness(p *program.Program) *HarnessFault {
	return &HarnessFault{What: fmt.Sprintf("panic in op %d: %v", len(r.h.Ops)-1, r.cause), Program: p.String(), Stack: goStack(r.stack())}
}
