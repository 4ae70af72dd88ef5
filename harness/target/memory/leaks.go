package memory

import (
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// Leaked implements target.Inspector. Of objects that hold on to each other in
// a ring, the oldest stands for all.
func (s *Session) Leaked() []target.Leak {
	g := s.graph()
	reached := make([]bool, len(g.live))
	var roots []int
	for i := range g.live {
		if !g.pointedAt[i] {
			roots = append(roots, i)
			g.mark(i, reached)
		}
	}
	for i := range g.live {
		if !reached[i] {
			roots = append(roots, i)
			g.mark(i, reached)
		}
	}
	var ls []target.Leak
	for _, i := range roots {
		l := target.Leak{Life: s.life(g.live[i]), Others: g.mark(i, make([]bool, len(g.live))) - 1}
		l.Owner = s.owner(g, g.live[i])
		ls = append(ls, l)
	}
	return ls
}

// A graph is who points at whom among the live objects, and the dead ones.
type graph struct {
	live      []shadow.Chunk // in order of allocation
	dead      []shadow.Chunk
	edges     [][]int
	pointedAt []bool // by another object
}

func (s *Session) graph() *graph {
	g := &graph{}
	s.eachChunk(func(c shadow.Chunk) bool {
		if c.Dead {
			g.dead = append(g.dead, c)
		} else if c.Home == shadow.Heap {
			g.live = append(g.live, c)
		}
		return true
	})
	g.edges, g.pointedAt = make([][]int, len(g.live)), make([]bool, len(g.live))
	for i, c := range g.live {
		s.eachWord(c, func(_, word uint64) bool {
			if j := g.find(word); j >= 0 && j != i {
				g.edges[i], g.pointedAt[j] = append(g.edges[i], j), true
			}
			return true
		})
	}
	return g
}

// eachWord calls f for the aligned words of an object, with their relative
// addresses, until f returns false.
func (s *Session) eachWord(c shadow.Chunk, f func(at, word uint64) bool) {
	start := uint64(c.Addr) - s.Base()
	for at := start; at+8 <= start+uint64(c.Size); at += 8 {
		if !f(at, s.Peek(at)) {
			return
		}
	}
}

// find returns the live object that an address points into, or -1.
func (g *graph) find(addr uint64) int {
	for i, c := range g.live {
		if addr-uint64(c.Addr) < uint64(c.Size) {
			return i
		}
	}
	return -1
}

// mark marks what is reached from i and returns how many objects that was.
func (g *graph) mark(i int, reached []bool) int {
	if reached[i] {
		return 0
	}
	reached[i] = true
	n := 1
	for _, j := range g.edges[i] {
		n += g.mark(j, reached)
	}
	return n
}

// owner returns the last object freed that still holds c's address.
func (s *Session) owner(g *graph, c shadow.Chunk) target.Life {
	var owner target.Life
	for _, d := range g.dead {
		if owner.Type != "" && int(d.FreeOp) < owner.FreeOp {
			continue
		}
		s.eachWord(d, func(at, word uint64) bool {
			if word-uint64(c.Addr) >= uint64(c.Size) {
				return true
			}
			owner, _ = s.Life(at)
			return false
		})
	}
	return owner
}
