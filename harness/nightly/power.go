package nightly

import (
	"fmt"
	"slices"

	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/reports"
)

// A Judgement is what results say of the power of the search, compared with a
// baseline.
type Judgement struct {
	// Rows are the faults, Groups the classes of depth, each of these with all
	// that is deeper, and last all together.
	Rows, Groups []reports.PowerRow
	// Weaker: the search finds less soon than it did.
	Weaker bool
}

// The rule. The programs to each finding, now and then, are compared by the
// log-rank test, which holds for times of any distribution and for searches that
// were given up: see bench.LogRank. The ranks of a class of depth are added, for
// what weakens a part of the search makes itself felt at some depth, at many
// faults a little; those of a class and all deeper ones; and those of all. A fault or a group is slower when so few
// findings have a chance below alarm divided by the number of faults and groups:
// a change that takes nothing from the search raises an alarm less than once in
// a thousand times. In a group that is slower the faults are named that have a
// chance below hint, or else the one with the least.
//
// The same program finds after the same number of programs: a search that is
// unchanged is compared with itself, and never raises an alarm.
const (
	alarm = 1e-3
	hint  = 1e-2
)

// A group is what is judged together: the faults of some digits of depth.
type group struct {
	row         reports.PowerRow
	least, most int
	rank        bench.Rank
	would       float64 // what would have been found in as many programs
	rows        []int   // the places of its faults
}

// groupsOf are the classes of depth that a baseline has, each also with all that
// is deeper, and all together.
func groupsOf(all []Baseline) []*group {
	var groups []*group
	digits := leastDigits
	for i := range all {
		digits = max(digits, all[i].digits())
	}
	for d := leastDigits; d <= digits; d++ {
		groups = append(groups, &group{row: reports.PowerRow{Fault: className(d)}, least: d, most: d})
	}
	for d := leastDigits + 1; d < digits; d++ {
		groups = append(groups, &group{row: reports.PowerRow{Fault: className(d) + " and deeper"}, least: d, most: digits})
	}
	return append(groups, &group{row: reports.PowerRow{Fault: "all depths"}, most: digits})
}

// className says which depths, in ops, a class has.
func className(digits int) string {
	if digits == leastDigits {
		return fmt.Sprintf("depth below 10^%d", leastDigits)
	}
	return fmt.Sprintf("depth 10^%d", digits-1)
}

// Judged compares results with a baseline.
func Judged(all []Baseline, results []bench.Result) Judgement {
	var j Judgement
	groups := groupsOf(all)
	for i := range all {
		b := &all[i]
		now := times(results, b.Fault)
		if len(now) == 0 {
			continue
		}
		rank := bench.LogRank(b.Times, now)
		row := powerRow(b, now, rank)
		for _, g := range groups {
			if g.least <= b.digits() && b.digits() <= g.most {
				g.add(len(j.Rows), row, rank)
			}
		}
		j.Rows = append(j.Rows, row)
	}
	j.judge(slices.DeleteFunc(groups, func(g *group) bool { return len(g.rows) == 0 }))
	return j
}

// judge says which faults and groups are slower.
func (j *Judgement) judge(groups []*group) {
	least := alarm / float64(len(j.Rows)+len(groups))
	for i := range j.Rows {
		j.Rows[i].Slower = j.Rows[i].Chance < least
		j.Weaker = j.Weaker || j.Rows[i].Slower
	}
	for _, g := range groups {
		g.row.Ratio = g.would / max(float64(g.row.Found), 0.5)
		g.row.Chance = g.rank.Chance()
		if g.row.Slower = g.row.Chance < least; g.row.Slower {
			j.Weaker = true
			j.blame(g)
		}
		j.Groups = append(j.Groups, g.row)
	}
}

// blame names the faults of a group that is slower.
func (j *Judgement) blame(g *group) {
	worst := g.rows[0]
	for _, i := range g.rows {
		j.Rows[i].Slower = j.Rows[i].Slower || j.Rows[i].Chance < hint
		if j.Rows[i].Chance < j.Rows[worst].Chance {
			worst = i
		}
	}
	j.Rows[worst].Slower = true
}

// add adds a fault to the group.
func (g *group) add(place int, row reports.PowerRow, rank bench.Rank) {
	g.rows = append(g.rows, place)
	g.rank = g.rank.Add(rank)
	g.would += float64(row.Programs) / row.Was
	g.row.Seeds, g.row.Found, g.row.Programs = g.row.Seeds+row.Seeds, g.row.Found+row.Found, g.row.Programs+row.Programs
}

// powerRow is the row of a fault. Its ratio is that of programs a finding, a
// search that was given up counting with its programs.
func powerRow(b *Baseline, now []bench.Time, rank bench.Rank) reports.PowerRow {
	row := reports.PowerRow{Fault: b.Fault, Was: perFinding(b.Times), Seeds: len(now), Chance: rank.Chance()}
	for _, t := range now {
		row.Programs += uint64(t.At)
		if t.Seen {
			row.Found++
		}
	}
	row.Ratio = perFinding(now) / row.Was
	return row
}

// perFinding is programs a finding; none counts as half a one.
func perFinding(times []bench.Time) float64 {
	programs, found := 0.0, 0.0
	for _, t := range times {
		programs += t.At
		if t.Seen {
			found++
		}
	}
	return programs / max(found, 0.5)
}
