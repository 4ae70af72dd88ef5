package nightly

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/reports"
)

// A Baseline is how soon the search found one fault when that was last
// measured, with so many seeds, each of which found it: after Programs and Ops
// in all.
type Baseline struct {
	Fault    string
	Seeds    int
	Programs uint64
	Ops      uint64
}

//go:embed power.txt
var baseline []byte

// BaselineFile is where the baseline that is compiled in is, from the root of
// the module.
const BaselineFile = "harness/nightly/power.txt"

// Built is the baseline that is compiled in.
func Built() ([]Baseline, error) { return ReadBaseline(BaselineFile, baseline) }

// Budget is what a night gives a seed, in executed ops: six times what it used
// to take. More tells little more: one in 400 takes longer when nothing has
// changed.
func (b *Baseline) Budget() uint64 { return 6 * (b.Ops/uint64(b.Seeds) + 1) }

// mean is the mean number of programs to the finding.
func (b *Baseline) mean() float64 { return float64(b.Programs) / float64(b.Seeds) }

const baselineHead = `# How soon "lastwake hunt" finds each fault from nothing: programs and executed ops of all seeds together.
# Written by "lastwake nightly --rebase harness/nightly/power.txt"; judged by every night: see harness/docs/every-night.md.
# fault            seeds    programs         ops
`

// FormatBaseline writes a baseline as text, ReadBaseline reads it. What is
// wrong with a text is told with the line.
func FormatBaseline(all []Baseline) []byte {
	var b bytes.Buffer
	b.WriteString(baselineHead)
	for _, x := range all {
		fmt.Fprintf(&b, "%-18s %5d %11d %11d\n", x.Fault, x.Seeds, x.Programs, x.Ops)
	}
	return b.Bytes()
}

// ReadBaseline reads the text of a baseline.
func ReadBaseline(name string, text []byte) ([]Baseline, error) {
	var all []Baseline
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 4 {
			return nil, fmt.Errorf("%s:%d: %d words, want fault, seeds, programs and ops", name, n, len(words))
		}
		var v [3]uint64
		for i := range v {
			var err error
			if v[i], err = strconv.ParseUint(words[1+i], 10, 62); err != nil || v[i] == 0 {
				return nil, fmt.Errorf("%s:%d: %q is no number above 0", name, n, words[1+i])
			}
		}
		all = append(all, Baseline{Fault: words[0], Seeds: int(min(v[0], math.MaxInt32)), Programs: v[1], Ops: v[2]})
	}
	return all, lines.Err()
}

// Rebase makes a baseline of results: of the faults that every seed found.
func Rebase(results []bench.Result) []Baseline {
	var all []Baseline
	var missed []string
	for _, r := range results {
		i := slices.IndexFunc(all, func(b Baseline) bool { return b.Fault == r.Fault })
		if i < 0 {
			i = len(all)
			all = append(all, Baseline{Fault: r.Fault})
		}
		if !r.Found {
			missed = append(missed, r.Fault)
		}
		all[i].Seeds++
		all[i].Programs += r.Programs
		all[i].Ops += r.Ops
	}
	return slices.DeleteFunc(all, func(b Baseline) bool { return slices.Contains(missed, b.Fault) })
}

// The rule. The number of programs to a finding is about exponential. With d
// findings after S programs now, and d0 after S0 then, each of the d+d0
// findings falls on now with the probability S/(S+S0) if the search is what it
// was: so few as d have a chance that the binomial distribution gives. A fault
// is slower when that chance is below alarm over the number of faults; the
// search is, when all faults together are by more than pooledZ standard
// deviations. The same program finds after the same number of programs, so an
// unchanged search raises the same alarm every night, or none: the odds are
// one in some ten thousand, once for each change.
const (
	alarm   = 1e-4
	hint    = 1e-2
	pooledZ = 4.0
)

// Judged compares results with a baseline. weaker says that the search finds
// less soon than it did.
func Judged(all []Baseline, results []bench.Result) (rows []reports.PowerRow, pooled float64, weaker bool) {
	var expected, variance, found float64
	for _, b := range all {
		row := reports.PowerRow{Fault: b.Fault, Was: b.mean()}
		for _, r := range results {
			if r.Fault == b.Fault {
				row.Seeds++
				row.Programs += r.Programs
				if r.Found {
					row.Found++
				}
			}
		}
		if row.Seeds == 0 {
			continue
		}
		seen := float64(row.Programs) / row.Was // what would have been found
		row.Ratio = seen / max(float64(row.Found), 0.5)
		row.Chance = atMost(row.Found, row.Found+b.Seeds, float64(row.Programs)/float64(row.Programs+b.Programs))
		row.Slower = row.Chance < alarm/float64(len(all))
		expected, found = expected+seen, found+float64(row.Found)
		d := float64(row.Seeds)
		variance += d + d*d/float64(b.Seeds)
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, 0, false
	}
	pooled = expected / max(found, 0.5)
	together := (expected-found)/math.Sqrt(variance) > pooledZ
	for i := range rows {
		rows[i].Slower = rows[i].Slower || together && rows[i].Chance < hint
		weaker = weaker || rows[i].Slower
	}
	return rows, pooled, weaker || together
}

// atMost is the probability of at most k of n, each with probability p.
func atMost(k, n int, p float64) float64 {
	if p <= 0 || k >= n {
		return 1
	}
	if p >= 1 {
		return 0
	}
	sum := 0.0
	for i := range k + 1 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log(1-p))
	}
	return min(sum, 1)
}
