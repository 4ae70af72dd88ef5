package nightly

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/reports"
)

// judge fills in what the night came to.
func (n *Night) judge() {
	n.left()
	n.night.Ended = n.o.Clock.Now()
	n.night.Why = n.night.Why[:0]
	for i := range n.night.Findings {
		n.stand(&n.night.Findings[i]) // a finding of a night before may have been decided about since
	}
	n.power()
	news := n.news()
	for _, k := range news {
		n.because(1, "new: "+k)
	}
	if n.night.Programs() == 0 {
		n.because(2, "no program was run")
	}
	for _, j := range n.night.Jobs {
		switch {
		case j.GivenUp:
			n.because(2, fmt.Sprintf("%s was given up: %s", j.Name, j.Trouble))
		case j.Programs == 0 && j.Share > 0:
			n.because(2, fmt.Sprintf("%s ran no program", j.Name))
		}
	}
}

// because gives a reason for a status; the gravest counts.
func (n *Night) because(status int, why string) {
	n.night.Status = max(n.night.Status, status)
	n.night.Why = append(n.night.Why, why)
}

// news are the new causes, by target and cause, each once.
func (n *Night) news() []string {
	var keys []string
	for i := range n.night.Findings {
		f := &n.night.Findings[i]
		if k := causeKey(f); f.Standing == reports.StandingNew && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// power judges what the Power job has measured.
func (n *Night) power() {
	i := slices.IndexFunc(n.o.Jobs, func(j Job) bool { return j.Kind == Power })
	if i < 0 {
		return
	}
	verdict := Judged(n.o.Baseline, n.cells)
	n.night.Power, n.night.PowerGroups = verdict.Rows, verdict.Groups
	if k := len(verdict.Groups); k > 0 {
		n.night.Pooled = verdict.Groups[k-1].Ratio
	}
	switch faults, seeds := len(verdict.Rows), fewest(verdict.Rows); {
	case verdict.Weaker: // it takes longer then, and is red for that
		n.because(1, weaker(&verdict))
	case n.done[n.o.Jobs[i].Name]:
	case faults < len(n.o.Baseline) || seeds < leastSeeds:
		n.because(2, fmt.Sprintf("the power of the search was not measured to the end (%d of %d faults, %d seeds); give the night more time", faults, len(n.o.Baseline), seeds))
	}
}

// leastSeeds is how many seeds of each fault make a measurement that was cut by
// the clock.
const leastSeeds = 5

// fewest is the least number of seeds of a row.
func fewest(rows []reports.PowerRow) int {
	least := 0
	for i, r := range rows {
		if i == 0 || r.Seeds < least {
			least = r.Seeds
		}
	}
	return least
}

// weaker says in words what became slower.
func weaker(j *Judgement) string {
	var where, slow []string
	for _, g := range j.Groups {
		if g.Slower {
			where = append(where, fmt.Sprintf("%.1f times the programs at %s", g.Ratio, g.Fault))
		}
	}
	for _, r := range j.Rows {
		if r.Slower {
			slow = append(slow, fmt.Sprintf("%s %.1f times the programs", r.Fault, r.Ratio))
		}
	}
	return strings.Join(append([]string{"the search got weaker"}, where...), ", ") + "; slower: " + strings.Join(slow, ", ")
}

// End notes that the night is over: what was news in it is news no more. It is
// called when the reports are written.
func (n *Night) End() error {
	for i := range n.night.Findings {
		f := &n.night.Findings[i]
		if f.Standing == reports.StandingExcused {
			continue
		}
		c := n.state.Causes[causeKey(f)]
		if c.Last = n.night.Number; f.Standing == reports.StandingNew {
			c.Night = n.night.Number
		}
		if !slices.Contains(c.Signatures, f.Signature) {
			c.Signatures = append(c.Signatures, f.Signature)
		}
		n.state.Causes[causeKey(f)] = c
	}
	n.state.Last = n.night.Trend
	n.state.Ended = n.night.Number
	n.state.Current = nil
	return n.save()
}

// trend fills in the trend: the nights before, and this one.
func (n *Night) trend() {
	all := append(slices.Clone(n.state.Last), n.night.Row())
	n.night.Trend = all[max(0, len(all)-trendNights):]
}
