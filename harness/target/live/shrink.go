package live

import (
	"context"
	"math"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

// replays plays f's program again and again, each time on a fresh server, and
// counts: n times, and on until it has shown once or most times are over. Its
// last run leaves its qlog in f's folder.
func (w *witness) replays(ctx context.Context, f *Finding, most int) error {
	defer w.probing(probesReplay)()
	kills, n := 0, 0
	for ; (n < w.Replays || kills == 0 && n < most) && ctx.Err() == nil; n++ {
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
// as would show the original with near certainty. What comes out is played as
// often and watched as long as the original was; if it fails too rarely,
// candidates have to fail more often, and when the budget is used up the
// original stays.
func (w *witness) shrink(ctx context.Context, f *Finding) error {
	if f.Kills == 0 {
		return nil // nobody can tell when it is still there
	}
	rate := float64(f.Kills) / float64(f.Replays)
	budget := w.ShrinkRuns
	var tried int
	for times := 1; times <= strictest && budget > 0 && ctx.Err() == nil; times++ {
		best, proof, err := w.shorter(ctx, f, rate, times, budget)
		if err != nil {
			return err
		}
		budget -= proof.Tried
		g := *f
		g.Program = best
		if err := w.replays(ctx, &g, 0); err != nil || ctx.Err() != nil {
			return err
		}
		if float64(g.Kills)/float64(g.Replays) >= rate/2 {
			*f = g
			f.shrunk = &proof
			return nil
		}
		tried += proof.Tried
	}
	if ctx.Err() == nil {
		f.shrunk = &program.Proof{Kept: true, Tried: tried, Stop: "budget"}
	}
	return nil
}

// probing lets so many handshakes fail before a server is said to hang, until
// what it returns is called.
func (w *witness) probing(n int) (before func()) {
	old := w.probes
	w.probes = n
	return func() { w.probes = old }
}

// strictest is the most times that a candidate has to fail.
const strictest = 3

// shorter returns the shortest program like f's that fails so many times. After
// a candidate it waits no longer than twice what the longest death has taken.
func (w *witness) shorter(ctx context.Context, f *Finding, rate float64, times, budget int) (*program.Program, program.Proof, error) {
	defer w.probing(probesShrink)()
	defer func(d time.Duration) { w.linger = d }(w.linger)
	w.linger = min(w.linger, time.Duration(2*f.linger*float64(time.Second))+100*time.Millisecond)
	var failed error
	first := true
	keep := func(p *program.Program) bool {
		if first { // it has been played often enough
			first = false
			return true
		}
		kills := 0
		for range times * tries(rate) {
			_, yes, err := w.again(ctx, p, f.symptom, w.Restart)
			if yes {
				kills++
			}
			if failed = err; kills >= times || err != nil || ctx.Err() != nil {
				break
			}
		}
		return kills >= times
	}
	best, proof := program.Minimize(f.Program, keep, program.MinimizeOptions{Budget: budget,
		Cancel: func() bool { return failed != nil || ctx.Err() != nil }})
	return best, proof, failed
}

// tries is how often a program is played that fails with this rate before it
// is given up: until the chance to miss it is below one in fifty.
func tries(rate float64) int {
	if rate >= 0.98 {
		return 1
	}
	return min(12, int(math.Ceil(math.Log(0.02)/math.Log(1-rate))))
}
