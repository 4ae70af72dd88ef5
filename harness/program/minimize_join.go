package program

import "slices"

// join makes one op of two of which neither goes: two that do the same to one
// object become one that does more of it, or any two become another op of the
// table. It is for what the other passes leave.
func (m *minimizer) join() {
	for !m.stopped() {
		if !m.joinSame() && (len(m.best.Ops) > maxTradeOps || !m.joinOther()) {
			return
		}
	}
}

// joinSame takes out an op for a value of its own in an earlier one with its
// verb and object, or for more than that, since the earlier one had to do its own
// work too. It reports whether it could.
func (m *minimizer) joinSame() bool {
	for i, a := range m.best.Ops {
		for j := i + 1; j < len(m.best.Ops); j++ {
			b := m.best.Ops[j]
			if a.Verb != b.Verb || a.Conn != b.Conn || a.Obj != b.Obj {
				continue
			}
			for f, d := range rows[a.Verb].Operands {
				if slices.ContainsFunc(joined(&d, a.Arg[f], b.Arg[f]), func(v uint32) bool { return m.dropFor(j, place{i, f}, v) }) {
					return true
				}
			}
		}
	}
	return false
}

// joined are the values of operand d that may do what a and b do: b, and where it
// counts something the sum of both, and b with each value of the map.
func joined(d *Operand, a, b uint32) []uint32 {
	if d.Kind != Uint || b == 0 {
		return []uint32{b}
	}
	all := []uint32{b, d.clamp(a + b)}
	for _, more := range d.Map {
		all = append(all, d.clamp(b+more))
	}
	return all
}

// joinOther puts any op in the place of two, where either of them stood. It
// reports whether it could.
func (m *minimizer) joinOther() bool {
	others := m.others()
	for i := range m.best.Ops {
		for j := i + 1; j < len(m.best.Ops); j++ {
			a, b := m.best.Ops[i].Alloc, m.best.Ops[j].Alloc
			for _, o := range others {
				if m.joinInto(i, j, o, max(a, b)) {
					return true
				}
			}
		}
	}
	return false
}

// joinInto puts o in the place of ops i and j, with an allocation that fails if
// one of them had one, the alloc-th. It reports whether it could.
func (m *minimizer) joinInto(i, j int, o Op, alloc uint8) bool {
	for _, o.Alloc = range allocsTo(alloc, moreAllocs) {
		for _, at := range [][2]int{{i, j}, {j, i}} {
			m.reset().Ops[at[0]] = o
			m.candFrom[at[0]] = -1 // its notes were another op's
			if m.tryWithout(at[1]) {
				return true
			}
		}
	}
	return false
}

// others are the ops of the table on the objects that the best program has, the
// connection's first among them, with every operand at its default or with one
// word or flag that is not.
func (m *minimizer) others() []Op {
	var all []Op
	for v := Verb(1); v < NumVerbs; v++ {
		r := &rows[v]
		if !r.home.holds(m.best.Header.Target) {
			continue
		}
		for _, o := range m.objects(v) {
			for f, d := range r.Operands {
				o.Arg[f] = d.Default
			}
			all = append(all, o)
			for f, d := range r.Operands {
				for c := d.Min; d.Kind != Uint && c <= d.Max; c++ {
					if other := o; c != d.Default {
						other.Arg[f] = c
						all = append(all, other)
					}
				}
			}
		}
	}
	return all
}

// objects are ops of verb v on each object of its kind that the best program
// has, and on the least.
func (m *minimizer) objects(v Verb) []Op {
	r := &rows[v]
	lo, _ := r.Object.objRange()
	all := []Op{{Verb: v, Obj: lo}}
	for _, o := range m.best.Ops {
		other := Op{Verb: v, Obj: lo}
		if r.Object.hasConn() {
			other.Conn = o.Conn
		}
		if k := rows[o.Verb].Object; k == r.Object && k != ObjNone {
			other.Obj = o.Obj
		}
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}
