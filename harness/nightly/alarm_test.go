package nightly

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"testing"

	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/program"
)

var trials = flag.Int("trials", 0, "draw so many nights and print the odds of an alarm at every depth")

// another draws a night of the same distribution with other seeds: times of the
// baseline, with replacement; those of a class that is slower last longer.
func another(r *program.Rand, b *Baseline, seeds int, slow float64) []bench.Time {
	var times []bench.Time
	for range seeds {
		t := b.Times[r.Intn(len(b.Times))]
		t.At *= slow
		if most := float64(b.Budget()) / opsEach; slow > 1 && t.At > most {
			t = bench.Time{At: most}
		}
		times = append(times, t)
	}
	return times
}

// alarms draws so many baselines and nights from the times of the one that is
// compiled in, and returns the part of the nights that find the search weaker: a
// class of depth, or every one when it is "", takes slow times the programs.
func alarms(t *testing.T, nights, seeds int, class string, slow float64) float64 {
	t.Helper()
	built, err := Built()
	if err != nil {
		t.Fatal(err)
	}
	r, n := program.NewRand(7), 0
	for range nights {
		var then []Baseline
		var now []bench.Result
		for i := range built {
			b := built[i]
			f := slow
			if class != "" && className(b.digits()) != class {
				f = 1
			}
			now = append(now, resultsOf(&b, another(r, &b, seeds, f))...)
			b.Times = another(r, &b, BaselineSeeds, 1)
			then = append(then, b)
		}
		if Judged(then, now).Weaker {
			n++
		}
	}
	return float64(n) / float64(nights)
}

// A search that takes as long as it did raises hardly ever an alarm with other
// seeds; one that takes three times the programs is noticed with the fewest.
func TestAlarms(t *testing.T) {
	if odds := alarms(t, 100, leastSeeds, "", 1); odds > .01 {
		t.Errorf("as long as before: an alarm in %.0f %%", 100*odds)
	}
	if odds := alarms(t, 100, leastSeeds, "", 3); odds < .99 {
		t.Errorf("three times as long: noticed in %.0f %%", 100*odds)
	}
}

// The odds that harness/docs/every-night.md has: go test ./harness/nightly -run
// TestOdds -trials 5000 -v.
func TestOdds(t *testing.T) {
	if *trials == 0 {
		t.Skip("-trials draws nights")
	}
	built, err := Built()
	if err != nil {
		t.Fatal(err)
	}
	classes := []string{""}
	for i := range built {
		if c := className(built[i].digits()); c != classes[len(classes)-1] {
			classes = append(classes, c)
		}
	}
	for _, seeds := range []int{leastSeeds, 10, BaselineSeeds} {
		odds := alarms(t, *trials, seeds, "", 1)
		if t.Logf("%d seeds: a false alarm in %.3f %% of %d nights", seeds, 100*odds, *trials); odds > alarm+3*math.Sqrt(alarm/float64(*trials)) {
			t.Errorf("more than chance makes of %.3f %%", 100*alarm)
		}
		for _, class := range classes {
			line := "  slower, " + cmp.Or(class, "everything") + ":"
			for _, slow := range []float64{1.5, 2, 3, 5} {
				line += fmt.Sprintf("  %g times noticed in %.0f %%", slow, 100*alarms(t, *trials/20, seeds, class, slow))
			}
			t.Log(line)
		}
	}
}
