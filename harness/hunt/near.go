package hunt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
)

// nearSample bounds the programs that are looked at for one line of progress.
const nearSample = 8

// A ladder tells how near the hunt has come to one fault that is on: how many
// of the conditions that lead to it a single program has met. It is for the
// eyes of who watches and leads nothing.
type ladder struct {
	fault fault.Fault
	most  int
}

// newLadders makes a ladder for each fault that is on.
func newLadders(on fault.Set) []ladder {
	var ls []ladder
	for _, f := range fault.All() {
		if on.Has(f.ID) {
			ls = append(ls, ladder{fault: f})
		}
	}
	return ls
}

// met counts the conditions of f that the events of a run meet.
func met(f *fault.Fault, lines []exec.Line) int {
	n := 0
	for _, c := range f.NearMisses {
		if slices.ContainsFunc(lines, func(l exec.Line) bool {
			return slices.ContainsFunc(l.Events, func(e string) bool { return strings.Contains(e, c.Event) })
		}) {
			n++
		}
	}
	return n
}

// climb looks at the newest programs of the corpus. They are run once more,
// with their events, between two epochs, so that the hunt itself stays as it
// is without anybody watching.
func (h *hunter) climb() {
	entries := h.corpus.entries
	for _, e := range entries[max(h.looked, len(entries)-nearSample):] {
		lines, err := h.runners[0].Record(e.prog, h.o.Faults)
		if err != nil {
			continue // the hunt meets it by itself, and says so
		}
		for i := range h.ladders {
			l := &h.ladders[i]
			l.most = max(l.most, met(&l.fault, lines))
		}
	}
	h.looked = len(entries)
}

// nearMisses is the part of the progress line about the ladders.
func (h *hunter) nearMisses() string {
	var b strings.Builder
	for i := range h.ladders {
		l := &h.ladders[i]
		if b.Len() == 0 {
			b.WriteString("  near misses")
		}
		fmt.Fprintf(&b, " %s %d/%d", l.fault.Commit, l.most, len(l.fault.NearMisses))
	}
	return b.String()
}
