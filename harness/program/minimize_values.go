package program

// A place is where a value of a program stands: a header key (op < 0), or one
// of the fields of an op.
type place struct{ op, field int }

// The fields of an op, behind its operands.
const (
	placeObj = MaxOperands + iota
	placeConn
	placeAlloc
	numPlaces
)

// eachPlace calls visit with each place of the best program until it returns
// false, and reports whether it never did. visit may replace the best program
// by one with other values, not with other verbs.
func (m *minimizer) eachPlace(visit func(place) bool) bool {
	for k := range keys {
		if keys[k].home.holds(m.best.Header.Target) && !visit(place{-1, k}) {
			return false
		}
	}
	for i := range m.best.Ops {
		operands := len(rows[m.best.Ops[i].Verb].Operands)
		for f := range numPlaces {
			if f >= operands && f < placeObj {
				continue
			}
			if !visit(place{i, f}) {
				return false
			}
		}
	}
	return true
}

func (p *Program) at(w place) uint32 {
	if w.op < 0 {
		return p.Header.Set[w.field]
	}
	switch o := &p.Ops[w.op]; w.field {
	case placeObj:
		return o.Obj
	case placeConn:
		return uint32(o.Conn)
	case placeAlloc:
		return uint32(o.Alloc)
	default:
		return o.Arg[w.field]
	}
}

func (p *Program) put(w place, v uint32) {
	if w.op < 0 {
		p.Header.Set[w.field] = v
		return
	}
	switch o := &p.Ops[w.op]; w.field {
	case placeObj:
		o.Obj = v
	case placeConn:
		o.Conn = uint8(v)
	case placeAlloc:
		o.Alloc = uint8(v)
	default:
		o.Arg[w.field] = v
	}
}

// describe returns the range, default and map of the values at w.
func (p *Program) describe(w place) Operand {
	if w.op < 0 {
		return keys[w.field]
	}
	r := &rows[p.Ops[w.op].Verb]
	switch w.field {
	case placeObj:
		lo, hi := r.Object.objRange()
		return Operand{Min: lo, Max: hi, Default: lo}
	case placeConn:
		return Operand{Max: MaxConn}
	case placeAlloc:
		return Operand{Max: MaxAlloc}
	}
	return r.Operands[w.field]
}

// tryValue tries v at w.
func (m *minimizer) tryValue(w place, v uint32) bool {
	m.reset().put(w, v)
	return m.try()
}

// shrinkValues makes every value as small as a quick search finds: its
// default, a value of its map, or by bisection of the distance to the default.
func (m *minimizer) shrinkValues() {
	m.eachPlace(func(w place) bool {
		d, v := m.best.describe(w), m.best.at(w)
		if v == d.Default || m.tryValue(w, d.Default) {
			return !m.stopped()
		}
		for _, c := range d.Map {
			if d.smaller(c, m.best.at(w)) {
				m.tryValue(w, c)
			}
		}
		m.bisect(w, d)
		return !m.stopped()
	})
}

// bisect looks for the value nearest to the default on the side where the
// value is, as if there were one limit below which the program is not kept.
func (m *minimizer) bisect(w place, d Operand) {
	v := m.best.at(w)
	for lo, hi := uint32(0), distance(v, d.Default); hi-lo > 1; {
		mid := lo + (hi-lo)/2
		c := d.Default + mid
		if v < d.Default {
			c = d.Default - mid
		}
		if m.tryValue(w, c) {
			hi = mid
		} else {
			lo = mid
		}
	}
}

// eachSmaller calls try with the values of d that are smaller than v, the
// smallest first, until it returns true. It reports whether it called try with
// all of them, or with a sample: those of the map, those near v or near the
// default, and those at a power of two from it.
func eachSmaller(d *Operand, v, exhaustive uint32, try func(uint32) bool) (all bool) {
	far := distance(v, d.Default)
	all = far <= exhaustive
	call := func(at uint32) bool { return tryBoth(d, v, at, try) }
	if all {
		for at := range far + 1 {
			if call(at) {
				return all
			}
		}
		return all
	}
	for at := uint32(0); at < sampleNear; at++ {
		if call(at) || call(far-at) {
			return all
		}
	}
	for at := uint32(sampleNear); at < far && at != 0; at *= 2 {
		if call(at) || call(far-at) {
			return all
		}
	}
	for _, c := range d.Map {
		if call(distance(c, d.Default)) {
			return all
		}
	}
	return all
}

// sampleNear is how near to the default, and to the value, a sample is dense.
const sampleNear = 256

// tryBoth calls try with the values at a distance from d's default that are
// smaller than v.
func tryBoth(d *Operand, v, at uint32, try func(uint32) bool) bool {
	if d.Default-d.Min >= at && d.smaller(d.Default-at, v) && try(d.Default-at) {
		return true
	}
	return at != 0 && d.Max-d.Default >= at && d.smaller(d.Default+at, v) && try(d.Default+at)
}
