package program

import "slices"

// maxTradeOps bounds what is cubic in the number of ops, and twice as many ops
// what is quadratic.
const maxTradeOps = 8

// moreAllocs is by how much the number of a failing allocation may grow when an
// op goes: without it another op may have to make what it had made.
const moreAllocs = 16

// trade takes out ops that only go while a value moves away from its default: a
// header key or an operand that brings about what the op did, or the number of
// a failing allocation, which counts those that the op made. It is for what the
// other passes leave. The era stays: in another one the program means another.
func (m *minimizer) trade() {
	few := func() bool { return len(m.best.Ops) <= maxTradeOps }
	for len(m.best.Ops) <= 2*maxTradeOps && !m.stopped() {
		if !m.tradeOperand() && !(few() && (m.dropWith(place{-1, KeyEra}, m.best.Header.Set[KeyEra], moreAllocs) || m.tradeKey())) {
			return
		}
	}
}

// tradeKey takes out one op for another value of a header key. It reports
// whether it could.
func (m *minimizer) tradeKey() bool {
	for k := range keys {
		if k == KeyEra || !keys[k].home.holds(m.best.Header.Target) {
			continue
		}
		for _, v := range keys[k].Map {
			if v != m.best.Header.Set[k] && m.dropWith(place{-1, k}, v, 0) {
				return true
			}
		}
	}
	return false
}

// dropWith puts v at w and takes out one op, with each number for each failing
// allocation up to its own and more. It reports whether it could.
func (m *minimizer) dropWith(w place, v uint32, more int) bool {
	for i := range m.best.Ops {
		for j, o := range m.best.Ops {
			for _, n := range allocsTo(o.Alloc, more) {
				c := m.reset()
				c.put(w, v)
				c.Ops[j].Alloc = n
				if m.tryWithout(i) {
					return true
				}
			}
		}
	}
	return false
}

// allocsTo are the numbers of a failing allocation from the first to n and more
// behind it; 0 alone, which is none, for 0.
func allocsTo(n uint8, more int) []uint8 {
	if n == 0 {
		return []uint8{0}
	}
	var all []uint8
	for i := 1; i <= min(int(n)+more, MaxAlloc); i++ {
		all = append(all, uint8(i))
	}
	return all
}

// tradeOperand takes out one op for another value of an operand of another one.
// It reports whether it could.
func (m *minimizer) tradeOperand() bool {
	for i := range m.best.Ops {
		for j, o := range m.best.Ops {
			for f, d := range rows[o.Verb].Operands {
				if i != j && slices.ContainsFunc(d.Map, func(v uint32) bool { return v != o.Arg[f] && m.dropFor(i, place{j, f}, v) }) {
					return true
				}
			}
		}
	}
	return false
}

// dropFor takes out op i and puts v at w. It reports whether it could.
func (m *minimizer) dropFor(i int, w place, v uint32) bool {
	m.reset().put(w, v)
	return m.tryWithout(i)
}

// spentHalf reports whether half of the budget is used up, or all: what trades,
// joins and wanders ends then, for the proof needs some.
func (m *minimizer) spentHalf() bool {
	return m.stopped() || m.opts.Budget > 0 && m.proof.Tried >= m.opts.Budget/2
}

// tryWithout tries the candidate as it stands, but for op i.
func (m *minimizer) tryWithout(i int) bool {
	if m.spentHalf() {
		return false
	}
	m.cand.Ops = slices.Delete(m.cand.Ops, i, i+1)
	m.candFrom = slices.Delete(m.candFrom, i, i+1)
	return m.try()
}
