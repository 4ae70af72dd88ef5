package nightly

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/reports"
)

// A said is a line that a child prints: of a hunt "progress", "finding" and
// "summary", of a measurement of power "cell" and, when all are there, "done". What else it prints is its own
// business.
type said struct {
	Type       string                `json:"type"`
	Programs   uint64                `json:"programs"`
	Ops        uint64                `json:"ops"`
	Corpus     int                   `json:"corpus"`
	Edges      int                   `json:"edges"`
	States     int                   `json:"states"`
	Violations uint64                `json:"violations"`
	Findings   []saidFinding         `json:"findings"`
	Sampled    int                   `json:"sampled"`
	Census     []reports.CensusCount `json:"census"`
	saidFinding
}

type saidFinding struct {
	Signature string `json:"signature"`
	Class     string `json:"class"`
	Runs      uint64 `json:"runs"`
	File      string `json:"file"`
}

// A talk is what one child has said.
type talk struct {
	n      *Night
	j      *Job
	number int
	last   said
	alive  bool // it has come so far as to run programs
	summed bool
}

// line takes in one line. An error means that the night cannot go on.
func (t *talk) line(text []byte) error {
	var s said
	if json.Unmarshal(text, &s) != nil {
		return nil // not for us
	}
	switch s.Type {
	case "finding":
		t.alive = true
		return t.n.finding(t.j, t.number, s.saidFinding)
	case "progress", "summary":
		t.alive = t.alive || s.Programs > 0
		t.last, t.summed = s, s.Type == "summary"
		return t.n.tell(Event{Type: "progress", At: t.n.o.Clock.Now(), Job: t.j.Name, Child: t.number}, t)
	case "cell":
		t.alive = true
		return t.n.cell(t.j, text)
	case "done":
		t.summed = true
	}
	return nil
}

// settle adds the last numbers of the child to its job's, and what they say of
// each finding.
func (t *talk) settle() {
	if t.j.Kind == Power {
		return
	}
	add(t.n.job(t.j.Name), &t.last)
	for _, f := range t.last.Findings {
		for i := range t.n.night.Findings {
			if g := &t.n.night.Findings[i]; g.Target == t.j.Target && g.Signature == f.Signature {
				g.Runs += f.Runs
			}
		}
	}
}

// add adds what a child of a hunt has said to the numbers of its job.
func add(r *reports.NightJob, s *said) {
	r.Programs, r.Ops, r.Violations = r.Programs+s.Programs, r.Ops+s.Ops, r.Violations+s.Violations
	if s.Programs > 0 {
		r.Corpus, r.Edges, r.States = s.Corpus, max(r.Edges, s.Edges), max(r.States, s.States)
	}
	for _, f := range s.Findings {
		switch {
		case f.Class == "leak":
			r.Leaks += f.Runs
		case slices.Contains(orderClasses, f.Class):
			r.Order += f.Runs
		}
	}
	r.Sampled += s.Sampled
	for _, c := range s.Census {
		i := slices.IndexFunc(r.Census, func(o reports.CensusCount) bool { return o.Object == c.Object })
		if i < 0 {
			i = len(r.Census)
			r.Census = append(r.Census, reports.CensusCount{Object: c.Object})
		}
		r.Census[i].Made += c.Made
		r.Census[i].Freed += c.Freed
		r.Census[i].Live += c.Live
	}
	slices.SortFunc(r.Census, func(a, b reports.CensusCount) int { return strings.Compare(a.Object, b.Object) })
}

// orderClasses are those of what is released too early or too often.
var orderClasses = []string{"heap-use-after-free", "double-free", "wake-of-freed-tasklet", "dangling-subscription",
	"use-after-unmap", "stack-use-after-scope", "wild-unmap"}

// finding takes in what a hunt found: it is written down before the hunt goes
// on for long.
func (n *Night) finding(j *Job, child int, s saidFinding) error {
	for _, f := range n.night.Findings {
		if f.Target == j.Target && f.Signature == s.Signature {
			return nil
		}
	}
	f := reports.NightFinding{Target: j.Target, Signature: s.Signature, Class: s.Class, Cause: s.Signature, Job: j.Name,
		Night: n.night.Number, File: s.File, Reproduce: "go tool lastwake run " + strings.TrimSpace(j.Reproduce+" "+filepath.ToSlash(s.File))}
	if owner, ok := fault.Match(s.Signature); ok {
		f.Cause = owner.Name
	}
	n.stand(&f)
	n.night.Findings = append(n.night.Findings, f)
	return n.note(Event{Type: "finding", Job: j.Name, Child: child, Text: f.Standing + ": " + f.Signature})
}

// stand says whether a finding is news.
func (n *Night) stand(f *reports.NightFinding) {
	f.Standing = reports.StandingNew
	old, was := n.state.Causes[causeKey(f)]
	was = was && n.night.Number-old.Last <= forgets
	switch _, excused := corpus.Excused(n.known[f.Target], f.Signature, n.o.On); {
	case excused:
		f.Standing = reports.StandingExcused
	case was && slices.Contains(old.Signatures, f.Signature):
		f.Standing, f.Night = reports.StandingOld, old.Night
	case was:
		f.Standing, f.Night = reports.StandingVariant, old.Night
	}
}

func causeKey(f *reports.NightFinding) string { return f.Target + " " + f.Cause }

// note writes an event to the night's log and the state to the disk.
func (n *Night) note(e Event) error {
	e.At = n.o.Clock.Now()
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return err
	}
	n.events = append(n.events, line.Bytes()...)
	if err := n.save(); err != nil {
		return err
	}
	if err := corpus.WriteFile(n.log(), n.events); err != nil {
		return err
	}
	return n.tell(e, nil)
}

// tell gives away an event with the night so far: t, when not nil, is the child
// under way, whose numbers are in it.
func (n *Night) tell(e Event, t *talk) error {
	if n.o.Event == nil {
		return nil
	}
	n.left()
	text, err := json.Marshal(n.night)
	if err != nil {
		return fmt.Errorf("night: %w", err)
	}
	var own reports.Night
	if err := json.Unmarshal(text, &own); err != nil {
		return fmt.Errorf("night: %w", err)
	}
	for i := range own.Jobs {
		if t != nil && own.Jobs[i].Name == t.j.Name {
			add(&own.Jobs[i], &t.last)
		}
	}
	n.o.Event(e, own)
	return nil
}

// lastLines is the end of what a child complained of, in one line: what starts
// with the name of this program, else the last line.
func lastLines(text string) string {
	var ours []string
	last := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "lastwake: "); ok {
			ours = append(ours, rest)
		}
		if line != "" {
			last = line
		}
	}
	if len(ours) > 0 {
		return strings.Join(ours[max(0, len(ours)-2):], "; ")
	}
	return last
}
