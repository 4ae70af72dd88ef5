package hunt

import (
	"slices"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
)

// trimAfter is how often a program is chosen before it is trimmed: most are
// never worth the runs that it takes.
const trimAfter = 32

// A trimmed entry takes the place of entry i.
type trimmed struct {
	i     int
	entry *entry
}

// due reports whether e is to be trimmed: it was chosen often, and was kept for
// more than a state of everything, in which every op has its part.
func (e *entry) due() bool {
	return !e.trimmed && e.picked >= trimAfter && len(e.prog.Ops) > 1 && e.fresh[0] < firstState
}

// trimShare trims those of the lane's share of the corpus that are due, as far
// as the epoch goes. A long program is mostly mutated where it does not matter,
// and what it does besides undoes what it was kept for.
func (l *lane) trimShare(r *exec.Runner, programs, ops uint64) {
	for i := l.number; i < len(l.corpus.entries) && l.ops < ops && l.err == nil; i += lanes {
		if e := l.corpus.entries[i]; e.due() && l.programs+mostTries(e.prog) <= programs {
			l.trims = append(l.trims, trimmed{i, l.trim(r, e)})
		}
	}
}

// mostTries is how many programs trimming p runs at most: two an op for the
// blocks, one an op for allocations, one a key, and what is left in the end.
func mostTries(p *program.Program) uint64 {
	return uint64(3*len(p.Ops) + len(p.Header.Set) + 1)
}

// trim returns what is left of e when one pass over it has left out the ops, in
// blocks of halving size, the failing allocations and the keys of the header
// without which it covers what it was kept for.
func (l *lane) trim(r *exec.Runner, e *entry) *entry {
	n, _ := slices.BinarySearch(e.fresh, firstState) // edges, parts, states, in this order
	want := e.fresh[:n]
	p := e.prog.Clone()
	without := func(change func(q *program.Program)) {
		l.work.CopyFrom(p)
		change(&l.work)
		if l.covers(r, want) {
			p.CopyFrom(&l.work)
		}
	}
	for size := len(p.Ops) / 2; size > 0; size /= 2 {
		for at := len(p.Ops) - size; at >= 0; at -= size {
			without(func(q *program.Program) { q.Ops = slices.Delete(q.Ops, at, at+size) })
		}
	}
	for i := range p.Ops {
		if p.Ops[i].Alloc != 0 {
			without(func(q *program.Program) { q.Ops[i].Alloc = 0 })
		}
	}
	usual := program.NewHeader(p.Header.Target)
	for k, v := range usual.Set {
		if p.Header.Set[k] != v && k != program.KeyEra && k != program.KeySide {
			without(func(q *program.Program) { q.Header.Set[k] = v })
		}
	}
	return l.remade(r, e, p)
}

// remade returns e with program p, which covers what e was kept for.
func (l *lane) remade(r *exec.Runner, e *entry, p *program.Program) *entry {
	t := *e
	t.trimmed = true
	l.work.CopyFrom(p)
	if h, ended := l.try(r); ended {
		t.prog, t.picked = p, 0
		t.covers = l.cover.appendParts(appendFeatures(nil, r.Cov()), r.Parts(), h.Settle)
		t.cost = runCost(r.Cov(), h)
	}
	return &t
}

// covers reports whether the program in l.work covers all of want, edges and
// parts.
func (l *lane) covers(r *exec.Runner, want []feature) bool {
	h, ended := l.try(r)
	if !ended {
		return false
	}
	counters, parts := r.Cov(), r.Parts()
	for _, f := range want {
		if i := int(f) - len(counters)*8; i >= 0 {
			if parts[i] == 0 || int(parts[i]) > h.Settle {
				return false
			}
		} else if buckets[counters[f>>3]]>>(f&7)&1 == 0 {
			return false
		}
	}
	return true
}
