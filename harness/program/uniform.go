package program

// Uniform makes dst a program of random ops for the target that it names, in
// the memory that dst has where it suffices: every verb that the target plays
// is as likely as any other, and so is every value of a map. It is the
// baseline that searches are compared with: it knows the table, and no more.
func Uniform(r *Rand, dst *Program, lim Limits) {
	for k := range keys {
		if keys[k].home.holds(dst.Header.Target) {
			dst.Header.Set[k] = pick(r, keys[k].Map)
		}
	}
	lim.drawEra(r, &dst.Header)
	lim.suitSide(&dst.Header)
	verbs := make([]Verb, 0, NumVerbs)
	for v := Verb(1); v < NumVerbs; v++ {
		if lim.plays(&rows[v], &dst.Header) {
			verbs = append(verbs, v)
		}
	}
	dst.Notes, dst.Ops = dst.Notes[:0], dst.Ops[:0]
	for range 1 + r.Intn(lim.ops()) {
		dst.Ops = append(dst.Ops, uniformOp(r, verbs[r.Intn(len(verbs))]))
	}
}

func uniformOp(r *Rand, v Verb) Op {
	row := &rows[v]
	o := Op{Verb: v, Alloc: allocMap[r.Intn(len(allocMap))], Obj: pick(r, objectMaps[row.Object])}
	if row.Object.hasConn() {
		o.Conn = connMap[r.Intn(len(connMap))]
	}
	for i := range row.Operands {
		o.Arg[i] = pick(r, row.Operands[i].Map)
	}
	return o
}

// Choices returns the objects that a byte can name for a verb whose row has
// an object of kind k, the connections where it has one, and the allocations
// that may fail: what a generator outside of this package chooses from. Some
// are there several times.
func (k ObjectKind) Choices() (objects []uint32, conns, allocs []uint8) {
	conns = []uint8{0}
	if k.hasConn() {
		conns = connMap[:]
	}
	return append([]uint32(nil), objectMaps[k]...), append([]uint8(nil), conns...), append([]uint8(nil), allocMap[:]...)
}
