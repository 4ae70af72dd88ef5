package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/triage"
	"github.com/lastwake/lastwake/harness/triage/cause"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// An outcome is what is found out about one file.
type outcome struct {
	file    string
	what    string // the file in a few words
	result  cause.Result
	nothing string   // why there is nothing to compare
	read    []string // what was understood, for an unknown cause
	// modelled: a function of a stack is one of a model's.
	modelled bool
	version  trace.Version
	again    string // the command that runs a crasher
	group    string // what a crasher is counted under
	err      error
}

// match compares what was read with all that is known.
func (t *triager) match(name string, doc *trace.Document) outcome {
	o := outcome{file: name, what: describe(doc), result: t.book.Match(doc), read: readings(doc), modelled: anyModelled(doc), version: doc.Version}
	if len(doc.Reports) == 0 && len(doc.Signatures) == 0 {
		o.nothing = "no stack and no report in it"
	}
	return o
}

// document triages a document that is there.
func (t *triager) document(name string, doc *trace.Document) error {
	o := t.match(name, doc)
	return t.print(&o)
}

// describe says what a document is made of.
func describe(doc *trace.Document) string {
	var parts []string
	for _, r := range doc.Reports {
		s := string(r.Form)
		switch {
		case r.Class == s: // a BUG_ON says what it is
		case r.Class != "":
			s += " " + r.Class
		case r.Signal != "":
			s += " " + r.Signal
		}
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if doc.Version.Known {
		parts = append(parts, "HAProxy "+doc.Version.String())
	}
	if doc.Cut {
		parts = append(parts, "not read whole")
	}
	return strings.Join(parts, ", ")
}

// run triages a crasher: what a run shows is no guess.
func (t *triager) run(f *corpus.File) outcome {
	o := outcome{file: f.Name, what: "crasher, " + f.Kind.String()}
	list := strings.Join(f.Program.Header.Faults, ",")
	if t.given {
		list = t.faults
	}
	on, err := parseFaults(list)
	if err != nil {
		return outcome{err: fmt.Errorf("%s: %w", f.Name, err)}
	}
	r, done, err := t.runner(f.Program)
	if err != nil {
		return outcome{err: fmt.Errorf("%s: %w", f.Name, err)}
	}
	defer done()
	n, err := triage.Name(r, f.Program, on, on.Empty() && !t.given)
	if err != nil {
		return outcome{err: err}
	}
	o.group = n.Group()
	if n.Finding == nil {
		o.nothing = "a run shows nothing, with faults " + on.String()
		return o
	}
	o.what += ", " + n.Finding.Signature()
	o.again = "go tool lastwake run " + quote(f.Name)
	if n.Faults != on || t.given {
		o.again = "go tool lastwake run --faults " + n.Faults.String() + " " + quote(f.Name)
	}
	if x, ok := fault.Lookup(n.Cause); ok {
		o.result.Candidates = []cause.Candidate{{Fault: &x, Crash: t.book.CrashOf(x.Name), Score: 1, Report: -1,
			Reasons: []string{"a run shows it with faults " + n.Faults.String(), n.Why}}}
	}
	return o
}

// print prints one outcome and counts it.
func (t *triager) print(o *outcome) error {
	t.of++
	known := len(o.result.Candidates) > 0
	if known {
		t.known++
	}
	if t.failOn == "known" && known || t.failOn == "unknown" && !known {
		t.failed = true
	}
	switch {
	case known:
		t.groups[o.result.Candidates[0].Name()]++
	case o.group != "":
		t.groups[o.group]++
	default:
		t.groups["unknown"]++
	}
	if t.json {
		return t.jsonLine(o)
	}
	_, err := fmt.Fprint(t.cmd.OutOrStdout(), o.text(t.of > 1))
	return err
}

// jsonLine is the contract of --json.
func (t *triager) jsonLine(o *outcome) error {
	type candidate struct {
		Fault   string   `json:"fault"`
		Crash   string   `json:"crash,omitempty"`
		Score   float64  `json:"score"`
		Reasons []string `json:"reasons"`
		Commit  string   `json:"commit,omitempty"`
		Tag     string   `json:"tag,omitempty"`
		Asked   string   `json:"backport_asked,omitempty"`
		Grep    string   `json:"grep,omitempty"`
		Again   string   `json:"reproduce,omitempty"`
	}
	type excluded struct {
		Fault  string  `json:"fault"`
		Score  float64 `json:"score"`
		Reason string  `json:"reason"`
	}
	line := struct {
		Type       string      `json:"type"`
		File       string      `json:"file"`
		What       string      `json:"what"`
		Group      string      `json:"group,omitempty"`
		Threshold  float64     `json:"threshold"`
		Nearest    float64     `json:"nearest"`
		Nothing    string      `json:"nothing,omitempty"`
		Candidates []candidate `json:"candidates"`
		Excluded   []excluded  `json:"excluded,omitempty"`
	}{"triage", o.file, o.what, o.group, cause.Threshold, o.result.Nearest, o.nothing, []candidate{}, nil}
	for _, c := range o.result.Candidates {
		l := candidate{Score: c.Score, Reasons: c.Reasons, Again: o.reproduce(&c)}
		if c.Crash != nil {
			l.Crash = c.Crash.File
		}
		if f := c.Fault; f != nil {
			l.Fault, l.Commit, l.Tag, l.Asked = f.Name, f.Commit, f.Tag, f.Backport
			if f.Commit != "" {
				l.Grep = cause.GrepFix(f)
			}
		}
		line.Candidates = append(line.Candidates, l)
	}
	for _, x := range o.result.Excluded {
		line.Excluded = append(line.Excluded, excluded{x.Fault.Name, x.Score, x.Reason})
	}
	e := json.NewEncoder(t.cmd.OutOrStdout())
	e.SetEscapeHTML(false)
	return e.Encode(line)
}

// reproduce is the command that shows the candidate.
func (o *outcome) reproduce(c *cause.Candidate) string {
	switch {
	case o.again != "":
		return o.again
	case c.Crash != nil:
		return "go tool lastwake run " + c.Crash.File
	case c.Fault != nil && c.Fault.Seed != "":
		return "go tool lastwake run --faults " + c.Fault.Name + " " + path.Join("corpus", c.Fault.Seed)
	}
	return ""
}

// text is an outcome for people. A short one is one of many.
func (o *outcome) text(short bool) string {
	p := &page{}
	p.line("%s: %s", o.file, or(o.what, "text"))
	switch {
	case o.nothing != "":
		p.line("  %s", o.nothing)
	case len(o.result.Candidates) == 0:
		p.unknown(o)
	}
	for i := range o.result.Candidates {
		p.candidate(o, i, short)
	}
	for _, x := range o.result.Excluded {
		p.line("  not %s (%.2f): %s", x.Fault.Name, x.Score, x.Reason)
	}
	if !short {
		p.line("")
	}
	return p.String()
}

// unknown says that nothing is known, and what to do.
func (p *page) unknown(o *outcome) {
	p.line("  unknown: no cause of the catalogue reaches %.2f, the nearest has %.2f", cause.Threshold, o.result.Nearest)
	if o.again != "" {
		p.line("  reproduce: %s", o.again)
		return
	}
	for _, r := range o.read {
		p.item("  ", r)
	}
	switch {
	case len(o.read) == 0:
		p.paragraph("  ", "no function is named in it: a trace with symbols tells more, or the core: lastwake triage --core FILE --exe FILE")
		return
	case !o.modelled:
		p.paragraph("  ", "none of these functions is in the model of HAProxy's QUIC mux: what lastwake can do ends here, "+
			"and the trace is worth a report to the project that it is of")
		return
	}
	p.line("  to look for a program that comes to the same place: go tool lastwake hunt --like %s --budget 1m", quote(o.file))
}

// readMost bounds the reports that are told of for an unknown cause, and the
// functions of each.
const readMost = 4

// readings says where each report died, as far as it was understood.
func readings(doc *trace.Document) []string {
	var out []string
	for _, r := range doc.Reports[:min(len(doc.Reports), readMost)] {
		s := "died in "
		frames := r.Use
		switch {
		case r.Cond != "":
			s = fmt.Sprintf("the condition %q, in ", r.Cond)
		case len(r.Use) == 0 && len(r.Free) == 0:
			s, frames = "made in ", r.Alloc
		}
		var names []string
		for _, f := range frames {
			if f.Kind == trace.Plain && len(names) < readMost && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
		switch {
		case names != nil:
			out = append(out, s+strings.Join(names, ", called by "))
		case r.Cond != "":
			out = append(out, strings.TrimSuffix(s, ", in "))
		}
	}
	return out
}

// anyModelled reports whether a model has one of the functions of doc.
func anyModelled(doc *trace.Document) bool {
	for _, r := range doc.Reports {
		for _, f := range slices.Concat(r.Use, r.Free, r.Alloc) {
			if f.Kind == trace.Plain && modelled(f.Name) {
				return true
			}
		}
	}
	return false
}

// candidate tells of one cause: the first at length.
func (p *page) candidate(o *outcome, i int, short bool) {
	c := &o.result.Candidates[i]
	p.line("  %d. %s  %.2f%s", i+1, c.Name(), c.Score, issueOf(c.Fault))
	if c.Fault != nil {
		p.paragraph("     ", c.Fault.Title)
	} else {
		p.paragraph("     ", c.Crash.Title)
	}
	if short && o.again != "" {
		p.line("     reproduce: %s", o.again)
		return
	}
	for _, r := range c.Reasons {
		p.item("     ", r)
	}
	if i > 0 || c.Fault == nil {
		return
	}
	p.remedy(c.Fault)
	if len(c.Fault.Confirm) > 0 && o.again == "" {
		p.line("     to be sure, ask gdb about the core:")
		for _, check := range c.Fault.Confirm {
			p.line("       (gdb) %s", check.Command)
			p.paragraph("             ", check.Want)
		}
	}
	if c.Crash != nil {
		p.line("     the program that shows it, %s:", c.Crash.File)
		for line := range strings.Lines(c.Crash.Prog) {
			p.line("       %s", strings.TrimRight(line, "\n"))
		}
	}
	if again := o.reproduce(c); again != "" {
		p.line("     reproduce: %s", again)
	}
}

// remedy says where the fix is.
func (p *page) remedy(f *fault.Fault) {
	asked := ""
	if f.Backport != "" {
		asked = ", backport asked to " + f.Backport
	}
	if f.Commit == "" {
		p.line("     a hypothesis: no release is known to have had it")
		return
	}
	p.line("     fixed by commit %s of %s, first in %s%s", f.Commit, f.FixDate, f.Tag, asked)
	p.line("     in your branch? %s", cause.GrepFix(f))
}

func issueOf(f *fault.Fault) string {
	if f == nil || f.Issue == "" {
		return ""
	}
	return ", issue #" + f.Issue
}

// summary counts the files by cause.
func (t *triager) summary() error {
	out := t.cmd.OutOrStdout()
	names := slices.SortedFunc(maps.Keys(t.groups), func(a, b string) int {
		if t.groups[a] != t.groups[b] {
			return t.groups[b] - t.groups[a]
		}
		return strings.Compare(a, b)
	})
	_, err := fmt.Fprintf(out, "\ntriage: %d files, %d of a known cause, %d groups\n", t.of, t.known, len(names))
	for _, n := range names {
		if err == nil {
			_, err = fmt.Fprintf(out, "  %6d  %s\n", t.groups[n], n)
		}
	}
	return err
}
