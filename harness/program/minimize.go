package program

import "slices"

// MinimizeOptions say how long and how hard [Minimize] tries.
type MinimizeOptions struct {
	// Budget is the most calls of keep; 0 means no limit.
	Budget int
	// Exhaustive is the distance from the default up to which every smaller
	// value is tried before a value is called minimal; 0 means 32768. For a
	// value further away a sample of the smaller ones is tried.
	Exhaustive uint32
	// Wander is how many mutations are made around a program of five ops or more
	// that nothing else makes shorter; 0 means 40000. Less than twice as much of
	// a Budget is too little for any.
	Wander int
	// Progress, if not nil, is called with each better program, which it must
	// neither change nor retain, and the number of calls of keep so far.
	Progress func(best *Program, tried int)
	// Cancel, if not nil, is asked at least before each call of keep. Once it
	// returns true, Minimize returns the best program so far.
	Cancel func() bool
}

// Minimize returns the smallest program that it finds for which keep is true,
// beginning with p, and what it proved about it. keep must be a pure function
// of the header's keys and the ops; it must neither change nor retain its
// argument. p is not changed. If keep(p) is false, a copy of p is returned and
// Proof.Kept is false.
//
// A program is smaller than another if it has fewer ops, or as many and smaller
// values, those of objects counting most. Of two values of an operand, a header
// key, an object or a modifier the one nearer to its default is the smaller,
// and of two equally near the numerically lesser one. The default is what the
// op table says, and the least number for objects and modifiers; an enumeration
// counts by the order of its names.
//
// The result is 1-minimal if Proof.Minimal is true: no op alone can go and no
// value alone can get smaller. Notes of the ops that stay are kept.
func Minimize(p *Program, keep func(*Program) bool, opts MinimizeOptions) (*Program, Proof) {
	m := newMinimizer(p, keep, opts)
	if p.Validate() != nil || !m.test(m.best) {
		m.proof.Kept = false
		return p.Clone(), m.proof
	}
	m.proof.Kept = true
	m.truncate()
	for m.improve() || !m.prove() {
		if m.stopped() {
			break
		}
	}
	m.restoreNotes(p)
	return m.best, m.proof
}

// A minimizer holds the best program so far and the candidate that may replace
// it, each with the indices that its ops had in the program given.
type minimizer struct {
	keep       func(*Program) bool
	opts       MinimizeOptions
	best, cand *Program
	from       []int // of best.Ops
	candFrom   []int // of cand.Ops
	memo       map[[2]uint64]bool
	proof      Proof
}

// maxMemo bounds the memory that Minimize needs.
const maxMemo = 1 << 20

func newMinimizer(p *Program, keep func(*Program) bool, opts MinimizeOptions) *minimizer {
	if opts.Exhaustive == 0 {
		opts.Exhaustive = 1 << 15
	}
	if opts.Wander == 0 {
		opts.Wander = wanderTries
	}
	m := &minimizer{keep: keep, opts: opts, best: p.Clone(), cand: p.Clone(), memo: map[[2]uint64]bool{}}
	m.best.Notes, m.cand.Notes = nil, nil
	for i := range p.Ops {
		m.from = append(m.from, i)
	}
	return m
}

// reset makes the candidate a copy of the best program.
func (m *minimizer) reset() *Program {
	m.cand.CopyFrom(m.best)
	m.candFrom = append(m.candFrom[:0], m.from...)
	return m.cand
}

// try makes the candidate the best program if keep accepts it.
func (m *minimizer) try() bool {
	if !m.test(m.cand) {
		return false
	}
	m.best, m.cand = m.cand, m.best
	m.from, m.candFrom = m.candFrom, m.from
	if m.opts.Progress != nil {
		m.opts.Progress(m.best, m.proof.Tried)
	}
	return true
}

// test asks keep about p unless it knows the answer. A candidate that is no
// valid program is never kept.
func (m *minimizer) test(p *Program) bool {
	h := p.Hash()
	if known, ok := m.memo[h]; ok {
		m.proof.Repeated++
		return known
	}
	if m.stopped() || p.Validate() != nil {
		return false
	}
	if len(m.memo) >= maxMemo {
		clear(m.memo)
	}
	m.proof.Tried++
	ok := m.keep(p)
	m.memo[h] = ok
	return ok
}

// stopped reports whether the budget is used up or the caller cancelled, and
// notes which.
func (m *minimizer) stopped() bool {
	switch {
	case m.proof.Stop != "":
	case m.opts.Budget > 0 && m.proof.Tried >= m.opts.Budget:
		m.proof.Stop = "budget"
	case m.opts.Cancel != nil && m.opts.Cancel():
		m.proof.Stop = "cancelled"
	}
	return m.proof.Stop != ""
}

// improve runs the passes once, the coarse ones first, and reports whether the
// program got smaller.
func (m *minimizer) improve() bool {
	before := m.best.Hash()
	m.removeChunks()
	m.removePairs()
	m.simplifyAll()
	m.renumberStreams()
	m.shrinkValues()
	if m.best.Hash() == before {
		m.trade()
	}
	if m.best.Hash() == before {
		m.join()
	}
	if m.best.Hash() == before {
		m.wander()
	}
	m.tidy()
	return m.best.Hash() != before && !m.stopped()
}

// restoreNotes gives the result the notes of p that belong to ops that are
// left, and those before the first op and behind the last.
func (m *minimizer) restoreNotes(p *Program) {
	for _, n := range p.Notes {
		switch at := slices.Index(m.from, n.Op); {
		case n.Op < 0 || n.Op == 0 && !n.Inline:
		case at >= 0:
			n.Op = at
		case n.Op == len(p.Ops):
			n.Op = len(m.best.Ops)
		default:
			continue
		}
		m.best.Notes = append(m.best.Notes, n)
	}
	slices.SortStableFunc(m.best.Notes, func(a, b Note) int { return a.Op - b.Op })
}
