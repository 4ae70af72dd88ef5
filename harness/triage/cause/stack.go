package cause

import (
	"path"
	"slices"

	"github.com/lastwake/lastwake/harness/triage/trace"
)

// A likeness is how a stack of a report compares with one of a reference.
type likeness struct {
	score   float64  // 1: every function, in order, and no other
	tells   float64  // what the functions that agree tell together
	names   []string // those that agree, innermost first
	of      int      // how many the reference has
	plain   int      // how many of those that agree are no helpers
	near    int      // how many more stand in the place of one, in its file
	seen    int      // how many functions the report has that are no helpers
	top     bool     // the innermost function that is no helper agrees
	keys    bool     // the function that the signature names is there
	missing int      // how many functions the reference has further in than any that agrees
	strange []string // functions of the report that the reference has not
}

// contradicts reports whether the report has functions, and none of them is one
// of the reference's or could be one by another name.
func (l *likeness) contradicts() bool { return l.seen > 0 && l.plain+l.near == 0 }

// What functions cost that the reference does not have: above the first that
// agrees the process died somewhere else; below the last it came another way.
const (
	costAbove   = 3.0
	costBetween = 0.5
	costBelow   = 0.05
	forUnknown  = 0.25 // of a frame without a name in the place of a function
	forSameFile = 0.3  // of another function of the same file
)

// compare aligns the frames of a report with the steps of a reference, in
// order.
func compare(frames []trace.Frame, steps []step) likeness {
	frames = worth(frames, steps)
	l := likeness{of: len(steps)}
	total := 0.0
	for _, s := range steps {
		total += s.weight
	}
	if total == 0 || len(frames) == 0 {
		return l
	}
	pairs := align(frames, steps)
	first, last := -1, -1
	for i, j := range pairs {
		if frames[i].Kind == trace.Plain {
			l.seen++
		}
		if j >= 0 && frames[i].Name == steps[j].name && frames[i].Kind == trace.Plain {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		first, last = len(frames), len(frames)
	}
	gain, cost := 0.0, 0.0
	for i, f := range frames {
		j := pairs[i]
		switch {
		case j >= 0 && f.Name == steps[j].name:
			gain += steps[j].weight
			l.agree(f, steps[j], i == firstPlain(frames))
		case j >= 0 && f.Kind == trace.Unknown:
			gain += forUnknown * steps[j].weight
		case j >= 0:
			gain += forSameFile * steps[j].weight
			l.near++
		case f.Kind != trace.Plain:
		case i < first:
			cost += costAbove
			l.strange = append(l.strange, f.Name)
		case i < last:
			cost += costBetween
			l.strange = append(l.strange, f.Name)
		default:
			cost += costBelow
		}
	}
	l.score = max(0, min(1, gain/total)-cost/(cost+1))
	l.missing = missing(pairs, steps)
	return l
}

// missing counts the steps further in than the first that a frame stands for,
// helpers aside.
func missing(pairs []int, steps []step) int {
	n := 0
	for j := range steps {
		if slices.Contains(pairs, j) {
			break
		}
		if trace.KindOf(steps[j].name) == trace.Plain {
			n++
		}
	}
	return n
}

// agree notes that f is s.
func (l *likeness) agree(f trace.Frame, s step, top bool) {
	l.names = append(l.names, f.Name)
	l.tells += s.tells
	l.keys = l.keys || s.key
	if f.Kind == trace.Plain {
		l.plain++
		l.top = l.top || top
	}
}

// worth leaves out the frames of checkers, repeated ones, and the scheduler
// unless the reference has it.
func worth(frames []trace.Frame, steps []step) []trace.Frame {
	var kept []trace.Frame
	for _, f := range frames {
		switch {
		case f.Kind == trace.Checker:
		case f.Kind == trace.Entry && !has(steps, f.Name):
		case f.Name != "" && len(kept) > 0 && kept[len(kept)-1].Name == f.Name:
		default:
			kept = append(kept, f)
		}
	}
	return kept
}

func has(steps []step, name string) bool {
	for _, s := range steps {
		if s.name == name {
			return true
		}
	}
	return false
}

func firstPlain(frames []trace.Frame) int {
	for i, f := range frames {
		if f.Kind == trace.Plain {
			return i
		}
	}
	return -1
}

// align returns, for each frame, the step that it stands for, -1 for none: the
// assignment in order that is worth most.
func align(frames []trace.Frame, steps []step) []int {
	n, m := len(frames), len(steps)
	best := make([][]float64, n+1)
	for i := range best {
		best[i] = make([]float64, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1], best[i+1][j+1]+worthOf(frames[i], steps[j]))
		}
	}
	pairs := make([]int, n)
	i, j := 0, 0
	for ; i < n; i++ {
		pairs[i] = -1
		for j < m && best[i][j] == best[i][j+1] {
			j++
		}
		if j < m && best[i][j] > best[i+1][j] {
			pairs[i] = j
			j++
		}
	}
	return pairs
}

// worthOf is what it is worth to take f for s.
func worthOf(f trace.Frame, s step) float64 {
	switch {
	case f.Name == s.name:
		return s.weight
	case f.Kind == trace.Unknown && f.Func != "":
		return forUnknown * s.weight
	case f.Kind == trace.Plain && s.file != "" && path.Base(f.File) == path.Base(s.file) && files[f.Name] == "":
		// Another name in the place of s; a function that is known by its own
		// name is no other.
		return forSameFile * s.weight
	}
	return 0
}
