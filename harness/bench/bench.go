package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/target"
)

// Options say what to measure. All but Cells, Lengths, Workers, File and Build
// are needed.
type Options struct {
	Target target.Target
	// Cells, when not nil, are what to run, in this order and of Methods; else
	// it is each fault with each seed and method, with the same budget.
	Cells   []Cell
	Faults  []fault.Fault
	Methods []string
	Seeds   int // the number of seeds
	// FirstSeed is the first of them, 0 for 1.
	FirstSeed uint64
	Ops       uint64 // the budget of a cell, in executed ops
	// Lengths: what hunt finds is shrunk when its cell is over, for
	// Result.Length. It takes longer than most searches do.
	Lengths bool
	// Workers is the number of cells that run at the same time; 0 means 1. A
	// cell has one core.
	Workers int
	// File keeps the results, a line of JSON each; what is in it is not run
	// again. "" keeps nothing.
	File string
	// Build names the program that runs the cells; results of another one are
	// refused. "" means this executable, by its hash.
	Build string
}

// A Bench runs cells.
type Bench struct {
	o       Options
	methods []Method
	temp    string            // for children
	binary  map[string]string // of a method that runs as a child
	results []Result
	plan    []Cell // what is left to run
}

// New returns the Bench for o with the results that there are. Close it.
func New(o Options) (*Bench, error) {
	o.Workers = max(1, o.Workers)
	if o.Build == "" {
		var err error
		if o.Build, err = executable(); err != nil {
			return nil, err
		}
	}
	b := &Bench{o: o, binary: map[string]string{}}
	for _, name := range o.Methods {
		m, ok := MethodOf(name)
		if !ok {
			return nil, fmt.Errorf("unknown method %q", name)
		}
		b.methods = append(b.methods, m)
	}
	done, err := b.load()
	if err != nil {
		return nil, err
	}
	for _, c := range b.cells() {
		if r, ok := done[c]; ok {
			b.results = append(b.results, r)
		} else {
			b.plan = append(b.plan, c)
		}
	}
	b.temp, err = os.MkdirTemp("", "lastwake-bench")
	return b, err
}

// Close removes what was built for the children.
func (b *Bench) Close() error { return os.RemoveAll(b.temp) }

// cells are all cells, seed by seed, so that a bench that is interrupted has
// something to say of every fault.
func (b *Bench) cells() []Cell {
	if b.o.Cells != nil {
		return b.o.Cells
	}
	var cells []Cell
	for seed := range b.o.Seeds {
		for _, f := range b.o.Faults {
			for _, m := range b.methods {
				cells = append(cells, Cell{Method: m.Name, Fault: f.Name, Seed: max(1, b.o.FirstSeed) + uint64(seed), Budget: b.o.Ops})
			}
		}
	}
	return cells
}

// Plan returns the cells that are left to run.
func (b *Bench) Plan() []Cell { return b.plan }

// Results returns what is known so far, in the order of the cells.
func (b *Bench) Results() []Result { return b.results }

// Run runs the cells that are left. done, when not nil, is called with each
// result, one at a time, the ones that were kept first. When ctx ends, the
// cells that are running are lost and all others kept; the error is ctx's.
func (b *Bench) Run(ctx context.Context, done func(Result)) error {
	if done == nil {
		done = func(Result) {}
	}
	if err := b.buildRivals(ctx); err != nil {
		return err
	}
	for _, r := range b.results {
		done(r)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan Cell)
	for range b.o.Workers {
		wg.Go(func() {
			for c := range next {
				r, err := b.run(ctx, c)
				if err == nil && ctx.Err() != nil {
					return // cut short: no result
				}
				mu.Lock()
				if err == nil {
					b.results = append(b.results, r)
					err = b.save()
				}
				if err != nil {
					cancel(err)
				} else {
					done(r)
				}
				mu.Unlock()
			}
		})
	}
	for _, c := range b.plan {
		select {
		case next <- c:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	wg.Wait()
	b.sort()
	return context.Cause(ctx)
}

// run runs one cell.
func (b *Bench) run(ctx context.Context, c Cell) (Result, error) {
	m, _ := MethodOf(c.Method)
	f, ok := fault.Lookup(c.Fault)
	if !ok {
		return Result{}, fmt.Errorf("%s: no such fault", c)
	}
	r, err := m.run(ctx, b, c, On(&f), Eras(&f))
	if err != nil && !errors.Is(err, context.Canceled) {
		return r, fmt.Errorf("%s: %w", c, err)
	}
	r.Build = b.o.Build
	return r, err
}

// executable names this program by the hash of its file.
func executable() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// A Cost is what a bench may take.
type Cost struct {
	// Cells and Ops are what is left to run: Ops at most, for a cell ends with
	// its finding. Kept is the number of cells whose results are there.
	Cells, Kept int
	Ops         uint64
	// Speed is the ops a second of each method on one core, as just measured.
	Speed map[string]float64
	// Most is the time if nothing is found.
	Most time.Duration
}

// calibration is the budget in ops of the run that measures a method's speed.
const calibration = 300_000

// Cost measures the speed of each method with every fault off, and returns
// what the cells that are left can cost.
func (b *Bench) Cost(ctx context.Context) (Cost, error) {
	cost := Cost{Cells: len(b.plan), Kept: len(b.results), Speed: map[string]float64{}}
	if err := b.buildRivals(ctx); err != nil {
		return cost, err
	}
	for _, m := range b.methods {
		r, err := m.run(ctx, b, Cell{Method: m.Name, Seed: 1, Budget: calibration}, fault.Set{}, 0)
		if err != nil {
			return cost, fmt.Errorf("measure the speed of %s: %w", m.Name, err)
		}
		cost.Speed[m.Name] = float64(r.Executed) / max(r.Seconds, 1e-3)
	}
	seconds := 0.0
	for _, c := range b.plan {
		cost.Ops += c.Budget
		seconds += float64(c.Budget) / cost.Speed[c.Method]
	}
	cost.Most = time.Duration(seconds / float64(b.o.Workers) * float64(time.Second)).Round(time.Second)
	return cost, nil
}
