package reports

import (
	"fmt"
	"io"
	"strings"
)

// width is the column at which paragraphs are broken.
const width = 100

// Text writes r as a text report, in three parts: half a dozen lines that say
// what happened, for a reader; the finding in the form of a sanitizer's
// report, for tools that read those; and what no sanitizer can know.
//
// The middle part follows AddressSanitizer line by line: ERROR line, access,
// the stack of the use and an empty line, the place in the object, the stacks
// of free and allocation, SUMMARY, shadow bytes. A frame is
// "#N 0x000000000000 in func file:line": a model has no program counters, and
// the parsers that want one take any number. The process id is 0. A class that
// no sanitizer has says lastwake where the sanitizer's name stands.
func Text(w io.Writer, r *Record) error {
	t := &text{r: r}
	t.digest()
	t.line("")
	t.sanitizer()
	t.line("")
	t.context()
	_, err := w.Write(t.b)
	return err
}

// A text is a report in the making.
type text struct {
	r *Record
	b []byte
}

// line appends a line.
func (t *text) line(format string, args ...any) {
	t.b = fmt.Appendf(t.b, format, args...)
	t.b = append(t.b, '\n')
}

// paragraph appends s, broken into lines that start with indent.
func (t *text) paragraph(indent, s string) {
	column := 0
	for word := range strings.FieldsSeq(s) {
		switch {
		case column == 0:
			t.b = append(t.b, indent...)
			column = len(indent)
		case column+1+len(word) > width:
			t.b = append(append(t.b, '\n'), indent...)
			column = len(indent)
		default:
			t.b = append(t.b, ' ')
			column++
		}
		t.b = append(t.b, word...)
		column += len(word)
	}
	t.line("")
}

// addr returns how a reads: relative to the arena, absolute when the record
// has a base, as it stands when it lies outside.
func (t *text) addr(a Addr) string {
	switch x := t.r.Access; {
	case x != nil && x.Outside:
		return a.String()
	case t.r.Base != 0:
		return (t.r.Base + a).String()
	}
	return "arena+" + a.String()
}

// digest writes what a reader needs first.
func (t *text) digest() {
	r := t.r
	state := "new"
	if r.Known {
		state = "known"
	}
	t.line("lastwake: %s (%s): %s", r.Class, state, r.Title)
	if o := t.object(); o != "" {
		t.line("  object   %s", o)
	}
	t.moments()
	if r.Detail != "" && r.Detail != r.Title && r.Access == nil {
		t.line("  seen     %s", r.Detail)
	}
	if r.On != "" {
		t.line("  on       %s", r.On)
	}
	if r.On == "" || r.Fault != nil {
		t.line("  cause    %s", t.cause())
	}
	switch {
	case len(r.AsShipped) > 0 && r.AsShipped[0].Setting != "":
		t.line("  symptom  %s", t.settings())
	case len(r.AsShipped) > 0:
		t.line("  shipped  %s", t.shipped())
	}
	if len(r.Victims) > 0 {
		t.line("  victims  %d %s, see below", len(r.Victims), plural(len(r.Victims), "object"))
	}
	if len(r.Reproduce) > 0 {
		t.line("  again    %s", r.Reproduce[0])
	}
}

// object names the object and the field, or how much of it was lost; nothing
// when the finding is about no object.
func (t *text) object() string {
	o, x := &t.r.Object, t.r.Access
	switch {
	case o.Type == "":
		return ""
	case o.Count > 0:
		return fmt.Sprintf("%d x %s, %d bytes each", o.Count, o.Type, o.Size)
	case x != nil && x.Field != "":
		return o.Type + ", its field " + x.Field
	case x != nil && x.Where == "after":
		return fmt.Sprintf("%s, %d bytes behind its end", o.Type, x.Offset)
	case x != nil && x.Where == "before":
		return fmt.Sprintf("%s, %d bytes before its start", o.Type, x.Offset)
	}
	return o.Type
}

// moments writes the object's life, a line an event, in columns.
func (t *text) moments() {
	r := t.r
	used := "used"
	if r.Access == nil {
		used = "broken"
	}
	rows := []struct {
		what string
		m    *Moment
		more string
	}{{"made", r.Alloc, ""}, {t.ended(), r.Free, ""}, {used, r.Use, t.how()}}
	column := 0
	for _, row := range rows {
		if row.m != nil {
			column = max(column, len(opName(row.m)))
		}
	}
	for _, row := range rows {
		if row.m != nil {
			s := fmt.Sprintf("  %-7s  %-*s  %s%s", row.what, column, opName(row.m), by(row.m), row.more)
			t.line("%s", strings.TrimRight(s, " "))
		}
	}
}

// by names the function of m, and the primitive that it called: of several
// that call each other the outermost one that models a C function.
func by(m *Moment) string {
	called := ""
	for _, f := range m.Stack {
		if !f.Primitive || f.Func == m.Func {
			break
		}
		if !strings.ContainsAny(f.Func, "().") {
			called = f.Func + " in "
		}
	}
	return called + m.Func
}

// ended is the word for the end of the object's life.
func (t *text) ended() string {
	if t.r.Class == useAfterScope {
		return "left"
	}
	return "freed"
}

// how says what the use did.
func (t *text) how() string {
	switch x := t.r.Access; {
	case x == nil:
		return ""
	case x.Kind == Freed:
		return ", frees " + t.addr(x.Addr)
	default:
		return fmt.Sprintf(", %s of %d %s", strings.ToLower(string(x.Kind)), x.Size, plural(x.Size, "byte"))
	}
}

func (t *text) cause() string {
	f := t.r.Fault
	if f == nil {
		return "unknown: no fault of the catalogue has this signature"
	}
	return f.ID + issue(f)
}

func issue(f *FaultRef) string {
	if f.Issue == "" {
		return ""
	}
	return ", issue #" + f.Issue
}

// shipped names the outcomes of a production build, each once.
func (t *text) shipped() string {
	var seen []string
	for i, c := range t.r.AsShipped {
		first := true
		for _, earlier := range t.r.AsShipped[:i] {
			first = first && earlier.Outcome != c.Outcome
		}
		if first {
			seen = append(seen, c.Outcome)
		}
	}
	return strings.Join(seen, " or ") + " on a production build, see below"
}

// opName returns the op of m with its number, as the listing below shows it.
func opName(m *Moment) string {
	if m.Op < 0 {
		return "set-up, before op 0"
	}
	return fmt.Sprintf("op %d: %s", m.Op, m.Text)
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
