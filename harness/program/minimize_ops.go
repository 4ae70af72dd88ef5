package program

import "slices"

// without makes the candidate the best program without the ops [i, j).
func (m *minimizer) without(i, j int) {
	c := m.reset()
	c.Ops = slices.Delete(c.Ops, i, j)
	m.candFrom = slices.Delete(m.candFrom, i, j)
}

// truncate cuts off the end: what fails mostly fails before the last op. It
// looks for the shortest beginning by bisection; removeChunks does the rest.
func (m *minimizer) truncate() {
	for lo, hi := 0, len(m.best.Ops); lo < hi; {
		n := (lo + hi) / 2
		if m.without(n, len(m.best.Ops)); m.try() {
			hi = n
		} else {
			lo = n + 1
		}
	}
}

// removeChunks takes out runs of ops, long ones first, from the end to the
// beginning because late ops depend on early ones. It ends when no single op
// can go.
func (m *minimizer) removeChunks() {
	for n := len(m.best.Ops) / 2; n > 1; n /= 2 {
		m.removeEach(n)
	}
	for m.removeEach(1) {
	}
}

func (m *minimizer) removeEach(n int) bool {
	removed := false
	for end := len(m.best.Ops); end > 0 && !m.stopped(); {
		start := max(0, end-n)
		if m.without(start, end); m.try() {
			removed = true
		}
		end = min(start, len(m.best.Ops))
	}
	return removed
}

// maxPairOps bounds removePairs, which is quadratic.
const maxPairOps = 48

// removePairs takes out two ops that only go together, such as one that blocks
// the network and the one that opens it again.
func (m *minimizer) removePairs() {
	for i := 0; i < len(m.best.Ops) && len(m.best.Ops) <= maxPairOps; i++ {
		for j := i + 1; j < len(m.best.Ops); j++ {
			m.without(j, j+1)
			m.cand.Ops = slices.Delete(m.cand.Ops, i, i+1)
			m.candFrom = slices.Delete(m.candFrom, i, i+1)
			if m.try() {
				j = i
			}
		}
	}
}

// simplifyAll tries to do without all modifiers at once and with all header
// keys at their defaults.
func (m *minimizer) simplifyAll() {
	for i, c := 0, m.reset(); i < len(c.Ops); i++ {
		c.Ops[i].Alloc = 0
	}
	m.try()
	m.reset().Header.Set = NewHeader(Mux).Set
	m.try()
}

// renumberStreams gives streams smaller ids, all ops of a stream at once; two
// streams may become one.
func (m *minimizer) renumberStreams() bool {
	changed := false
	for i := 0; i < len(m.best.Ops); i++ {
		o := m.best.Ops[i]
		if !o.onStream() {
			continue
		}
		for _, to := range m.smallerStreams(o.Obj) {
			if renumber(m.reset().Ops, o.Obj, to); m.try() {
				changed = true
				break
			}
		}
	}
	return changed
}

// smallerStreams returns the ids that stream id may become: the 16 least, and
// those of its own kind below it.
func (m *minimizer) smallerStreams(id uint32) []uint32 {
	var to []uint32
	for s := uint32(0); s < min(id, 16); s++ {
		to = append(to, s)
	}
	for s := 16 + id&3; s < id && s < m.opts.Exhaustive; s += 4 {
		to = append(to, s)
	}
	return to
}

// tidy puts the program in the order in which a person would write it, as far
// as that makes no difference: neighbours with the same verb by their objects,
// streams numbered in order of appearance.
func (m *minimizer) tidy() {
	for i := 1; i < len(m.best.Ops); i++ {
		a, b := m.best.Ops[i-1], m.best.Ops[i]
		if a.Verb != b.Verb || a.Conn < b.Conn || a.Conn == b.Conn && a.Obj <= b.Obj {
			continue
		}
		c := m.reset()
		c.Ops[i-1], c.Ops[i] = b, a
		m.candFrom[i-1], m.candFrom[i] = m.candFrom[i], m.candFrom[i-1]
		if m.try() {
			i = max(0, i-2)
		}
	}
	for i := range m.best.Ops {
		for _, o := range m.best.Ops[i+1:] {
			a := m.best.Ops[i]
			if a.onStream() && o.onStream() && o.Obj < a.Obj && o.Obj&3 == a.Obj&3 && m.first(o.Obj) > i && m.first(a.Obj) == i {
				m.exchange(a.Obj, o.Obj)
			}
		}
	}
}

// first returns the index of the first op on stream id.
func (m *minimizer) first(id uint32) int {
	return slices.IndexFunc(m.best.Ops, func(o Op) bool { return o.onStream() && o.Obj == id })
}

// exchange lets ops on stream a act on b, and those on b on a.
func (m *minimizer) exchange(a, b uint32) {
	ops := m.reset().Ops
	for i := range ops {
		switch o := &ops[i]; {
		case !o.onStream():
		case o.Obj == a:
			o.Obj = b
		case o.Obj == b:
			o.Obj = a
		}
	}
	m.try()
}
