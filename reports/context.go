package reports

import (
	"fmt"
	"strings"
)

// eventsMax bounds the events printed under one op.
const eventsMax = 40

// context writes what no sanitizer can know.
func (t *text) context() {
	if tool(t.r.Class) != ours {
		t.paragraph("", "What follows no sanitizer can know. Above, lastwake speaks in "+tool(t.r.Class)+"'s form, for tools that "+
			"read it; what ran is a model, which has no program counters (0x000000000000).")
		t.line("")
	}
	t.identity()
	t.fault()
	t.real()
	t.nearMisses()
	t.victims()
	t.consequences()
	t.program()
	for _, r := range t.r.Reproduce {
		t.line("reproduce: %s", r)
	}
}

// identity names the object once more, with what a sanitizer does not know of
// it, and the finding.
func (t *text) identity() {
	r := t.r
	if r.Object.Seq > 0 {
		t.line("object: %s; number %d in order of allocation", t.object(), r.Object.Seq)
	} else if o := t.object(); o != "" {
		t.line("object: %s", o)
	}
	if r.Object.Owner != "" {
		t.line("owner: %s", r.Object.Owner)
	}
	t.line("signature: %s", r.Signature)
	for _, other := range r.Also {
		t.line("also: %s", other)
	}
	faults := "none, the fixed program"
	if len(r.Faults) > 0 {
		faults = strings.Join(r.Faults, ",")
	}
	if r.On == "" {
		t.line("faults on: %s", faults)
	} else {
		t.line("played on: %s", r.On)
	}
	if r.File != "" {
		t.line("kept in: %s", r.File)
	}
	t.line("")
}

// real writes what the oracle of a real stack has to show, and the rules to
// which the program keeps.
func (t *text) real() {
	if t.r.More != "" {
		t.line("%s\n", strings.TrimRight(t.r.More, "\n"))
	}
	if len(t.r.Rules) > 0 {
		t.line("the rules of the interface to which the program keeps:")
		for _, s := range t.r.Rules {
			t.line("  %s", s)
		}
		t.line("")
	}
}

// fault explains the fault that the finding matches.
func (t *text) fault() {
	f := t.r.Fault
	if f == nil {
		return
	}
	t.line("fault: %s%s", f.ID, issue(f))
	if f.Title != t.r.Title {
		t.paragraph("  ", f.Title+".")
	}
	t.paragraph("  ", f.Mechanism)
	asked := ""
	if f.Backport != "" {
		asked = ", backport asked to " + f.Backport
	}
	if f.Commit != "" {
		t.line("fixed by: commit %s, first in %s%s", f.Commit, f.Tag, asked)
	} else {
		t.line("a hypothesis: no release is known to have had it")
	}
	t.paragraph("  ", f.Fix)
	if len(f.Before) > 0 {
		t.line("  the order before the fix:")
		t.steps(f.Before)
		t.line("  the order after it:")
		t.steps(f.After)
	}
	t.line("  what to ask gdb about a core of your own: go tool lastwake faults %s", f.ID)
	t.line("")
}

func (t *text) steps(steps []string) {
	for i, s := range steps {
		t.line("    %d. %s", i+1, s)
	}
}

// nearMisses writes the ladder that led to the fault.
func (t *text) nearMisses() {
	if len(t.r.NearMisses) == 0 {
		return
	}
	t.line("near misses, on the way to it:")
	for _, n := range t.r.NearMisses {
		when := "not reached"
		if n.Op >= 0 {
			when = fmt.Sprintf("op %d", n.Op)
		}
		t.line("  %-28s %s", n.Name, when)
	}
	t.line("")
}

// consequences writes what a production build would have done.
func (t *text) consequences() {
	r := t.r
	if len(r.AsShipped) == 0 {
		return
	}
	if r.ToSymptom() {
		t.symptoms()
		return
	}
	t.line("as shipped, on a production build (nothing checked, freed objects in the pool's free list):")
	t.paragraph("  ", "The base of the arena is chosen here; in a real process the system chooses it. "+
		"The values below follow from the base, so compare their meaning with your core, not their digits.")
	for _, c := range r.AsShipped {
		t.line("  base %s: %s", c.Base, c.Outcome)
		if c.Field != "" {
			t.line("    the free list's link %s lies over the object: %s reads %d (%#x)", c.Link, c.Field, c.Value, c.Value)
		}
		t.paragraph("    ", c.Text)
	}
	t.line("")
}

// program writes the history, or the program when there is none. Both parse as
// a program.
func (t *text) program() {
	r := t.r
	if r.Program == "" {
		return
	}
	t.line("program%s:", t.size())
	if r.Proof != nil {
		t.paragraph("  ", r.Proof.Text)
	}
	t.line("")
	if len(r.History) == 0 {
		t.line("%s", strings.TrimRight(r.Program, "\n"))
	} else {
		t.history()
	}
	t.line("")
}

// size says how long the program is and what it was shrunk from.
func (t *text) size() string {
	p := t.r.Proof
	switch {
	case p == nil:
		return ""
	case p.From <= p.Ops:
		return fmt.Sprintf(", %d %s", p.Ops, plural(p.Ops, "op"))
	}
	return fmt.Sprintf(", %d %s, shrunk from %d", p.Ops, plural(p.Ops, "op"), p.From)
}

// history writes the program's header and each op with its number and outcome
// in the comment; under the ops of free and use also what happened in them.
func (t *text) history() {
	r := t.r
	header, _, _ := strings.Cut(r.Program, "\n")
	t.line("%s", header)
	column := 0
	for _, op := range r.History {
		column = max(column, len(op.Text))
	}
	for i, op := range r.History {
		if op.Settle && (i == 0 || !r.History[i-1].Settle) {
			t.line("# settle")
		}
		t.line("%-*s  # %d %s", column, op.Text, i, op.Outcome)
		if t.telling(i) {
			t.events(op.Events)
		}
	}
}

// telling reports whether op n is the one of the free or of the use.
func (t *text) telling(n int) bool {
	r := t.r
	return r.Free != nil && r.Free.Op == n || r.Use != nil && r.Use.Op == n
}

func (t *text) events(events []string) {
	for i, e := range events {
		if i == eventsMax {
			t.line("#   and %d more: go tool lastwake explain shows them", len(events)-i)
			return
		}
		t.line("#   %s", e)
	}
}
