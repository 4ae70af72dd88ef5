package judge

import (
	"math/rand/v2"

	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
)

// A theme is the mistake that a program is inclined to make.
type theme uint8

const (
	clean theme = iota
	useFreed
	overflow
	overflowFreed
	freeTwice
	freeBad
	freeOther
	usePopped
	overflowScope
	useNull
	useWild
	numThemes
)

// Random returns the n-th program of a seed, with about twenty ops of which
// most are good. It has every size and offset around the edges of objects, and
// keeps off what the two machines cannot do alike; see the comments below.
func Random(seed uint64, n int) *Program {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	g := &gen{r: r, theme: theme(r.IntN(int(numThemes)))}
	p := &Program{Number: n, Masked: true, Leaks: r.IntN(10) == 0}
	g.fill(p, 6+r.IntN(18))
	return p
}

// RandomUninitialised returns a program that does nothing wrong but to read
// what was never written, now and then.
func RandomUninitialised(seed uint64, n int) *Program {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	p := &Program{Number: n}
	(&gen{r: r, theme: clean, unlisted: true}).fill(p, 8+r.IntN(20))
	return p
}

// what is in a variable, as far as the generator knows.
type what uint8

const (
	nothing what = iota
	object
	variable
	null
	wild
)

// A slot is what the generator knows of a variable. Links are pointers, and
// what a part of a pointer points at differs between the machines. So an
// object that has been in a list is listed, and nobody writes to a part of its
// links; one to whose links something was written is dirty, and in no list
// before it has new ones.
type slot struct {
	what          what
	kind          uint8
	live          bool
	listed, dirty bool
}

const (
	linkBytes  = 16 // the links at the start of every object
	scopeBytes = 16
)

func (s *slot) size() int32 {
	if s.what == object {
		return int32(cases.Kinds[s.kind].Size)
	}
	return scopeBytes
}

type gen struct {
	r      *rand.Rand
	theme  theme
	ops    []cases.Op
	vars   [cases.NumVars]slot
	pushed int // the variable whose scope is open, plus 1

	unlisted bool // no lists: a program that is to do nothing else wrong has none with freed elements
}

func (g *gen) fill(p *Program, n int) {
	for tries := 0; len(g.ops) < n && tries < 20*n; tries++ {
		if g.theme != clean && g.r.IntN(8) == 0 {
			g.mistake()
		} else {
			g.good()
		}
	}
	p.Ops = g.ops
}

func (g *gen) add(o cases.Op) { g.ops = append(g.ops, o) }

// pick returns a variable that is as asked for, or false.
func (g *gen) pick(is func(*slot) bool) (uint8, *slot, bool) {
	at := g.r.IntN(cases.NumVars)
	for i := range cases.NumVars {
		v := (at + i) % cases.NumVars
		if is(&g.vars[v]) {
			return uint8(v), &g.vars[v], true
		}
	}
	return 0, nil, false
}

func isLive(s *slot) bool    { return s.live }
func isObject(s *slot) bool  { return s.what == object && s.live }
func isFreed(s *slot) bool   { return s.what == object && !s.live }
func isPopped(s *slot) bool  { return s.what == variable && !s.live }
func isNull(s *slot) bool    { return s.what == null }
func isWild(s *slot) bool    { return s.what == wild }
func isListed(s *slot) bool  { return s.live && s.listed && !s.dirty }
func isMallocd(s *slot) bool { return isObject(s) && s.kind%2 == 0 }

// good adds an op that does nothing wrong.
func (g *gen) good() {
	switch x := g.r.IntN(26); {
	case x < 4:
		g.alloc()
	case x < 6:
		if v, s, ok := g.pick(isObject); ok {
			g.free(v, 0, s.kind)
			s.live = false
		}
	case x < 7:
		g.realloc(isMallocd)
	case x < 8:
		g.pushOrPop()
	case x < 12 && !g.unlisted:
		g.list(isListed)
	default:
		if v, s, ok := g.pick(isLive); ok {
			g.access(v, s, inside)
		}
	}
}

func (g *gen) alloc() {
	v := uint8(g.r.IntN(cases.NumVars))
	if g.pushed == int(v)+1 {
		return // the pop would lose it
	}
	k := uint8(g.r.IntN(len(cases.Kinds)))
	g.vars[v] = slot{what: object, kind: k, live: true}
	g.add(cases.Op{Verb: cases.Alloc, V: v, K: k})
}

func (g *gen) free(v uint8, off int32, k uint8) {
	g.add(cases.Op{Verb: cases.Free, V: v, Off: off, K: k})
}

// realloc is for objects from malloc: C++ has none.
func (g *gen) realloc(is func(*slot) bool) {
	if v, s, ok := g.pick(is); ok {
		k2 := uint8(g.r.IntN(len(cases.Kinds)+1)) &^ 1
		g.add(cases.Op{Verb: cases.Realloc, V: v, K: s.kind, K2: k2})
		s.kind = k2
	}
}

// pushOrPop opens a scope or ends it. Scopes do not nest: the frame of an
// inner one would be gone with the outer one, and its memory another's.
func (g *gen) pushOrPop() {
	if g.pushed != 0 {
		g.vars[g.pushed-1].live = false
		g.pushed = 0
		g.add(cases.Op{Verb: cases.Pop})
		return
	}
	v := g.r.IntN(cases.NumVars)
	g.vars[v] = slot{what: variable, live: true}
	g.pushed = v + 1
	g.add(cases.Op{Verb: cases.Push, V: uint8(v)})
}

// list adds an op on lists, whose head is as asked for.
func (g *gen) list(is func(*slot) bool) {
	v, _, ok := g.pick(is)
	if !ok || g.r.IntN(4) == 0 {
		if v, s, ok := g.pick(isLive); ok {
			g.add(cases.Op{Verb: cases.Init, V: v})
			s.listed, s.dirty = true, false
		}
		return
	}
	switch g.r.IntN(4) {
	case 0:
		g.add(cases.Op{Verb: cases.Unlink, V: v})
	case 1:
		g.add(cases.Op{Verb: cases.Walk, V: v})
	default:
		if w, e, ok := g.pick(isLive); ok {
			g.add(cases.Op{Verb: cases.Append, V: v, W: w})
			e.listed, e.dirty = true, false
		}
	}
}

// reach says which offsets an access has.
type reach uint8

const (
	inside reach = iota
	edge
)

// access adds a load, store, add, decrement, fill or copy.
func (g *gen) access(v uint8, s *slot, far reach) {
	switch g.r.IntN(10) {
	case 0:
		n := 1 + int32(g.r.IntN(int(s.size())))
		g.write(cases.Op{Verb: cases.Fill, V: v, Off: g.offset(s, n, far), N: n}, s, false)
	case 1:
		g.copy(v, s, far)
	case 2, 3:
		n := int32(1) << g.r.IntN(4)
		g.write(cases.Op{Verb: cases.Store, V: v, Off: g.offset(s, n, far), N: n}, s, false)
	case 4, 5:
		n := int32(1) << g.r.IntN(4)
		verb := [...]cases.Verb{cases.Add, cases.Dec}[g.r.IntN(2)]
		g.write(cases.Op{Verb: verb, V: v, Off: g.offset(s, n, far), N: n}, s, false)
	default:
		n := int32(1) << g.r.IntN(4)
		g.add(cases.Op{Verb: cases.Load, V: v, Off: g.offset(s, n, far), N: n})
	}
}

// offset chooses where n bytes are accessed: inside, mostly aligned; or around
// the edges, no further off than redzones go.
func (g *gen) offset(s *slot, n int32, far reach) int32 {
	size := s.size()
	if s.what == null || s.what == wild {
		return int32(g.r.IntN(linkBytes))
	}
	if far == edge {
		switch g.r.IntN(3) {
		case 0:
			return -1 - int32(g.r.IntN(16))
		case 1:
			return size - n + 1 + int32(g.r.IntN(int(n)))
		}
		return size + int32(g.r.IntN(9))
	}
	if n >= size {
		return 0
	}
	off := int32(g.r.IntN(int(size - n + 1)))
	if n <= 8 && g.r.IntN(4) != 0 {
		off -= off % n
	}
	return off
}

// write adds an op that writes N bytes at V+Off, unless it would change a part
// of a link. A write that is refused changes nothing. whole says that links
// take the place of links.
func (g *gen) write(o cases.Op, s *slot, whole bool) {
	if s.live && o.Off >= 0 && o.Off < linkBytes && o.Off < s.size() {
		words := o.Off%8 == 0 && (o.N%8 == 0 || o.Off+o.N >= linkBytes)
		switch {
		case whole, words && (o.Verb == cases.Store || o.Verb == cases.Fill):
		case s.listed:
			return
		default:
			s.dirty = true
		}
	}
	g.add(o)
}

// copy adds a copy from a live object. One that takes links to where links are
// takes them all.
func (g *gen) copy(v uint8, s *slot, far reach) {
	w, from, ok := g.pick(isLive)
	if !ok {
		return
	}
	n := 1 + int32(g.r.IntN(int(min(s.size(), from.size()))))
	if s.live && far == inside && n >= linkBytes && !from.dirty && g.r.IntN(3) == 0 {
		s.listed = s.listed || from.listed
		g.write(cases.Op{Verb: cases.Copy, V: v, W: w, N: n}, s, true)
		return
	}
	g.write(cases.Op{Verb: cases.Copy, V: v, W: w, Off: g.offset(s, n, far), WOff: g.offset(from, n, inside), N: n}, s, false)
}
