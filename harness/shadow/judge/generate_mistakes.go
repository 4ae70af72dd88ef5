package judge

import "github.com/lastwake/lastwake/harness/shadow/judge/cases"

// mistake adds an op that the program's theme is about.
func (g *gen) mistake() {
	switch g.theme {
	case useFreed:
		g.misuse(isFreed, inside)
	case overflow:
		g.misuse(isObject, edge)
	case overflowFreed:
		g.misuse(isFreed, edge)
	case usePopped:
		g.misuse(isPopped, inside)
	case overflowScope:
		g.misuse(func(s *slot) bool { return s.what == variable }, edge)
	case useNull:
		g.astray(isNull, cases.Null, null)
	case useWild:
		g.astray(isWild, cases.Wild, wild)
	default:
		g.badFree()
	}
}

// misuse adds an access to something that is as asked for.
func (g *gen) misuse(is func(*slot) bool, far reach) {
	v, s, ok := g.pick(is)
	if !ok {
		return
	}
	switch {
	case far == inside && s.what == object && s.kind%2 == 0 && g.r.IntN(12) == 0:
		g.realloc(func(x *slot) bool { return x == s })
	case far == inside && g.r.IntN(3) == 0:
		g.list(func(x *slot) bool { return x == s })
	case g.r.IntN(8) == 0:
		g.copyFrom(v, s, far)
	default:
		g.access(v, s, far)
	}
}

// copyFrom adds a copy from v to a live object that is in no list.
func (g *gen) copyFrom(v uint8, s *slot, far reach) {
	w, to, ok := g.pick(func(x *slot) bool { return isObject(x) && !x.listed })
	if !ok {
		return
	}
	n := 1 + int32(g.r.IntN(int(min(s.size(), to.size()))))
	to.dirty = true
	g.add(cases.Op{Verb: cases.Copy, V: w, Off: 0, W: v, WOff: g.offset(s, n, far), N: n})
}

// astray makes a variable null or wild, or accesses one. What both ends of a
// copy are wrong in is judged in another order in C, so one end is good.
func (g *gen) astray(is func(*slot) bool, verb cases.Verb, what what) {
	v, s, ok := g.pick(is)
	if !ok {
		v = uint8(g.r.IntN(cases.NumVars))
		if g.pushed != int(v)+1 {
			g.vars[v] = slot{what: what}
			g.add(cases.Op{Verb: verb, V: v})
		}
		return
	}
	switch g.r.IntN(4) {
	case 0:
		g.free(v, 0, uint8(g.r.IntN(len(cases.Kinds))))
	case 1:
		g.list(func(x *slot) bool { return x == s })
	default:
		g.misuse(func(x *slot) bool { return x == s }, inside)
	}
}

// badFree adds a free that is refused. Where C's free takes the memory before
// an address for a chunk's header, it finds the object's own bytes there, none
// of which says that it is one.
func (g *gen) badFree() {
	is := isObject
	switch g.theme {
	case freeTwice:
		is = isFreed
	case freeBad:
		is = func(s *slot) bool { return s.what == object || s.what == variable }
	}
	v, s, ok := g.pick(is)
	if !ok {
		return
	}
	switch {
	case g.theme == freeTwice && s.kind%2 == 0 && g.r.IntN(6) == 0:
		g.realloc(func(x *slot) bool { return x == s })
	case g.theme == freeTwice:
		g.free(v, 0, s.kind)
	case g.theme == freeOther:
		g.freeOther(v, s)
	case s.what == variable:
		g.free(v, 0, uint8(g.r.IntN(len(cases.Kinds))))
	default:
		off := []int32{16, 32, s.size()}[g.r.IntN(3)]
		g.free(v, min(off, s.size()), s.kind)
	}
}

// freeOther frees an object as one of another kind. free does not ask for the
// size, so that C has nothing to say of two kinds of malloc.
func (g *gen) freeOther(v uint8, s *slot) {
	k := uint8(g.r.IntN(len(cases.Kinds)))
	if k != s.kind && (k%2 == 1 || s.kind%2 == 1) {
		g.free(v, 0, k)
	}
}
