package program

import "slices"

// maxTradeOps bounds trade, which is cubic.
const maxTradeOps = 8

// trade takes out ops that only go while a value moves away from its default: a
// header key that brings about what the op did, or the number of a failing
// allocation, which counts those that the op made. It is for what the other
// passes leave. The era stays: in another one the program means another.
func (m *minimizer) trade() {
	for len(m.best.Ops) <= maxTradeOps && !m.stopped() {
		if !m.dropWith(place{-1, KeyEra}, m.best.Header.Set[KeyEra]) && !m.tradeKey() {
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
			if v != m.best.Header.Set[k] && m.dropWith(place{-1, k}, v) {
				return true
			}
		}
	}
	return false
}

// dropWith puts v at w and takes out one op, with each number for each failing
// allocation that is less than its own. It reports whether it could.
func (m *minimizer) dropWith(w place, v uint32) bool {
	for i := range m.best.Ops {
		for j, o := range m.best.Ops {
			for n := uint8(1); n <= max(o.Alloc, 1); n++ {
				c := m.reset()
				c.put(w, v)
				c.Ops[j].Alloc = min(n, o.Alloc)
				c.Ops = slices.Delete(c.Ops, i, i+1)
				m.candFrom = slices.Delete(m.candFrom, i, i+1)
				if m.try() {
					return true
				}
			}
		}
	}
	return false
}
