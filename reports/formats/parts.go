package formats

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/reports"
)

// A part is a moment of an object's life with the word for it.
type part struct {
	word   string
	moment *reports.Moment
}

// moments are the moments that r has, in the order of an object's life.
func moments(r *reports.Record) []part {
	var parts []part
	for _, p := range []part{{"made", r.Alloc}, {endWord(r), r.Free}, {useWord(r), r.Use}} {
		if p.moment != nil {
			parts = append(parts, p)
		}
	}
	return parts
}

func endWord(r *reports.Record) string {
	if r.Class == "stack-use-after-scope" {
		return "left"
	}
	return "freed"
}

func useWord(r *reports.Record) string {
	switch {
	case r.Access == nil:
		return "broken"
	case r.Access.Kind == reports.Freed:
		return "freed again"
	}
	return "used"
}

// frameOf is the innermost frame of m that is no helper.
func frameOf(m *reports.Moment) (reports.Frame, bool) {
	if m == nil || len(m.Stack) == 0 {
		return reports.Frame{}, false
	}
	for _, f := range m.Stack {
		if !f.Primitive {
			return f, true
		}
	}
	return m.Stack[0], true
}

// opOf names the op of m.
func opOf(m *reports.Moment) string {
	if m.Op < 0 {
		return "the set-up"
	}
	return fmt.Sprintf("op %d, %s", m.Op, m.Text)
}

// A link is an address elsewhere with its words. Nothing fetches it.
type link struct{ Text, URL string }

// links are the places upstream that r's fault names.
func links(r *reports.Record) []link {
	if r.Fault == nil {
		return nil
	}
	var ls []link
	if r.Fault.Issue != "" {
		ls = append(ls, link{"issue #" + r.Fault.Issue, upstream + "/issues/" + r.Fault.Issue})
	}
	if r.Fault.Commit != "" {
		ls = append(ls, link{"commit " + r.Fault.Commit, upstream + "/commit/" + r.Fault.Commit})
	}
	return ls
}

// state is the word for whether a finding is known.
func state(r *reports.Record) string {
	if r.Known {
		return "known"
	}
	return "new"
}

// accessOf says what was touched, nothing when nothing was.
func accessOf(r *reports.Record) string {
	x := r.Access
	if x == nil {
		return ""
	}
	s := strings.ToLower(string(x.Kind))
	if x.Size > 0 {
		s += fmt.Sprintf(" of %d bytes", x.Size)
	}
	switch {
	case x.Field != "":
		s += " at field " + x.Field
	case x.Where != "":
		s += fmt.Sprintf(" %d bytes %s the object", x.Offset, x.Where)
	}
	return s
}
