package hunt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// The length of an epoch in programs per lane: it doubles from first to last.
const (
	firstEpoch = 32
	lastEpoch  = 512
)

// A hunter is a hunt under way.
type hunter struct {
	o       Options
	start   time.Time
	said    time.Time      // when progress was last written
	ticked  time.Time      // when Tick was last called
	runners []*exec.Runner // one for each worker
	lanes   []*lane
	corpus  *corpus
	keys    map[uint64]uint64 // runs per key that broke something
	found   []*Found
	bySig   map[string]*Found
	byKey   map[uint64]*Found // what the runs with a key were explained as
	epoch   int
	sum     Summary
	stop    atomic.Bool
	ended   bool // by a finding, see Options.Until

	// How near to each fault that is on, and the number of programs of the
	// corpus that were looked at for the line of progress.
	ladders []Ladder
	looked  int
}

// Run hunts until the budget is used up or ctx is done, and returns what it
// found. Its error is a *exec.HarnessFault, or that of a callback or of making
// a session; the summary holds even then.
func Run(ctx context.Context, o Options) (*Summary, error) {
	h, err := newHunter(o)
	if err != nil {
		return nil, err
	}
	defer h.close()
	if o.Budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Budget)
		defer cancel()
	}
	defer context.AfterFunc(ctx, func() { h.stop.Store(true) })()
	err = h.hunt()
	h.finish()
	if o.Keep != nil {
		err = errors.Join(err, h.keepAll())
	}
	return &h.sum, err
}

func newHunter(o Options) (*hunter, error) {
	o.Workers = min(max(1, o.Workers), lanes)
	h := &hunter{o: o, start: time.Now(), ticked: time.Now(), keys: map[uint64]uint64{}, bySig: map[string]*Found{}, byKey: map[uint64]*Found{}, ladders: newLadders(o.Faults)}
	for range o.Workers {
		s, err := o.Target.NewSession()
		if err != nil {
			h.close()
			return nil, fmt.Errorf("hunt %s: %w", o.Target.Name(), err)
		}
		h.runners = append(h.runners, exec.New(s))
	}
	edges := len(h.runners[0].Cov())
	h.corpus = newCorpus(edges)
	seed := program.NewRand(o.Seed)
	for i := range lanes {
		l := &lane{number: i, rand: seed.Split(), limits: program.Limits{Ops: o.MaxOps, Actors: o.Target.Actors(), Eras: o.Eras, Sides: o.Sides},
			maker: aware{}, faults: o.Faults, visitor: newVisitor(h.ladders), corpus: h.corpus, cover: newCover(edges),
			known: h.keys, keys: map[uint64]uint64{}, hits: make([]uint32, edges*8+target.NumParts)}
		if o.Maker != nil {
			l.maker = o.Maker()
		}
		l.work.Header.Target = o.Target.Name()
		h.lanes = append(h.lanes, l)
	}
	h.sum = Summary{Type: "summary", Seed: o.Seed, Findings: []FindingLine{}}
	return h, nil
}

func (h *hunter) close() {
	for _, r := range h.runners {
		_ = r.Session().Close() // nothing was written through it
	}
}

// hunt runs epochs until the budget is used up.
func (h *hunter) hunt() error {
	if err := h.plant(); err != nil {
		return err
	}
	size := uint64(firstEpoch)
	for !h.over() {
		h.corpus.schedule(h.epoch)
		h.run(size)
		if err := h.merge(); err != nil {
			return err
		}
		h.progress()
		if err := h.tick(); err != nil {
			return err
		}
		size = min(size*2, lastEpoch)
		h.epoch++
	}
	return nil
}

// plant runs the seeds, in lane 0, and keeps those that cover something.
func (h *hunter) plant() error {
	l := h.lanes[0]
	l.begin()
	for _, p := range h.o.Seeds {
		if h.stop.Load() {
			break
		}
		l.work.CopyFrom(p)
		l.work.Header.Faults = l.work.Header.Faults[:0]
		l.play(h.runners[0])
	}
	for _, other := range h.lanes[1:] {
		other.begin()
	}
	err := h.merge()
	for _, e := range h.corpus.entries {
		e.seed = true
	}
	return err
}

func (h *hunter) over() bool {
	return h.stop.Load() || h.o.Programs > 0 && h.sum.Programs >= h.o.Programs || h.o.Ops > 0 && h.sum.Ops >= h.o.Ops
}

// run lets the workers run one epoch: size programs a lane, or what is left.
func (h *hunter) run(size uint64) {
	var next atomic.Int32
	var wg sync.WaitGroup
	for _, r := range h.runners {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= lanes {
					return
				}
				programs, ops := h.share(i, size)
				h.lanes[i].begin()
				h.lanes[i].run(r, programs, ops, &h.stop)
			}
		})
	}
	wg.Wait()
}

// share is the part of an epoch that lane i runs.
func (h *hunter) share(i int, size uint64) (programs, ops uint64) {
	programs, ops = size, ^uint64(0)
	if h.o.Programs > 0 {
		left := h.o.Programs - h.sum.Programs
		mine := left / lanes
		if uint64(i) < left%lanes {
			mine++
		}
		programs = min(programs, mine)
	}
	if h.o.Ops > 0 {
		ops = (h.o.Ops - h.sum.Ops + lanes - 1) / lanes
	}
	return programs, ops
}

// merge takes over what the lanes brought, in their order.
func (h *hunter) merge() error {
	before := h.sum
	for _, l := range h.lanes {
		if l.err != nil {
			return l.err
		}
		for i, n := range l.picks {
			h.corpus.entries[i].picked += uint64(n)
		}
		for f, n := range l.hits {
			h.corpus.hits[f] += n
		}
		for _, t := range l.trims {
			h.corpus.entries[t.i] = t.entry
		}
		for key, n := range l.keys {
			h.keys[key] += n
			h.sum.Violations += n
		}
	}
	for _, l := range h.lanes {
		h.reached(&l.visitor, before.Ops)
		for i := range l.broken {
			if err := h.explain(&l.broken[i], before); err != nil {
				return err
			}
		}
		before.Programs += l.programs
		before.Ops += l.ops
	}
	h.sum.Programs, h.sum.Ops = before.Programs, before.Ops
	for _, l := range h.lanes {
		for _, e := range l.kept {
			if !h.corpus.offer(e, h.epoch) {
				continue
			}
			if h.o.NearMiss {
				e.near = h.look(e.prog)
			}
			if h.o.Lead != nil && e.fresh[0] < firstState { // it takes time: new edges only
				n, err := h.o.Lead(h.runners[0], e.prog)
				if err != nil {
					return err
				}
				e.near += n
			}
		}
	}
	return nil
}

// finish fills in the summary.
func (h *hunter) finish() {
	h.count()
	if h.o.Survey && !h.ended {
		h.survey()
	}
	h.sum.Ladders = h.ladders
	if h.o.Progress != nil {
		fmt.Fprint(h.o.Progress, "\r\033[K")
	}
}

// count fills in the numbers of the summary.
func (h *hunter) count() {
	s := &h.sum
	s.Seconds = time.Since(h.start).Seconds()
	s.Corpus, s.Edges, s.States = len(h.corpus.entries), h.corpus.cover.numEdges, h.corpus.cover.numStates
	s.Found, s.Findings = h.found, []FindingLine{}
	for _, f := range h.found {
		f.Runs = 0
	}
	for key, n := range h.keys {
		if f := h.byKey[key]; f != nil {
			f.Runs += n
		}
	}
	for _, f := range h.found {
		s.Findings = append(s.Findings, f.Line())
	}
}

// tick keeps the corpus and says how far the hunt is, when it is time.
func (h *hunter) tick() error {
	if h.o.Tick == nil || time.Since(h.ticked) < h.o.TickEvery {
		return nil
	}
	if h.o.Keep != nil {
		if err := h.keepAll(); err != nil {
			return err
		}
	}
	h.count()
	h.ticked = time.Now()
	return h.o.Tick(&h.sum)
}

func (h *hunter) keepAll() error {
	var all []*program.Program
	for _, e := range h.corpus.entries {
		if !e.seed {
			all = append(all, e.prog)
		}
	}
	return h.o.Keep(all)
}
