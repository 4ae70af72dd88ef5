package cause

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// Threshold is the score from which a candidate is named. Below it a stack is
// called unknown: what is left in common is what crashes of other causes have
// in common too. It was chosen by one half of the deaths of other causes; TestThreshold,
// TestHeldOut and TestEveryMemoryFault say what it costs on either side.
const Threshold = 0.33

// A Result is what a document may be.
type Result struct {
	// Candidates are the causes from the threshold on, best first; none for an
	// unknown crash.
	Candidates []Candidate
	// Excluded are those that the release rules out.
	Excluded []Exclusion
	// Nearest is the best score that did not reach the threshold, 0 when there
	// are candidates.
	Nearest float64
}

// A Candidate is a cause with how well it fits, from 0 to 1.
type Candidate struct {
	// Fault is the fault of the catalogue, nil for a known crash without one.
	Fault *fault.Fault
	// Crash is the known crash that shows the cause, nil when there is none.
	Crash   *corpus.Crash
	Score   float64
	Reasons []string
	// Report is the index of the document's report that fits, -1 for one that
	// says its signature itself.
	Report int
}

// Name is the fault's, or the file's of a known crash that has none.
func (c *Candidate) Name() string {
	if c.Fault != nil {
		return c.Fault.Name
	}
	return c.Crash.File
}

// An Exclusion is a cause that would fit but cannot be.
type Exclusion struct {
	Fault  *fault.Fault
	Score  float64
	Reason string
}

// Match compares a document with everything that is known.
func (b *Book) Match(doc *trace.Document) Result {
	best := map[string]Candidate{}
	offer := func(c Candidate) {
		if old, ok := best[c.Name()]; !ok || c.Score > old.Score {
			best[c.Name()] = c
		}
	}
	for _, s := range doc.Signatures {
		b.spelled(s, offer)
	}
	for i := range doc.Reports {
		for _, ref := range b.refs {
			if score, why := b.fits(&doc.Reports[i], ref); score > 0 {
				offer(Candidate{Fault: ref.fault, Crash: b.shown(ref), Score: score, Reasons: why, Report: i})
			}
		}
	}
	return decide(best, doc.Version)
}

// spelled offers the owner of a signature that stands in the document.
func (b *Book) spelled(signature string, offer func(Candidate)) {
	for _, ref := range b.refs {
		if ref.signature == signature {
			offer(Candidate{Fault: ref.fault, Crash: b.shown(ref), Score: 1, Report: -1,
				Reasons: []string{"the report spells the signature: " + signature}})
		}
	}
}

// decide sorts what was offered and takes away what the release rules out.
func decide(best map[string]Candidate, v trace.Version) Result {
	var r Result
	for _, c := range best {
		c.Score = math.Round(c.Score*1000) / 1000
		if c.Score < Threshold {
			r.Nearest = max(r.Nearest, c.Score)
			continue
		}
		if c.Fault != nil {
			reason, note := ruledOut(c.Fault, v)
			if reason != "" {
				r.Excluded = append(r.Excluded, Exclusion{Fault: c.Fault, Score: c.Score, Reason: reason})
				continue
			}
			if note != "" {
				c.Reasons = append(c.Reasons, note)
			}
		}
		r.Candidates = append(r.Candidates, c)
	}
	slices.SortFunc(r.Candidates, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name(), b.Name()))
	})
	slices.SortFunc(r.Excluded, func(a, b Exclusion) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Fault.Name, b.Fault.Name))
	})
	if len(r.Candidates) > 0 {
		r.Nearest = 0
	}
	return r
}

// The shares of the three stacks in a score.
const (
	shareUse   = 0.45
	shareFree  = 0.35
	shareAlloc = 0.2
)

// fits returns how well a report fits a reference, and why.
func (b *Book) fits(r *trace.Report, ref *reference) (float64, []string) {
	factor, class := classFactor(r, ref)
	if factor == 0 {
		return 0, nil
	}
	if ref.class == trace.Bug {
		return b.fitsBug(r, ref, class)
	}
	use, free, alloc := compare(r.Use, ref.use), compare(r.Free, ref.free), compare(r.Alloc, ref.alloc)
	score, shares := 0.0, 0.0
	var reasons []string
	for _, part := range []struct {
		share float64
		l     likeness
		there bool
		what  string
	}{
		{shareUse, use, use.seen > 0, "died in"},
		{shareFree, free, free.seen > 0, "freed in"},
		{shareAlloc, alloc, alloc.seen > 0, "made in"},
	} {
		if !part.there {
			continue
		}
		score += part.share * part.l.score
		shares += part.share
		if len(part.l.names) > 0 {
			reasons = append(reasons, fmt.Sprintf("%s: %d of %d frames agree, in order: %s", part.what, len(part.l.names), part.l.of, strings.Join(part.l.names, ", ")))
		}
	}
	if shares == 0 {
		return 0, nil
	}
	score = score / shares * factor
	if ref.fault != nil && strings.HasPrefix(ref.fault.Name, "HYPOTHESIS-") {
		score *= ofHypothesis
	}
	score *= doubt(r, ref, use, free, alloc)
	reasons = append(reasons, class)
	if g := garbage(r); g != "" {
		reasons = append(reasons, g)
		if ref.class == trace.UseAfterFree {
			score += (1 - score) * forGarbage
		}
	}
	if ref.size > 0 && r.Region == ref.size && r.Class == ref.class {
		reasons = append(reasons, fmt.Sprintf("the object has %d bytes, as a %s", ref.size, ref.object))
	}
	return min(1, score), reasons
}

// ofHypothesis is what is left of a score for a fault that nobody has ever
// seen happen.
const ofHypothesis = 0.7

// forGarbage is the part of what is missing in a score that a garbage value
// makes up for.
const forGarbage = 0.15

// doubt lowers a score that rests on too little, or that a stack contradicts.
func doubt(r *trace.Report, ref *reference, use, free, alloc likeness) float64 {
	d := 1.0
	if free.contradicts() {
		d *= 0.5 // another function freed it
	}
	if len(r.Free) == 0 && ref.stackless {
		d *= 0.5 // the name of a function is all that is known
	}
	if use.contradicts() {
		d *= 0.5 // it died somewhere else
	}
	if alloc.contradicts() {
		d *= 0.6 // another object
	}
	if len(r.Free) == 0 && use.missing > 1 && !use.keys {
		d *= 0.5 // what is left of the stack is the way there
	}
	switch told := use.tells + free.tells + alloc.tells; {
	case told < leastTold && !use.keys:
		d *= 0.6 // what agrees is what many causes have in common
	case told < leastTold:
		d *= 0.8
	}
	if ref.class != trace.Leak && len(r.Free) == 0 && !use.top && !use.keys {
		d *= 0.7 // only the way there is the same
	}
	if ref.class == trace.Leak && !alloc.keys {
		d *= 0.8 // another function made it
	}
	return d
}

// leastTold is what the functions that agree have to tell together: two that
// no two causes share, or more of the others. See Book.tells.
const leastTold = 0.95

// fitsBug compares a bug condition: by its words, and the function around it.
// Without words, as in a core, the stack has to do.
func (b *Book) fitsBug(r *trace.Report, ref *reference, class string) (float64, []string) {
	l := compare(r.Use, ref.use)
	var reasons []string
	switch {
	case sameCond(r.Cond, ref.cond):
		reasons = append(reasons, fmt.Sprintf("the same condition: %q", ref.cond))
		if len(l.names) > 0 {
			reasons = append(reasons, "in "+strings.Join(l.names, ", "))
		}
		score := forCond + (1-forCond)*l.score
		if r.Cond != ref.cond {
			score *= ofExpanded
		}
		if l.contradicts() {
			score *= 0.5 // many places can have a condition such as "task->tid != tid"
		}
		return score, reasons
	case r.Cond != "" || !l.keys || r.Class == trace.Crash && l.plain < 2:
		return 0, nil
	}
	reasons = append(reasons, fmt.Sprintf("died in: %d of %d frames agree, in order: %s", len(l.names), l.of, strings.Join(l.names, ", ")), class)
	return (1 - forCond) * l.score, reasons
}

// What a condition is worth, and what is left for one that is the same only
// with its macros expanded.
const (
	forCond    = 0.6
	ofExpanded = 0.98
)

// classFactor says how far a report of one class can be of a reference of
// another, 0 for not at all, and why.
func classFactor(r *trace.Report, ref *reference) (float64, string) {
	touches := slices.Contains(memory, ref.class)
	switch {
	case r.Class == ref.class:
		return 1, "the same class: " + ref.class
	case r.Form == trace.Go || r.Form == trace.Kernel:
		return 0, ""
	case r.Class == trace.Crash && touches:
		return 0.9, "a signal; a core does not tell the class, " + ref.class + " is possible"
	case r.Class == trace.Crash && r.Signal == "" && ref.class == trace.Bug:
		return 1, "no signal is told; a BUG_ON ends with one, too"
	case r.Class == trace.WildAccess && slices.Contains(garbled, ref.class):
		return 0.9, "a wild address, as " + ref.class + " leads to on a production build"
	case r.Class == trace.NullDeref && ref.class == trace.Uninitialized:
		return 0.6, "a null pointer, as " + ref.class + " may read"
	case r.Class == trace.DoubleFree && ref.class == trace.UseAfterFree, r.Class == trace.UseAfterFree && ref.class == trace.DoubleFree:
		return 0.9, "freed twice, as " + ref.class + " may end"
	case (r.Class == trace.WildAccess || r.Class == trace.Crash) && ref.class == "wild-unmap":
		return 0.9, "memory that may not be there any more, as after " + ref.class
	}
	return 0, ""
}

// memory are the classes of an access, garbled those after which an address
// may be any.
var (
	garbled = []string{trace.UseAfterFree, trace.Uninitialized, trace.AfterScope, trace.DoubleFree, "use-after-unmap"}
	memory  = append([]string{trace.NullDeref, trace.WildAccess, trace.BadFree, trace.Overflow, "alloc-dealloc-mismatch"}, garbled...)
)
