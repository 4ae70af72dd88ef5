package bench

import (
	"math"
	"slices"
)

// A Time is how long one run went: to the event if Seen, otherwise until
// nobody looked any more (it is censored). Its unit is the caller's.
type Time struct {
	At   float64
	Seen bool
}

// An Estimate is a figure with its 95 % interval. A bound that the data do not
// give is +Inf.
type Estimate struct{ Value, Low, High float64 }

// z is the 97.5 % quantile of the normal distribution.
const z = 1.959964

// A step is one fall of a survival curve.
type step struct {
	at      float64
	risk    int     // runs that were under way just before
	events  int     // of these, the ones that ended here
	surv    float64 // Kaplan and Meier's estimate from here on
	hazards float64 // Greenwood's sum: sum of d/(n(n-d))
}

// steps is the Kaplan-Meier curve of times. Censored at the moment of an event
// means longer than it.
func steps(times []Time) []step {
	ts := slices.Clone(times)
	slices.SortFunc(ts, func(a, b Time) int {
		switch {
		case a.At != b.At && a.At < b.At || a.At == b.At && a.Seen && !b.Seen:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	var curve []step
	surv, hazards := 1.0, 0.0
	for i := 0; i < len(ts); {
		n, d, at := len(ts)-i, 0, ts[i].At
		for ; i < len(ts) && ts[i].At == at && ts[i].Seen; i++ {
			d++
		}
		for ; i < len(ts) && ts[i].At == at; i++ {
		}
		if d == 0 {
			continue
		}
		surv *= 1 - float64(d)/float64(n)
		hazards += float64(d) / (float64(n) * float64(n-d)) // +Inf with the last run
		curve = append(curve, step{at, n, d, surv, hazards})
	}
	return curve
}

// half is where a curve has fallen to a half, with room for rounding.
const half = 0.5 + 1e-9

// Median is the Kaplan-Meier median of times with the interval of Brookmeyer
// and Crowley on the log-log scale. It is +Inf when less than half of the runs
// came to their event.
func Median(times []Time) Estimate {
	curve := steps(times)
	inf := math.Inf(1)
	m := Estimate{inf, inf, inf}
	for i, s := range curve {
		if m.Value == inf && s.surv <= half {
			m.Value = s.at
			if s.surv > 1-half && i+1 < len(curve) { // flat at a half: the middle, as of an even number of figures
				m.Value = (s.at + curve[i+1].at) / 2
			}
		}
		low, high := band(s)
		if m.Low == inf && low <= half {
			m.Low = s.at
		}
		if m.High == inf && high <= half {
			m.High = s.at
		}
	}
	return m
}

// band is the pointwise 95 % interval of the curve behind s, on the log-log
// scale, which keeps it between 0 and 1.
func band(s step) (low, high float64) {
	if s.surv <= 0 {
		return 0, 0
	}
	w := z * math.Sqrt(s.hazards) / math.Log(s.surv)
	return math.Pow(s.surv, math.Exp(-w)), math.Pow(s.surv, math.Exp(w))
}

// A Mean is a restricted mean: the mean time to the event or to limit,
// whichever is first. SE is its standard error, Greenwood's.
type Mean struct{ Value, SE float64 }

// RestrictedMean is the area under the Kaplan-Meier curve of times up to
// limit.
func RestrictedMean(times []Time, limit float64) Mean {
	curve := steps(times)
	for len(curve) > 0 && curve[len(curve)-1].at > limit {
		curve = curve[:len(curve)-1]
	}
	area, last, surv := 0.0, 0.0, 1.0
	right := make([]float64, len(curve)) // area to the right of each step
	for _, s := range curve {
		area += surv * (s.at - last)
		last, surv = s.at, s.surv
	}
	area += surv * (limit - last)
	rest, next := 0.0, limit
	for i := len(curve) - 1; i >= 0; i-- {
		rest += curve[i].surv * (next - curve[i].at)
		right[i], next = rest, curve[i].at
	}
	variance := 0.0
	for i, s := range curve {
		if s.risk > s.events {
			variance += right[i] * right[i] * float64(s.events) / (float64(s.risk) * float64(s.risk-s.events))
		}
	}
	return Mean{area, math.Sqrt(variance)}
}

// Estimate is m with its 95 % interval on the log scale: times to a finding
// are skewed, and never negative.
func (m Mean) Estimate() Estimate {
	if m.Value <= 0 {
		return Estimate{}
	}
	f := math.Exp(z * m.SE / m.Value)
	return Estimate{m.Value, m.Value / f, m.Value * f}
}

// Ratio is a/b with its 95 % interval, by the delta method on the log scale.
func Ratio(a, b Mean) Estimate {
	if a.Value <= 0 || b.Value <= 0 {
		return Estimate{}
	}
	r := a.Value / b.Value
	f := math.Exp(z * math.Hypot(a.SE/a.Value, b.SE/b.Value))
	return Estimate{r, r / f, r * f}
}

// middle is the median of xs, which it sorts: the mean of the middle two of an
// even number.
func middle(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	slices.Sort(xs)
	n := len(xs)
	return (xs[(n-1)/2] + xs[n/2]) / 2
}
