package live

import (
	"context"
	"math"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

// replays plays f's program again and again, each time on a fresh server, and
// counts. The first run that shows it leaves its qlog in f's folder.
func (w *witness) replays(ctx context.Context, f *Finding) error {
	kills, n := 0, 0
	for ; n < w.Replays && ctx.Err() == nil; n++ {
		w.client.qlog = f.Folder
		g, yes, err := w.again(ctx, f.Program, f.symptom, true)
		w.client.qlog = ""
		if err != nil {
			return err
		}
		if yes {
			kills++
			f.play = g.play
			f.linger = max(f.linger, g.after.Seconds())
		}
	}
	if ctx.Err() == nil {
		f.Kills, f.Replays = kills, n
	}
	return nil
}

// shrink makes f's program shorter. A program that fails now and then is kept
// when a shorter one fails often enough: as many runs are spent on a candidate
// as would show the original with near certainty.
func (w *witness) shrink(ctx context.Context, f *Finding) error {
	if f.Kills == 0 {
		return nil // nobody can tell when it is still there
	}
	rate := float64(f.Kills) / float64(f.Replays)
	defer func(d time.Duration) { w.linger = d }(w.linger)
	w.linger = min(w.linger, time.Duration(2*f.linger*float64(time.Second))+100*time.Millisecond)
	var failed error
	first := true
	keep := func(p *program.Program) bool {
		if first { // it has been played often enough
			first = false
			return true
		}
		for range tries(rate) {
			_, yes, err := w.again(ctx, p, f.symptom, w.Restart)
			if err != nil {
				failed = err
			}
			if yes || failed != nil || ctx.Err() != nil {
				return yes
			}
		}
		return false
	}
	best, proof := program.Minimize(f.Program, keep, program.MinimizeOptions{Budget: w.ShrinkRuns,
		Cancel: func() bool { return failed != nil || ctx.Err() != nil }})
	if failed != nil {
		return failed
	}
	return w.settleFor(ctx, f, best, &proof, rate)
}

// settleFor makes best f's program if it fails about as often as the one before
// it, by the same count of runs.
func (w *witness) settleFor(ctx context.Context, f *Finding, best *program.Program, proof *program.Proof, rate float64) error {
	g := *f
	g.Program = best
	if err := w.replays(ctx, &g); err != nil || ctx.Err() != nil {
		return err
	}
	if float64(g.Kills)/float64(g.Replays) < rate/2 {
		return nil // shorter, but too rare
	}
	*f = g
	f.shrunk = proof
	return nil
}

// tries is how often a program is played that fails with this rate before it
// is given up: until the chance to miss it is below one in fifty.
func tries(rate float64) int {
	if rate >= 0.98 {
		return 1
	}
	return min(12, int(math.Ceil(math.Log(0.02)/math.Log(1-rate))))
}
