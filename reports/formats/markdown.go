package formats

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/lastwake/lastwake/reports"
)

// Markdown writes r for an issue tracker: what happened, the life of the
// object, the cause, the program; what is long stands folded.
func Markdown(w io.Writer, r *reports.Record) error {
	m := &markdown{}
	m.line("## %s: %s", r.Class, escape(r.Title))
	m.line("")
	m.facts(r)
	m.life(r)
	m.cause(r)
	m.unmap(r)
	m.program(r)
	m.stacks(r)
	m.again(r)
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// escape keeps s from being taken for markup. An underscore inside of a word,
// as in a name of C, is none.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\\`, "*", `\*`, "`", "\\`", "<", "&lt;", "|", `\|`, "#", `\#`).Replace(s)
	return loose.ReplaceAllString(s, `$1\_$2`)
}

// loose are the underscores at the end of a word.
var loose = regexp.MustCompile(`(^|\W)_|_(\W|$)`)

// code is s as code, whatever stands in it.
func code(s string) string {
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

func (m *markdown) facts(r *reports.Record) {
	m.line("| | |")
	m.line("|---|---|")
	row := func(name, value string) {
		if value != "" {
			m.line("| %s | %s |", name, value)
		}
	}
	row("state", state(r))
	row("object", escape(r.Object.Type))
	row("access", escape(accessOf(r)))
	if r.Access == nil {
		row("seen", escape(r.Detail))
	}
	row("signature", strings.ReplaceAll(code(r.Signature), "|", `\|`))
	if r.On != "" {
		row("played on", escape(r.On))
	} else if len(r.Faults) > 0 {
		row("faults on", escape(strings.Join(r.Faults, ", ")))
	} else {
		row("faults on", "none, the fixed program")
	}
	m.line("")
}

func (m *markdown) life(r *reports.Record) {
	for _, p := range moments(r) {
		by := ""
		if p.moment.Func != "" {
			by = " by " + code(p.moment.Func)
		}
		m.line("* **%s** in %s%s", p.word, escape(opOf(p.moment)), by)
	}
	m.line("")
}

func (m *markdown) cause(r *reports.Record) {
	f := r.Fault
	if r.On != "" {
		m.real(r)
		if f == nil {
			return
		}
	}
	if f == nil {
		m.line("No fault of the catalogue has this signature.")
		m.line("")
		return
	}
	issue := ""
	if f.Issue != "" {
		issue = fmt.Sprintf(", issue [haproxy#%s](%s/issues/%s)", f.Issue, upstream, f.Issue)
	}
	m.line("### Cause: %s%s", escape(f.ID), issue)
	m.line("")
	m.line("%s", escape(f.Mechanism))
	m.line("")
	asked := ""
	if f.Backport != "" {
		asked = ", backport asked to " + f.Backport
	}
	if f.Commit != "" {
		m.line("Fixed by [%s](%s/commit/%s), first in %s%s. %s", f.Commit, upstream, f.Commit, f.Tag, asked, escape(f.Fix))
	} else {
		m.line("A hypothesis: no release is known to have had it. %s", escape(f.Fix))
	}
	m.line("")
}

// unmap writes what a wrong unmap takes, and the ways in which that ends.
func (m *markdown) unmap(r *reports.Record) {
	if len(r.Victims) > 0 {
		m.line("### What the unmap takes, on the pages that it touches\n")
		for _, v := range r.Victims {
			m.line("* %s", escape(v))
		}
		m.line("")
	}
	if !r.ToSymptom() {
		return
	}
	m.line("### Run to the symptom\n")
	m.line("The kernel does what it does, nobody looks, and unsetenv comes next as in main.\n")
	m.line("| kernel and place | end | stack |\n|---|---|---|")
	for _, c := range r.AsShipped {
		var stack []string
		for _, f := range c.Stack {
			stack = append(stack, code(f.Func))
		}
		m.line("| %s | %s | %s |", code(c.Setting), escape(c.Outcome), strings.Join(stack, " < "))
	}
	m.line("")
}

// real writes what the oracle of a real stack has to show, and the rules to
// which the program keeps.
func (m *markdown) real(r *reports.Record) {
	if r.More != "" {
		m.line("~~~")
		m.line("%s", strings.TrimRight(r.More, "\n"))
		m.line("~~~")
		m.line("")
	}
	if len(r.Rules) > 0 {
		m.line("The program keeps to the rules of the interface:")
		m.line("")
		for _, s := range r.Rules {
			m.line("* %s", escape(s))
		}
		m.line("")
	}
}

func (m *markdown) program(r *reports.Record) {
	if r.Program == "" {
		return
	}
	m.line("### Program")
	m.line("")
	if r.Proof != nil {
		m.line("%s", escape(r.Proof.Text))
		m.line("")
	}
	m.fence(r.Program)
}

// fence writes s as it is, in a fence that is longer than any in it.
func (m *markdown) fence(s string) {
	mark := "```"
	for strings.Contains(s, mark) {
		mark += "`"
	}
	m.line("%s\n%s\n%s\n", mark, strings.TrimRight(s, "\n"), mark)
}

func (m *markdown) stacks(r *reports.Record) {
	for _, p := range moments(r) {
		if len(p.moment.Stack) == 0 {
			continue
		}
		m.line("<details><summary>%s</summary>\n", p.word+" here")
		var b strings.Builder
		for i, f := range p.moment.Stack {
			fmt.Fprintf(&b, "#%d %s %s:%d\n", i, f.Func, f.File, f.Line)
		}
		m.fence(b.String())
		m.line("</details>\n")
	}
}

func (m *markdown) again(r *reports.Record) {
	for _, c := range r.Reproduce {
		m.line("reproduce: %s", code(c))
	}
}
