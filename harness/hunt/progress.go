package hunt

import (
	"fmt"
	"time"
)

// progressEvery is the time between two lines of progress.
const progressEvery = 200 * time.Millisecond

// progress overwrites the line about the state of things.
func (h *hunter) progress() {
	if h.o.Progress == nil || time.Since(h.said) < progressEvery {
		return
	}
	h.said = time.Now()
	h.climb()
	seconds := max(time.Since(h.start).Seconds(), 1e-9)
	known := 0
	for _, f := range h.found {
		if f.Known {
			known++
		}
	}
	fmt.Fprintf(h.o.Progress, "\r\033[K%.0fs  %s programs (%s/s)  %s ops (%s/s)  corpus %d  edges %d  states %d  findings %d known, %d new%s",
		seconds, count(float64(h.sum.Programs)), count(float64(h.sum.Programs)/seconds), count(float64(h.sum.Ops)),
		count(float64(h.sum.Ops)/seconds), len(h.corpus.entries), h.corpus.cover.numEdges, h.corpus.cover.numStates,
		known, len(h.found)-known, h.rungs())
}

// count prints a number in three or four digits.
func count(n float64) string {
	for _, unit := range []string{"", "k", "M", "G"} {
		if n < 9999.5 || unit == "G" {
			return fmt.Sprintf("%.4g%s", n, unit)
		}
		n /= 1000
	}
	return ""
}
