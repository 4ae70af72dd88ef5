package nightly

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lastwake/lastwake/harness/bench"
)

// A Baseline is how soon the search found one fault when that was last
// measured.
type Baseline struct {
	Fault string
	// Depth is the mean of executed ops that it took when it was chosen: of
	// other seeds, maybe of an older search.
	Depth uint64
	// Times are the programs to the finding, for seeds 1, 2, 3 and so on; not
	// Seen where the budget did not suffice.
	Times []bench.Time
}

//go:embed power.txt
var baseline []byte

// BaselineFile is where the baseline that is compiled in is, from the root of
// the module.
const BaselineFile = "harness/nightly/power.txt"

// Built is the baseline that is compiled in.
func Built() ([]Baseline, error) { return ReadBaseline(BaselineFile, baseline) }

// The rule by which faults are chosen. They are classed by depth, by the number
// of digits: the making of programs decides how soon the shallow ones are found,
// mutation and coverage how soon the deep ones. Of each class as many are taken
// as one seed of each takes classOps on average, at most classFaults, spread from
// the shallowest to the deepest. A fault that is deeper than classOps costs a
// night more than it tells.
const (
	classFaults = 8
	classOps    = 6_000_000
	// leastDigits is the class of all that the first programs find.
	leastDigits = 3
)

// BaselineSeeds is with how many seeds a baseline is measured.
const BaselineSeeds = 20

// Choose takes the faults of a baseline from what the bench says.
func Choose(all []bench.Expected) []Baseline {
	classes := map[int][]Baseline{}
	for _, e := range all {
		b := Baseline{Fault: e.Fault, Depth: e.Mean}
		classes[b.digits()] = append(classes[b.digits()], b)
	}
	var chosen []Baseline
	for _, digits := range slices.Sorted(maps.Keys(classes)) {
		class := classes[digits]
		slices.SortStableFunc(class, func(a, b Baseline) int { return cmp.Compare(a.Depth, b.Depth) })
		chosen = append(chosen, affordable(class)...)
	}
	return chosen
}

// affordable takes as many of a class, which is in the order of depth, as may
// be.
func affordable(class []Baseline) []Baseline {
	for n := min(classFaults, len(class)); n > 0; n-- {
		var some []Baseline
		ops := uint64(0)
		for _, i := range bench.Spread(len(class), n) {
			some = append(some, class[i])
			ops += class[i].Depth
		}
		if ops <= classOps {
			return some
		}
	}
	return nil
}

// digits is the class of a fault: how many digits its depth has.
func (b *Baseline) digits() int { return max(leastDigits, len(strconv.FormatUint(b.Depth, 10))) }

// A seed gets three times the depth: one in twenty takes longer when nothing has
// changed, and a search that has lost its way costs no more than that. The least
// is what the first epoch executes anyway.
const (
	slack       = 3
	leastBudget = 5_000
)

// Budget is what a seed gets, in executed ops, then and in every night.
func (b *Baseline) Budget() uint64 { return max(leastBudget, slack*b.Depth) }

// Cell is the search for the fault with a seed.
func (b *Baseline) Cell(seed uint64) bench.Cell {
	return bench.Cell{Method: "hunt", Fault: b.Fault, Seed: seed, Budget: b.Budget()}
}

// Rebase fills in the times of what was chosen from results, which have every
// seed of it.
func Rebase(chosen []Baseline, results []bench.Result) []Baseline {
	all := slices.Clone(chosen)
	for i := range all {
		all[i].Times = times(results, all[i].Fault)
	}
	return all
}

// times are the programs to each finding of a fault, in the order of the seeds.
func times(results []bench.Result, fault string) []bench.Time {
	var mine []*bench.Result
	for i := range results {
		if results[i].Fault == fault {
			mine = append(mine, &results[i])
		}
	}
	slices.SortFunc(mine, func(a, b *bench.Result) int { return cmp.Compare(a.Seed, b.Seed) })
	var all []bench.Time
	for _, r := range mine {
		all = append(all, bench.Time{At: float64(r.Programs), Seen: r.Found})
	}
	return all
}

const baselineHead = `# How soon "lastwake hunt" finds faults from nothing: depth in executed ops, then the programs to the finding
# with seeds 1, 2, 3 and so on; a + where three times the depth did not suffice. Which faults: harness/docs/every-night.md.
# Written by "lastwake nightly --rebase harness/nightly/power.txt", judged by every night.
# fault                depth  programs
`

// FormatBaseline writes a baseline as text, ReadBaseline reads it.
func FormatBaseline(all []Baseline) []byte {
	var b strings.Builder
	b.WriteString(baselineHead)
	for _, x := range all {
		fmt.Fprintf(&b, "%-17s %10d ", x.Fault, x.Depth)
		for _, t := range x.Times {
			fmt.Fprintf(&b, " %.0f", t.At)
			if !t.Seen {
				b.WriteByte('+')
			}
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// ReadBaseline reads the text of a baseline. What is wrong with it is told with
// the line.
func ReadBaseline(name string, text []byte) ([]Baseline, error) {
	var all []Baseline
	err := bench.ReadWords(name, text, func(words []string) error {
		if len(words) < 3 {
			return fmt.Errorf("%d words, want a fault, its depth and the programs of each seed", len(words))
		}
		b := Baseline{Fault: words[0]}
		var err error
		if b.Depth, err = bench.ReadCount(words[1]); err != nil {
			return err
		}
		for _, word := range words[2:] {
			word, censored := strings.CutSuffix(word, "+")
			programs, err := bench.ReadCount(word)
			if err != nil {
				return err
			}
			b.Times = append(b.Times, bench.Time{At: float64(programs), Seen: !censored})
		}
		if slices.ContainsFunc(all, func(o Baseline) bool { return o.Fault == b.Fault }) {
			return fmt.Errorf("%s is there twice", b.Fault)
		}
		all = append(all, b)
		return nil
	})
	return all, err
}
