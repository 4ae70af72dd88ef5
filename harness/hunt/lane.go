package hunt

import (
	"sync/atomic"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// lanes is the number of lanes. Results depend on it.
const lanes = 16

// The odds of what a lane does next, once in so many programs.
const (
	oddsGenerate = 16 // a new program instead of a mutated one
	oddsLocal    = 4  // mutate what this lane found in this epoch
	oddsSample   = 16 // count the features that the run hit
)

// manyEntries is the size of a corpus from which on mutated programs prevail:
// as long as there is little to start from, new programs bring more.
const manyEntries = 256

// maxStates bounds the programs that a lane keeps in an epoch for nothing but
// new states: there is no end of states.
const maxStates = 1

// maxHits bounds the runs per key and epoch that a lane hands in to be
// explained.
const maxHits = 2

// A lane runs its share of an epoch. Between epochs the lanes are merged; in
// an epoch a lane reads the corpus and writes to itself only.
type lane struct {
	number int // from 0 on
	rand   *program.Rand
	limits program.Limits
	maker  Maker
	faults fault.Set
	corpus *corpus
	cover  *cover
	known  map[uint64]uint64 // how often a key was hit before this epoch; read only

	work     program.Program
	new      []feature
	visitor  visitor
	quota    int // programs to keep in this epoch for their states alone
	programs uint64
	ops      uint64 // ops played to their end, settle's included

	// What the epoch brought: programs to keep, entries trimmed, features hit,
	// entries picked, runs to explain.
	kept   []*entry
	trims  []trimmed
	hits   []uint32
	picks  []uint32
	broken []hit
	keys   map[uint64]uint64
	err    error
}

// A hit is a run that broke something.
type hit struct {
	prog *program.Program
	key  uint64
	// programs and ops are the lane's when it happened.
	programs, ops uint64
}

// begin makes l ready for an epoch.
func (l *lane) begin() {
	l.cover.copyFrom(l.corpus.cover)
	l.programs, l.ops, l.quota = 0, 0, maxStates
	l.kept, l.trims, l.broken = l.kept[:0], l.trims[:0], l.broken[:0]
	clear(l.hits)
	l.visitor.begin()
	l.picks = append(l.picks[:0], make([]uint32, len(l.corpus.entries))...)
	clear(l.keys)
}

// run runs the lane's share of an epoch on r: so many programs, or ops,
// whichever ends first, or until stop is set.
func (l *lane) run(r *exec.Runner, programs, ops uint64, stop *atomic.Bool) {
	r.Sample(true)
	defer r.Sample(false)
	l.trimShare(r, programs, ops)
	for l.programs < programs && l.ops < ops && l.err == nil && !stop.Load() {
		l.next()
		l.play(r)
	}
}

// play runs the program in l.work and learns from it.
func (l *lane) play(r *exec.Runner) {
	if h, ok := l.try(r); ok {
		l.learn(h, r.Cov(), r.Parts())
	}
}

// try runs the program in l.work, and hands the run in if it broke something.
// It reports whether the run came to its end.
func (l *lane) try(r *exec.Runner) (_ *target.History, ended bool) {
	h := r.Run(&l.work, l.faults)
	l.programs++
	l.ops += uint64(len(h.Events))
	l.visitor.visit(r.Asked(), l.ops)
	if h.Stop.Kind != target.StopNone {
		l.stopped(r, h)
		return h, false
	}
	if oracle.Suspect(h) {
		l.report(oracle.Key(h))
	}
	return h, true
}

// next puts the next program to run in l.work.
func (l *lane) next() {
	n := len(l.corpus.entries)
	if have := n + len(l.kept); l.rand.Intn(have+manyEntries) < manyEntries || l.rand.Chance(oddsGenerate) {
		l.maker.Generate(l.rand, &l.work, l.limits)
		return
	}
	l.work.CopyFrom(l.parent())
	l.maker.Mutate(l.rand, &l.work, l.parent(), l.limits)
}

// parent chooses a program to start from.
func (l *lane) parent() *program.Program {
	if k := len(l.kept); k > 0 && (len(l.corpus.entries) == 0 || l.rand.Chance(oddsLocal)) {
		return l.kept[l.rand.Intn(k)].prog
	}
	i := l.corpus.pick(l.rand)
	l.picks[i]++
	return l.corpus.entries[i].prog
}

// stopped deals with a run that ended inside an op.
func (l *lane) stopped(r *exec.Runner, h *target.History) {
	switch h.Stop.Kind {
	case target.StopFull:
	case target.StopHarness:
		_, l.err = r.Explain(&l.work, l.faults)
	default:
		l.report(r.Key())
	}
}

// report hands the run in to be explained, unless its kind was often explained
// before: then only each time that its number doubles.
func (l *lane) report(key uint64) {
	l.keys[key]++
	if n := l.known[key] + l.keys[key]; l.keys[key] <= maxHits && (n <= 8 || n&(n-1) == 0) {
		l.broken = append(l.broken, hit{prog: l.work.Clone(), key: key, programs: l.programs, ops: l.ops})
	}
}

// learn keeps the program if its run covered something new.
func (l *lane) learn(h *target.History, counters, parts []uint8) {
	if l.rand.Chance(oddsSample) {
		l.sample(counters, parts, h.Settle)
	}
	l.new = l.cover.addEdges(counters, l.new[:0])
	end := 0
	if len(l.new) > 0 {
		end = h.Settle
	}
	if op := 0; parts != nil {
		l.new, op = l.cover.addParts(parts, h.Settle, l.new)
		end = max(end, op)
	}
	if len(l.new) == 0 {
		if l.quota == 0 {
			return
		}
		l.quota--
	}
	for i := range h.Events[:h.Settle] {
		if d := h.Events[i].State; l.cover.addState(d) {
			l.new = append(l.new, firstState+feature(stateIndex(d)))
			end = max(end, i+1)
		}
	}
	if len(l.new) > 0 {
		l.keep(h, end, counters, parts)
	} else {
		l.quota++
	}
}

// keep adds the first end ops of the run to what the epoch brought, without
// those that were not played.
func (l *lane) keep(h *target.History, end int, counters, parts []uint8) {
	p := &program.Program{Header: l.work.Header}
	for i, op := range h.Ops[:end] {
		if h.Events[i].Outcome == program.Done {
			p.Ops = append(p.Ops, op)
		}
	}
	l.kept = append(l.kept, &entry{prog: p, fresh: append([]feature(nil), l.new...), covers: l.cover.appendParts(appendFeatures(nil, counters), parts, end),
		cost: runCost(counters, h)})
}

// sample counts the edges and parts that a run hit, an edge any number of times.
func (l *lane) sample(counters, parts []uint8, settle int) {
	for i, n := range counters {
		if n != 0 {
			l.hits[i<<3]++
		}
	}
	for i, op := range parts {
		if op != 0 && int(op) <= settle {
			l.hits[l.cover.partFeature(i)]++
		}
	}
}

// opCost is the cost of an op beside the edges that it takes.
const opCost = 8

// runCost is how many edges a run took, and its ops. Counters that have wrapped
// make it too small; it is large all the same.
func runCost(counters []uint8, h *target.History) uint64 {
	n := opCost * uint64(len(h.Events))
	for _, c := range counters {
		n += uint64(c)
	}
	return n
}
