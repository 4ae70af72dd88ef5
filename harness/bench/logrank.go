package bench

import (
	"math"
	"slices"
)

// A Rank is the log-rank comparison of the times of some runs with those of
// others (Mantel 1966): Observed of them came to their event, and Expected
// would have if whoever is still under way were as likely as any other to be the
// next. It assumes nothing about how the times are distributed. Ranks of
// different events can be added.
type Rank struct{ Observed, Expected, Variance float64 }

// LogRank compares the times now with those then.
func LogRank(then, now []Time) Rank {
	curve := steps(slices.Concat(then, now))
	var r Rank
	for _, s := range curve {
		n, d := float64(s.risk), float64(s.events)
		k := 0.0 // of now, under way
		for _, t := range now {
			if t.At >= s.at {
				k++
			}
		}
		r.Expected += d * k / n
		if n > 1 {
			r.Variance += d * k / n * (1 - k/n) * (n - d) / (n - 1)
		}
	}
	for _, t := range now {
		if t.Seen {
			r.Observed++
		}
	}
	return r
}

// Add returns r and o together.
func (r Rank) Add(o Rank) Rank {
	return Rank{r.Observed + o.Observed, r.Expected + o.Expected, r.Variance + o.Variance}
}

// Chance is the probability of so few events, or fewer, if nothing differs: of a
// normal distribution, with half an event for the steps of the counts, without
// which it is too small for a few runs.
func (r Rank) Chance() float64 {
	if r.Variance <= 0 {
		return 1
	}
	return math.Erfc((r.Expected-r.Observed-0.5)/math.Sqrt(2*r.Variance)) / 2
}
