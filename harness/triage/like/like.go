package like

import (
	"fmt"
	"math/bits"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// A Like is a stack to come to.
type Like struct {
	// Frames are its functions that the model has, outermost first.
	Frames []string
	// Strange are those that the model has not, innermost first.
	Strange []string
}

// maxFrames bounds the functions of a Like; those further out are left out.
const maxFrames = 64

// New returns the Like of a stack, innermost frame first. modelled reports
// whether the model has a function of that name.
func New(frames []trace.Frame, modelled func(name string) bool) Like {
	var l Like
	for _, f := range frames {
		switch {
		case f.Kind == trace.Checker || f.Kind == trace.Entry:
		case f.Name == "" || !modelled(f.Name):
			name := f.Name
			if name == "" {
				name = "a frame without a name"
			}
			l.Strange = append(l.Strange, name)
		case len(l.Frames) < maxFrames && (len(l.Frames) == 0 || l.Frames[0] != f.Name):
			l.Frames = append([]string{f.Name}, l.Frames...)
		}
	}
	return l
}

// Depth is how many of l's functions Reach returns.
func (l *Like) Depth(stacks [][]target.Frame) int { return bits.OnesCount64(l.reach(stacks)) }

// Reach returns the most of l's functions that stand in this order in one of
// the stacks of a run, each within the one before; others may stand between
// them. A model may come to a function by another way than the process did.
func (l *Like) Reach(stacks [][]target.Frame) []string {
	var names []string
	set := l.reach(stacks)
	for k, f := range l.Frames {
		if set&(1<<k) != 0 {
			names = append(names, f)
		}
	}
	return names
}

// reach is Reach as a set of indices.
func (l *Like) reach(stacks [][]target.Frame) uint64 {
	best := uint64(0)
	row := make([]uint64, len(l.Frames)+1) // row[k]: the most of the first k, so far
	for _, s := range stacks {
		clear(row)
		for i := len(s) - 1; i >= 0; i-- {
			name, before := trace.Name(s[i].Func), uint64(0)
			for k, f := range l.Frames {
				with := before | 1<<k
				before = row[k+1]
				if name == f {
					row[k+1] = more(row[k+1], with)
				}
				row[k+1] = more(row[k+1], row[k])
			}
		}
		best = more(best, row[len(l.Frames)])
	}
	return best
}

// more returns the greater of two sets, the first of two that are alike.
func more(a, b uint64) uint64 {
	if bits.OnesCount64(b) > bits.OnesCount64(a) {
		return b
	}
	return a
}

// Reached is the shortest program that comes to a depth.
type Reached struct {
	Depth   int
	Program *program.Program
	// Functions are those of the Like that it comes to, outermost first.
	Functions []string
}

// A Search collects the programs that come to a Like, and leads a hunt there.
type Search struct {
	like   Like
	faults fault.Set
	best   []*program.Program // by depth
}

// NewSearch returns a Search for l by programs that run with these faults.
func NewSearch(l Like, faults fault.Set) *Search {
	return &Search{like: l, faults: faults, best: make([]*program.Program, len(l.Frames)+1)}
}

// Look runs p and returns the depth that it comes to. It keeps p if no shorter
// program comes there.
func (s *Search) Look(r *exec.Runner, p *program.Program) (int, error) {
	depth, err := s.depth(r, p)
	for d := depth; d > 0; d-- {
		if s.best[d] == nil || len(p.Ops) < len(s.best[d].Ops) {
			s.best[d] = p
		}
	}
	return depth, err
}

// steps is how many steps a hunt tells apart on the way to a place.
const steps = 8

// Lead is Look for hunt.Options.Lead: it returns how near p comes in steps of
// the whole way, so that the last function of a deep stack leads as well as the
// last of a short one.
func (s *Search) Lead(r *exec.Runner, p *program.Program) (int, error) {
	depth, err := s.Look(r, p)
	return steps * depth / max(1, len(s.like.Frames)), err
}

func (s *Search) depth(r *exec.Runner, p *program.Program) (int, error) {
	stacks, err := r.Nestings(p, s.faults)
	if err != nil {
		return 0, fmt.Errorf("look at the stacks of a program: %w", err)
	}
	return s.like.Depth(stacks), nil
}

// shrinkRuns bounds the programs run to make one program shorter: each keeps all
// its stacks, which takes milliseconds.
const shrinkRuns = 400

// Shortest returns, for each depth that a program came to, the shortest
// program that comes to it or deeper, deepest first and each once. cancel, if not nil, ends
// it early.
func (s *Search) Shortest(r *exec.Runner, cancel func() bool) ([]Reached, error) {
	var out []Reached
	depths := map[[2]uint64]int{} // the depths are shrunk from one another: most runs are asked for again
	for d := len(s.best) - 1; d > 0; d-- {
		from := s.best[d]
		if from == nil {
			continue
		}
		if n := len(out); n > 0 && len(out[n-1].Program.Ops) < len(from.Ops) {
			from = out[n-1].Program // what comes deeper comes here too
		}
		keep := func(p *program.Program) bool {
			n, known := depths[p.Hash()]
			if !known {
				var err error
				if n, err = s.depth(r, p); err != nil {
					return false
				}
				depths[p.Hash()] = n
			}
			return n >= d
		}
		small, _ := program.Minimize(from, keep, program.MinimizeOptions{Budget: shrinkRuns, Cancel: cancel})
		if n := len(out); n > 0 && out[n-1].Program.String() == small.String() {
			continue
		}
		stacks, err := r.Nestings(small, s.faults)
		if err != nil {
			return out, fmt.Errorf("look at the stacks of a program: %w", err)
		}
		out = append(out, Reached{d, small, s.like.Reach(stacks)})
	}
	return out, nil
}
