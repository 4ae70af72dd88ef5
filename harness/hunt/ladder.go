package hunt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A Ladder tells how near a hunt came to one fault that was on. Nothing in it
// leads the search, unless Options.NearMiss asks for it.
type Ladder struct {
	Fault string `json:"fault"`
	// Reached counts the programs that came by the fault's switch: the code
	// around it was executed. ReachedOps says when the first one did.
	Reached    uint64 `json:"reached"`
	ReachedOps uint64 `json:"reached_ops"`
	// Of the Looked runs, those that were explained and the programs of the
	// corpus that were run once more when the hunt was over, Triggered ran
	// otherwise with this one fault off: another outcome, state, end or audit.
	Looked    int `json:"looked"`
	Triggered int `json:"triggered"`
	// Detected counts the runs that were explained and bore a signature of the
	// fault; DetectedOps says when the first one did.
	Detected    uint64 `json:"detected"`
	DetectedOps uint64 `json:"detected_ops"`
	// Near has the conditions that lead to the fault, with how many of the
	// Looked runs met each; Most is how many of them one run met.
	Near []NearMiss `json:"near"`
	Most int        `json:"most"`

	fault fault.Fault
	shown int // what Most is while the hunt runs, for the line of progress
}

// A NearMiss is a condition on the way to a fault, and how many runs met it.
type NearMiss struct {
	Name string `json:"name"`
	Runs int    `json:"runs"`
}

// Rung is the highest of detected, triggered and reached that the hunt came
// to, "" if none.
func (l *Ladder) Rung() string {
	switch {
	case l.Detected > 0:
		return "detected"
	case l.Triggered > 0:
		return "triggered"
	case l.Reached > 0:
		return "reached"
	}
	return ""
}

// newLadders makes a ladder for each fault that is on.
func newLadders(on fault.Set) []Ladder {
	var ls []Ladder
	for _, f := range fault.All() {
		if on.Has(f.ID) {
			l := Ladder{Fault: f.Name, fault: f}
			for _, c := range f.NearMisses {
				l.Near = append(l.Near, NearMiss{Name: c.Name})
			}
			ls = append(ls, l)
		}
	}
	return ls
}

// A visitor counts, in a lane, the programs that come by each fault that is
// on.
type visitor struct {
	on    []fault.ID
	count []uint64
	first []uint64 // the lane's ops at the first one
}

func newVisitor(ladders []Ladder) visitor {
	v := visitor{count: make([]uint64, len(ladders)), first: make([]uint64, len(ladders))}
	for i := range ladders {
		v.on = append(v.on, ladders[i].fault.ID)
	}
	return v
}

func (v *visitor) begin() { clear(v.count) }

func (v *visitor) visit(asked fault.Set, ops uint64) {
	for i, id := range v.on {
		if !asked.Has(id) {
			continue
		}
		if v.count[i] == 0 {
			v.first[i] = ops
		}
		v.count[i]++
	}
}

// reached takes over what a lane counted, before which the hunt had executed
// so many ops.
func (h *hunter) reached(v *visitor, before uint64) {
	for i := range h.ladders {
		l := &h.ladders[i]
		if l.Reached == 0 && v.count[i] > 0 {
			l.ReachedOps = before + v.first[i]
		}
		l.Reached += v.count[i]
	}
}

// detected counts a run that was explained, and the conditions that it met.
func (h *hunter) detected(f *exec.Finding, ops uint64) {
	owner, ok := fault.Match(f.Signature())
	if !ok {
		return
	}
	for i := range h.ladders {
		l := &h.ladders[i]
		if l.fault.ID != owner.ID {
			continue
		}
		if l.Detected == 0 {
			l.DetectedOps = ops
		}
		l.Detected++
		l.Looked++
		l.Triggered++ // what bears its signature is not what the fixed code does
		l.add(l.met(f.Lines))
	}
}

// owner returns the name of the fault that is on and bears signature, "" when
// there is none: for a finding that is not shrunk once more.
func (h *hunter) owner(signature string) string {
	if f, ok := fault.Match(signature); ok && h.o.Faults.Has(f.ID) {
		return f.Name
	}
	return ""
}

// look runs p once more, and once for each fault that is on without it, and
// returns the number of conditions that it meets of the fault that it is
// nearest to; that it runs otherwise counts as one.
func (h *hunter) look(p *program.Program) int {
	near := 0
	lines, err := h.runners[0].Record(p, h.o.Faults)
	if err != nil {
		return 0 // the hunt meets it by itself, and says so
	}
	for i := range h.ladders {
		l := &h.ladders[i]
		met := l.met(lines)
		l.add(met)
		l.Looked++
		if h.runners[0].Differs(p, h.o.Faults, h.o.Faults.Without(l.fault.ID)) {
			l.Triggered++
			near = max(near, 1+len(met))
		}
		near = max(near, len(met))
	}
	return near
}

// met returns the conditions, by their places in Near, that the events of a
// run meet.
func (l *Ladder) met(lines []exec.Line) []int {
	var met []int
	for i, c := range l.fault.NearMisses {
		if slices.ContainsFunc(lines, func(line exec.Line) bool {
			return slices.ContainsFunc(line.Events, func(e string) bool { return strings.Contains(e, c.Event) })
		}) {
			met = append(met, i)
		}
	}
	return met
}

// add counts the conditions that one run met.
func (l *Ladder) add(met []int) {
	for _, i := range met {
		l.Near[i].Runs++
	}
	l.Most = max(l.Most, len(met))
}

// The programs that are looked at: for a line of progress the newest, in the
// end some of every age.
const (
	lookProgress = 8
	lookFinish   = 1024
)

// climb looks at the newest programs of the corpus for the line of progress,
// between two epochs. When it does depends on the clock, so it counts nothing.
func (h *hunter) climb() {
	entries := h.corpus.entries
	for _, e := range entries[max(h.looked, len(entries)-lookProgress):] {
		lines, err := h.runners[0].Record(e.prog, h.o.Faults)
		if err != nil {
			continue // the hunt meets it by itself, and says so
		}
		for i := range h.ladders {
			l := &h.ladders[i]
			l.shown = max(l.shown, len(l.met(lines)))
		}
	}
	h.looked = len(entries)
}

// survey looks at programs of the corpus of every age, unless every one was
// looked at when it was kept.
func (h *hunter) survey() {
	if h.o.NearMiss || len(h.ladders) == 0 {
		return
	}
	entries := h.corpus.entries
	n := min(len(entries), lookFinish)
	for i := range n {
		h.look(entries[i*len(entries)/n].prog)
	}
}

// rungs is the part of the progress line about the ladders.
func (h *hunter) rungs() string {
	var b strings.Builder
	for i := range h.ladders {
		l := &h.ladders[i]
		fmt.Fprintf(&b, "  %s %s", l.fault.Commit, l)
	}
	return b.String()
}

// String returns the ladder in a few words, its fault's name aside.
func (l *Ladder) String() string {
	return fmt.Sprintf("reached %s, near %d/%d, triggered %d, detected %d",
		count(float64(l.Reached)), max(l.Most, l.shown), len(l.Near), l.Triggered, l.Detected)
}
