package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Expected says how soon a fault is found, as measured when the file of
// expectations was last written.
type Expected struct {
	Fault string
	// Mean is the mean of executed ops over the seeds, Most the greatest. A seed
	// that missed it counts with what it had.
	Mean, Most uint64
	// Budget is what a check gives each seed: slack times the mean.
	Budget uint64
	// Checked faults are looked for by every check, the others are for the
	// reader.
	Checked bool
}

// The rule of a check. The time to a finding is about exponential, so a seed
// misses a budget of slack means with a chance of exp(-slack/f) when the search
// has become f times slower: one in 10^8 when nothing has changed, 0.7 % at
// four times, 37 % at twenty. A fault counts as lost when fewer than needed of
// the seeds find it: a change of the model, which gives every seed another
// search, raises no alarm, a loss of an order of magnitude is likely to, and a
// fault that cannot be found any more always does.
const (
	slack       = 20
	leastBudget = 100_000
	checkFaults = 8
	CheckSeeds  = 3
	needed      = 2
)

// leastFound is the share of the seeds that has to find a fault, in percent. One
// that any seed has missed is not for the check, which would be long.
const leastFound = 85

// Expect works out the expectations from the results of one method. Every
// fault needs to be found by nearly every seed, see leastFound.
func Expect(results []Result) ([]Expected, error) {
	s := Summarize(results)
	var all []Expected
	var order []int
	for _, r := range s.Rows {
		if r.Found*100 < r.Seeds*leastFound {
			return nil, fmt.Errorf("%s was found by %d of %d seeds only: no expectation can be made of that", r.Fault, r.Found, r.Seeds)
		}
		e := Expected{Fault: r.Fault, Mean: uint64(math.Ceil(r.mean.Value))}
		for _, t := range r.times {
			e.Most = max(e.Most, uint64(t.At))
		}
		e.Budget = max(leastBudget, round(slack*e.Mean))
		if r.Found == r.Seeds {
			order = append(order, len(all))
		}
		all = append(all, e)
	}
	slices.SortStableFunc(order, func(i, j int) int { return int(all[i].Mean) - int(all[j].Mean) })
	for _, i := range Spread(len(order), checkFaults) {
		all[order[i]].Checked = true
	}
	return all, nil
}

// Spread returns the places of at most n of so many things: the first, the last,
// and others as many apart from each other.
func Spread(things, n int) []int {
	n = min(n, things)
	places := make([]int, n)
	for i := range places {
		places[i] = i * (things - 1) / max(1, n-1)
	}
	return places
}

// round rounds up to two digits.
func round(n uint64) uint64 {
	unit := uint64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit - 1) / unit * unit
}

const expectedHead = `# How soon "lastwake hunt" finds each fault, in executed ops over %d seeds from nothing.
# Written by "lastwake repro --update"; judged by "lastwake repro --check": see harness/docs/bench.md.
# fault                mean        most      budget  checked
`

// FormatExpected writes expectations, from so many seeds, as text, ReadExpected
// reads them.
func FormatExpected(seeds int, all []Expected) string {
	var b strings.Builder
	fmt.Fprintf(&b, expectedHead, seeds)
	for _, e := range all {
		mark := "no"
		if e.Checked {
			mark = "yes"
		}
		fmt.Fprintf(&b, "%-17s %9d %11d %11d  %s\n", e.Fault, e.Mean, e.Most, e.Budget, mark)
	}
	return b.String()
}

// ReadExpected reads the text of a file of expectations. What is wrong with it
// is told with the line.
func ReadExpected(name string, text []byte) ([]Expected, error) {
	var all []Expected
	err := ReadWords(name, text, func(words []string) error {
		e, err := parseExpected(words)
		all = append(all, e)
		return err
	})
	return all, err
}

func parseExpected(words []string) (Expected, error) {
	if len(words) != 5 {
		return Expected{}, fmt.Errorf("%d words, want fault, mean, most, budget and yes or no", len(words))
	}
	e := Expected{Fault: words[0], Checked: words[4] == "yes"}
	if !e.Checked && words[4] != "no" {
		return e, fmt.Errorf("checked is %q, want yes or no", words[4])
	}
	for i, to := range []*uint64{&e.Mean, &e.Most, &e.Budget} {
		var err error
		if *to, err = ReadCount(words[1+i]); err != nil {
			return e, err
		}
	}
	return e, nil
}

// Lost returns the faults of e that too few of the results found within its
// budget, in words.
func Lost(all []Expected, results []Result) []string {
	var lost []string
	for _, e := range all {
		found, seeds := 0, 0
		for _, r := range results {
			if r.Fault != e.Fault {
				continue
			}
			seeds++
			if r.Found && r.Ops <= e.Budget {
				found++
			}
		}
		if seeds > 0 && found < min(needed, seeds) {
			lost = append(lost, fmt.Sprintf("%s: found by %d of %d seeds in %d ops; it used to take %d on average", e.Fault, found, seeds, e.Budget, e.Mean))
		}
	}
	return lost
}
