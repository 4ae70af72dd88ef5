package hunt

import (
	"context"
	"fmt"
	"slices"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// A Coverage is what a set of programs covers.
type Coverage struct {
	// Programs and Ops count the programs and the ops that they played,
	// settle's included.
	Programs int    `json:"programs"`
	Ops      uint64 `json:"ops"`
	// Edges and States count what was covered, Features the edges in their
	// buckets and the states together.
	Edges    int `json:"edges"`
	States   int `json:"states"`
	Features int `json:"features"`
	// Signatures are those of the findings, in the order in which they came.
	Signatures []string `json:"signatures"`
}

// A pruner measures programs on one runner.
type pruner struct {
	r      *exec.Runner
	faults fault.Set
	cover  *cover
	sum    Coverage
	sigs   map[string]bool
	// covered is what the last run covered, without repetition.
	covered []feature
	sig     string
}

// Measure runs programs and returns what they cover together.
func Measure(ctx context.Context, t target.Target, faults fault.Set, programs []*program.Program) (Coverage, error) {
	_, sum, err := walk(ctx, t, faults, programs, nil)
	return sum, err
}

// Prune returns the indexes of programs that together cover what all of them
// cover: every edge in its buckets, every state, and every signature under the
// given faults. Short programs are preferred; the result depends on nothing but
// its arguments. It is not the smallest such set, but no program of it can go.
// The Coverage is that of all programs, which the kept ones share but for the
// number of programs and ops. When ctx is done, Prune returns its error.
func Prune(ctx context.Context, t target.Target, faults fault.Set, programs []*program.Program) ([]int, Coverage, error) {
	order := make([]int, len(programs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(programs[a].Ops) - len(programs[b].Ops) })
	return walk(ctx, t, faults, programs, order)
}

// walk runs programs, in the given order if there is one, and keeps those that
// bring something new and are not made superfluous by later ones.
func walk(ctx context.Context, t target.Target, faults fault.Set, programs []*program.Program, order []int) ([]int, Coverage, error) {
	s, err := t.NewSession()
	if err != nil {
		return nil, Coverage{}, fmt.Errorf("%s: %w", t.Name(), err)
	}
	defer s.Close()
	p := &pruner{r: exec.New(s), faults: faults, sigs: map[string]bool{}}
	p.cover = newCover(len(p.r.Cov()))
	p.sum.Signatures = []string{}
	var kept []keptProgram
	for i := range programs {
		if err := ctx.Err(); err != nil {
			return nil, p.sum, err
		}
		if order != nil {
			i = order[i]
		}
		fresh, err := p.run(programs[i])
		if err != nil {
			return nil, p.sum, err
		}
		if fresh && order != nil {
			kept = append(kept, keptProgram{i, slices.Clone(p.covered), p.sig})
		}
	}
	return necessary(kept), p.sum, nil
}

// A keptProgram is a program that brought something new, and all that it
// covers.
type keptProgram struct {
	index   int
	covered []feature
	sig     string
}

// run runs one program and reports whether it covers something new.
func (p *pruner) run(prog *program.Program) (bool, error) {
	h := p.r.Run(prog, p.faults)
	p.sum.Programs++
	p.sum.Ops += uint64(len(h.Events))
	p.covered = appendFeatures(p.covered[:0], p.r.Cov())
	for i := range h.Events[:min(h.Settle, len(h.Events))] {
		p.covered = append(p.covered, firstState+feature(stateIndex(h.Events[i].State)))
	}
	broken := h.Stop.Kind != target.StopNone && h.Stop.Kind != target.StopFull || h.Stop.Kind == target.StopNone && oracle.Suspect(h)
	slices.Sort(p.covered)
	p.covered = slices.Compact(p.covered)
	fresh := false
	for _, f := range p.covered {
		if p.cover.add(f) {
			fresh = true
			p.sum.Features++
		}
	}
	p.sum.Edges, p.sum.States = p.cover.numEdges, p.cover.numStates
	p.sig = ""
	if !broken {
		return fresh, nil
	}
	f, err := p.r.Explain(prog, p.faults)
	if err != nil || f == nil {
		return fresh, err
	}
	if p.sig = f.Signature(); !p.sigs[p.sig] {
		p.sigs[p.sig] = true
		p.sum.Signatures = append(p.sum.Signatures, p.sig)
		fresh = true
	}
	return fresh, nil
}

// necessary drops, from the longest program to the shortest, what the others
// cover without it, and returns the rest in the order of their indexes.
func necessary(kept []keptProgram) []int {
	count, sigs := map[feature]int{}, map[string]int{}
	for _, k := range kept {
		for _, f := range k.covered {
			count[f]++
		}
		sigs[k.sig]++
	}
	var left []int
	for i := len(kept) - 1; i >= 0; i-- {
		k := &kept[i]
		once := func(f feature) bool { return count[f] == 1 }
		if k.sig != "" && sigs[k.sig] == 1 || slices.ContainsFunc(k.covered, once) {
			left = append(left, k.index)
			continue
		}
		for _, f := range k.covered {
			count[f]--
		}
		sigs[k.sig]--
	}
	slices.Sort(left)
	return left
}
