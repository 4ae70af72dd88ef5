package program

import "slices"

func changeObject(r *Rand, p, _ *Program, _ Limits) bool {
	o := randomOf(r, p.Ops)
	if o == nil {
		return false
	}
	old := *o
	switch k := rows[o.Verb].Object; {
	case k == ObjStream:
		o.Obj = p.randomStream(r, r.Chance(4))
	case k == ObjPacket || k == ObjPackets:
		lo, hi := k.objRange()
		o.Obj = fit(neighbour(r, o.Obj, objectMaps[k]), lo, hi)
	case k.hasConn():
		o.Conn = connMap[r.Intn(len(connMap))]
	}
	return *o != old
}

func neighbour(r *Rand, v uint32, m []uint32) uint32 {
	switch r.Intn(3) {
	case 0:
		return v + 1
	case 1:
		return v - 1
	}
	return pick(r, m)
}

// changeRunStream lets all ops of a run that act on one stream act on another.
func changeRunStream(r *Rand, p, _ *Program, _ Limits) bool {
	o := randomOf(r, p.Ops)
	if o == nil || !o.onStream() {
		return false
	}
	at, n := block(r, p.Ops, len(p.Ops))
	return renumber(p.Ops[at:at+n], o.Obj, p.randomStream(r, r.Chance(3)))
}

// renumber lets all ops on stream from act on stream to.
func renumber(ops []Op, from, to uint32) bool {
	changed := false
	for i := range ops {
		if ops[i].onStream() && ops[i].Obj == from && from != to {
			ops[i].Obj = to
			changed = true
		}
	}
	return changed
}

// repeatBlock plays a run of ops once more, directly behind it, with one of
// its streams replaced by another.
func repeatBlock(r *Rand, p, _ *Program, lim Limits) bool {
	room := lim.ops() - len(p.Ops)
	if len(p.Ops) == 0 || room <= 0 {
		return false
	}
	at, n := block(r, p.Ops, min(room, 16))
	p.Ops = slices.Insert(p.Ops, at+n, p.Ops[at:at+n]...)
	again := p.Ops[at+n : at+2*n]
	if o := randomOf(r, again); o.onStream() {
		renumber(again, o.Obj, p.randomStream(r, !r.Chance(3)))
	}
	return true
}

// echoOp plays an op on a stream once more, directly behind it, on another.
func echoOp(r *Rand, p, _ *Program, lim Limits) bool {
	if len(p.Ops) == 0 || len(p.Ops) >= lim.ops() {
		return false
	}
	i := r.Intn(len(p.Ops))
	if !p.Ops[i].onStream() {
		return false
	}
	o := p.Ops[i]
	if o.Obj = p.randomStream(r, r.Chance(3)); o == p.Ops[i] {
		return false
	}
	p.Ops = slices.Insert(p.Ops, i+1, o)
	return true
}

// mirrorStream lets one more stream live the life of another: behind each op
// on that one comes the same op on the new one, as far as there is room. Both
// are in the same state then, and in the same lists.
func mirrorStream(r *Rand, p, _ *Program, lim Limits) bool {
	o := randomOf(r, p.Ops)
	if o == nil || !o.onStream() {
		return false
	}
	from, to, again := o.Obj, p.nextStream(), 0
	if from&3 != 0 {
		to = from ^ 4
	}
	for i := 0; i < len(p.Ops) && len(p.Ops) < lim.ops(); i++ {
		if o := p.Ops[i]; o.onStream() && o.Obj == from && from != to {
			o.Obj = to
			p.Ops = slices.Insert(p.Ops, i+1, o)
			i++
			again++
		}
	}
	return again > 0
}

// insertBlock copies a run of ops of other to any place of p.
func insertBlock(r *Rand, p, other *Program, lim Limits) bool {
	room := lim.ops() - len(p.Ops)
	if len(other.Ops) == 0 || room <= 0 {
		return false
	}
	at, n := block(r, other.Ops, min(room, 16))
	p.Ops = slices.Insert(p.Ops, r.Intn(len(p.Ops)+1), other.Ops[at:at+n]...)
	return true
}

// spliceTail replaces the end of p by an end of other, and sometimes the
// header by other's.
func spliceTail(r *Rand, p, other *Program, lim Limits) bool {
	if len(other.Ops) == 0 || other == p {
		return false
	}
	i := r.Intn(len(p.Ops) + 1)
	tail := other.Ops[r.Intn(len(other.Ops)):]
	p.Ops = append(p.Ops[:i], tail[:min(len(tail), max(0, lim.ops()-i))]...)
	if r.Chance(4) {
		p.Header.Set = other.Header.Set
	}
	return true
}

func changeKey(r *Rand, p, _ *Program, _ Limits) bool {
	k := r.Intn(len(keys))
	if !keys[k].home.holds(p.Header.Target) || keys[k].home == atBack && !p.Header.canBack() {
		return false
	}
	if r.Chance(4) {
		changed := p.Header.Set[k] != keys[k].Default
		p.Header.Set[k] = keys[k].Default
		return changed
	}
	if r.Chance(2) {
		old := p.Header.Set[k]
		p.Header.Set[k] = p.randomKey(r, &keys[k])
		return p.Header.Set[k] != old
	}
	return p.changeValue(r, &keys[k], &p.Header.Set[k])
}

func changeAlloc(r *Rand, p, _ *Program, _ Limits) bool {
	o := randomOf(r, p.Ops)
	switch {
	case o == nil:
		return false
	case o.Alloc != 0 && r.Chance(2):
		o.Alloc = 0
	default:
		o.Alloc = failing(r)
	}
	return true
}
