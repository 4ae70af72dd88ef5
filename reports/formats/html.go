package formats

import (
	"embed"
	"html/template"
	"io"
	"slices"

	"github.com/lastwake/lastwake/reports"
)

//go:embed templates
var files embed.FS

var templates = template.Must(template.New("").Funcs(nightFuncs).ParseFS(files, "templates/*.html"))

// style is the one sheet of all pages.
var style = func() template.CSS {
	text, err := files.ReadFile("templates/style.css")
	if err != nil {
		panic(err) // it is compiled in
	}
	return template.CSS(text)
}()

// HTML writes r as one page that needs nothing else: no script, no other file,
// no other host. back, if not empty, is the address of the page that lists all.
func HTML(w io.Writer, r *reports.Record, back string) error {
	return templates.ExecuteTemplate(w, "report.html", pageOf(r, back))
}

// A reportPage is what the template of a report is given.
type reportPage struct {
	Style      template.CSS
	R          *reports.Record
	Back       string
	State      string
	Access     string
	UseWord    string
	Links      []link
	Parts      []pagePart
	Lanes      lanes
	Ops        []opLine
	StateNames []string
	States     []stateRow
}

// A pagePart is a moment; the last one is the death.
type pagePart struct {
	Word string
	M    *reports.Moment
	Last bool
}

// An opLine is one op of the listing.
type opLine struct {
	N             int
	Text, Outcome string
	Settle, Open  bool
	Mark          string
	Marks         []opMark
	Events        []string
}

// An opMark is a word behind an op, and the class that it is shown in.
type opMark struct{ Class, Word string }

func pageOf(r *reports.Record, back string) *reportPage {
	p := &reportPage{Style: style, R: r, Back: back, State: state(r), Access: accessOf(r), UseWord: useWord(r), Links: links(r), Lanes: lanesOf(r)}
	all := moments(r)
	for i, m := range all {
		p.Parts = append(p.Parts, pagePart{m.word, m.moment, i == len(all)-1})
	}
	for i, op := range r.History {
		p.Ops = append(p.Ops, lineOf(r, i, op))
	}
	p.StateNames, p.States = states(r)
	return p
}

// HasStacks reports whether there is a stack to show.
func (p *reportPage) HasStacks() bool {
	return len(p.R.ShadowRows) > 0 || slices.ContainsFunc(p.Parts, func(x pagePart) bool { return len(x.M.Stack) > 0 })
}

// lineOf is op i with what happened in it to the object.
func lineOf(r *reports.Record, i int, op reports.OpLine) opLine {
	l := opLine{N: i, Text: op.Text, Outcome: op.Outcome, Settle: op.Settle, Events: op.Events}
	for _, m := range []struct {
		at   *reports.Moment
		mark opMark
	}{{r.Alloc, opMark{"made", "made"}}, {r.Free, opMark{"free", "freed"}}, {r.Use, opMark{"use", useWord(r)}}} {
		if m.at != nil && m.at.Op == i {
			l.Marks = append(l.Marks, m.mark)
			if m.mark.Class != "made" {
				l.Mark, l.Open = m.mark.Class, true
			}
		}
	}
	return l
}

// A stateRow counts the objects of one type at two moments.
type stateRow struct {
	Type   string
	Counts []int
}

// states compares what lived before the op that broke, and after it if it came
// to its end.
func states(r *reports.Record) ([]string, []stateRow) {
	if r.Use == nil || r.Use.Op < 1 || r.Use.Op > len(r.History) {
		return nil, nil
	}
	var at [][]reports.Count
	names := []string{"at the start", "before the op that broke"}
	for i, op := range r.History {
		if i == 0 || i == r.Use.Op-1 {
			at = append(at, op.Live)
		}
	}
	if len(at) == 1 {
		names = names[1:]
	}
	if r.Use.Op < len(r.History) && len(r.History[r.Use.Op].Live) > 0 {
		at, names = append(at, r.History[r.Use.Op].Live), append(names, "after it")
	} else if r.Lives != nil {
		at, names = append(at, alive(r)), append(names, "when it stopped")
	}
	var rows []stateRow
	for i, counts := range at {
		for _, c := range counts {
			k := slices.IndexFunc(rows, func(s stateRow) bool { return s.Type == c.Type })
			if k < 0 {
				k = len(rows)
				rows = append(rows, stateRow{Type: c.Type, Counts: make([]int, len(at))})
			}
			rows[k].Counts[i] += c.Count
		}
	}
	slices.SortFunc(rows, func(a, b stateRow) int {
		if a.Type < b.Type {
			return -1
		}
		return 1
	})
	return names, rows
}

// alive counts the objects that no op has freed.
func alive(r *reports.Record) []reports.Count {
	var counts []reports.Count
	for _, l := range r.Lives {
		if l.Free >= 0 {
			continue
		}
		k := slices.IndexFunc(counts, func(c reports.Count) bool { return c.Type == l.Type })
		if k < 0 {
			k = len(counts)
			counts = append(counts, reports.Count{Type: l.Type})
		}
		counts[k].Count++
	}
	return counts
}
