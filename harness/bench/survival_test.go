package bench

import (
	"math"
	"testing"
)

// Freireich and others (1963): weeks of remission of 21 patients given
// 6-mercaptopurine and 21 given a placebo, the worked example of Kleinbaum and
// Klein, Survival Analysis, and of Cox and Oakes.
var (
	drug = append(seen(6, 6, 6, 7, 10, 13, 16, 22, 23),
		censored(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)...)
	placebo = seen(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
)

func seen(at ...float64) (ts []Time) {
	for _, t := range at {
		ts = append(ts, Time{t, true})
	}
	return ts
}

func censored(at ...float64) (ts []Time) {
	for _, t := range at {
		ts = append(ts, Time{t, false})
	}
	return ts
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || got != want && math.Abs(got-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The curve and Greenwood's standard errors as the textbook's table has them.
func TestCurve(t *testing.T) {
	want := []struct{ at, surv, se float64 }{
		{6, .8571, .0764}, {7, .8067, .0869}, {10, .7529, .0963}, {13, .6902, .1068},
		{16, .6275, .1141}, {22, .5378, .1282}, {23, .4482, .1346},
	}
	curve := steps(drug)
	if len(curve) != len(want) {
		t.Fatalf("%d steps, want %d", len(curve), len(want))
	}
	for i, w := range want {
		s := curve[i]
		near(t, "time", s.at, w.at, 0)
		near(t, "survival", s.surv, w.surv, 5e-5)
		near(t, "standard error", s.surv*math.Sqrt(s.hazards), w.se, 5e-5)
	}
}

// SAS (PROC LIFETEST) and R (survfit, conf.type="log-log") print these.
func TestMedian(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name  string
		times []Time
		want  Estimate
	}{
		{"drug", drug, Estimate{23, 13, inf}},
		{"placebo", placebo, Estimate{8, 4, 11}},
		{"nothing seen", censored(5, 5, 5), Estimate{inf, inf, inf}},
		{"all at once", seen(3, 3, 3), Estimate{3, 3, 3}},
		{"an even number", seen(1, 2, 4, 8), Estimate{3, 1, 8}},
	} {
		got := Median(c.times)
		near(t, c.name+": median", got.Value, c.want.Value, 1e-9)
		near(t, c.name+": low", got.Low, c.want.Low, 1e-9)
		near(t, c.name+": high", got.High, c.want.High, 1e-9)
	}
}

// R: print(survfit(...), print.rmean=TRUE) with the common limit of 35 weeks.
func TestRestrictedMean(t *testing.T) {
	d, p := RestrictedMean(drug, 35), RestrictedMean(placebo, 35)
	near(t, "drug: mean", d.Value, 23.29, 5e-3)
	near(t, "drug: standard error", d.SE, 2.83, 5e-3)
	near(t, "placebo: mean", p.Value, 8.67, 5e-3)
	near(t, "placebo: standard error", p.SE, 1.38, 5e-3)

	// Nothing censored: the mean, and the standard deviation over sqrt(n).
	plain := RestrictedMean(seen(1, 2, 3, 6), 100)
	near(t, "plain mean", plain.Value, 3, 1e-9)
	near(t, "plain standard error", plain.SE, math.Sqrt(3.5/4), 1e-9)
	// Nothing seen: the limit, for sure.
	near(t, "nothing seen", RestrictedMean(censored(7, 7), 7).Value, 7, 0)
	near(t, "nothing seen: standard error", RestrictedMean(censored(7, 7), 7).SE, 0, 0)
	// What comes after the limit counts as the limit.
	near(t, "cut", RestrictedMean(seen(1, 5), 3).Value, 2, 1e-9)
}

func TestRatio(t *testing.T) {
	r := Ratio(Mean{20, 2}, Mean{2, 0.2})
	near(t, "ratio", r.Value, 10, 1e-9)
	near(t, "low", r.Low, 10/math.Exp(z*math.Sqrt(0.02)), 1e-9)
	near(t, "high", r.High, 10*math.Exp(z*math.Sqrt(0.02)), 1e-9)
	if got := Ratio(Mean{1, 0}, Mean{}); got != (Estimate{}) {
		t.Errorf("over nothing: %v, want nothing", got)
	}
}

func TestMiddle(t *testing.T) {
	near(t, "odd", middle([]float64{5, 1, 3}), 3, 0)
	near(t, "even", middle([]float64{5, 1, 3, 2}), 2.5, 0)
}
