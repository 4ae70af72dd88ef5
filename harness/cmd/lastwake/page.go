package main

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
)

// width is the column at which paragraphs are broken.
const width = 88

// A page is text in the making.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// section is a headline with a paragraph.
func (p *page) section(title, body string) {
	p.line("\n%s:", title)
	p.paragraph("  ", body)
}

// paragraph writes s, broken into lines that start with indent.
func (p *page) paragraph(indent, s string) {
	column := 0
	for word := range strings.FieldsSeq(s) {
		switch {
		case column == 0:
			p.WriteString(indent)
			column = len(indent)
		case column+1+len(word) > width:
			p.WriteString("\n" + indent)
			column = len(indent)
		default:
			p.WriteByte(' ')
			column++
		}
		p.WriteString(word)
		column += len(word)
	}
	p.WriteByte('\n')
}

// item writes s as one of several, marked and indented.
func (p *page) item(indent, s string) {
	q := &page{}
	q.paragraph(indent+"  ", s)
	p.WriteString(indent + "- " + strings.TrimPrefix(q.String(), indent+"  "))
}

// steps is a headline with numbered lines, nothing if there are none.
func (p *page) steps(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line("\n%s:", title)
	for i, s := range lines {
		p.line("  %d. %s", i+1, s)
	}
}

// list is a headline with lines, nothing if there are none.
func (p *page) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line("\n%s:", title)
	for _, s := range lines {
		p.line("  %s", s)
	}
}

// confirm says what to ask gdb.
func (p *page) confirm(checks []fault.Check) {
	if len(checks) == 0 {
		return
	}
	p.line("\nto know it in a core of your own, ask gdb:")
	for _, c := range checks {
		p.line("  (gdb) %s", c.Command)
		p.paragraph("        ", c.Want)
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
