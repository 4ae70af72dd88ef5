package bench

import (
	"math"
	"testing"
)

// The textbook's table of the patients of survival_test.go, and its chi-square
// of 16.79: R (survdiff) prints the same.
func TestLogRank(t *testing.T) {
	r := LogRank(placebo, drug)
	near(t, "observed", r.Observed, 9, 0)
	near(t, "expected", r.Expected, 19.25, 5e-3)
	near(t, "chi-square", (r.Observed-r.Expected)*(r.Observed-r.Expected)/r.Variance, 16.79, 5e-3)
	near(t, "chance", r.Chance(), 4.8e-5, 5e-6) // 2.1e-5 without the half
	other := LogRank(drug, placebo)
	near(t, "the other way round: expected", other.Expected, 10.75, 5e-3)
	if c := other.Chance(); c < .9999 {
		t.Errorf("the other way round: chance %v", c)
	}
	if two := r.Add(r); two.Expected != 2*r.Expected || two.Chance() > r.Chance()/100 {
		t.Errorf("twice the same: %+v, chance %v", two, two.Chance())
	}
}

// Where there is nothing to compare, nothing differs.
func TestLogRankOfNothing(t *testing.T) {
	for _, c := range [][2][]Time{{nil, nil}, {seen(1, 2), nil}, {nil, seen(1, 2)}, {censored(1, 2), censored(3)}} {
		if r := LogRank(c[0], c[1]); math.IsNaN(r.Chance()) || r.Chance() < .5 {
			t.Errorf("%v: %+v, chance %v", c, r, r.Chance())
		}
	}
	if r := LogRank(seen(1, 2, 3), seen(1, 2, 3)); r.Chance() < .5 {
		t.Errorf("the same times: chance %v", r.Chance())
	}
}
