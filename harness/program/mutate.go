package program

import "slices"

// An edit changes p in place. It reports whether it could be applied. other is
// another program of the same search, or p itself.
type edit func(r *Rand, p, other *Program, lim Limits) bool

// edits are what Mutate chooses from, with their weights.
var edits = [...]struct {
	weight int
	apply  edit
}{
	{16, insertOp},
	{10, deleteOp},
	{4, deleteBlock},
	{6, duplicateOp},
	{6, moveOp},
	{6, swapOps},
	{12, changeOperand},
	{6, toggleFlag},
	{6, changeObject},
	{4, changeRunStream},
	{5, repeatBlock},
	{5, insertBlock},
	{3, spliceTail},
	{8, changeKey},
	{3, changeAlloc},
	{4, echoOp},
	{4, mirrorStream},
}

const editWeights = 16 + 10 + 4 + 6 + 6 + 6 + 12 + 6 + 6 + 4 + 5 + 5 + 3 + 8 + 3 + 4 + 4

// Mutate changes p in place by one to a few edits, in the memory that p has
// where it suffices. Parts of other, a program for the same target, may be
// copied into p; other may be p or nil. The notes of p are dropped, its faults
// stay. Mutate knows the op table and nothing about faults.
func Mutate(r *Rand, p, other *Program, lim Limits) {
	if other == nil {
		other = p
	}
	p.Notes = p.Notes[:0]
	for n, tries := 1+burst(r), 0; n > 0 && tries < 64; tries++ {
		if randomEdit(r)(r, p, other, lim) {
			n--
		}
	}
	lim.SuitEra(r, &p.Header)
	if len(p.Ops) > lim.ops() {
		p.Ops = p.Ops[:lim.ops()]
	}
}

// burst returns how many edits follow the first: none half of the time, one a
// quarter of the time, and so on.
func burst(r *Rand) int {
	n := 0
	for n < 7 && r.Chance(2) {
		n++
	}
	return n
}

func randomEdit(r *Rand) edit {
	n := r.Intn(editWeights)
	for i := range edits {
		if n -= edits[i].weight; n < 0 {
			return edits[i].apply
		}
	}
	return insertOp
}

func insertOp(r *Rand, p, _ *Program, lim Limits) bool {
	if len(p.Ops) >= lim.ops() {
		return false
	}
	i := r.Intn(len(p.Ops) + 1)
	p.Ops = slices.Insert(p.Ops, i, Op{Verb: TimePass})
	p.randomOp(r, i, len(p.Ops), lim, usual)
	return true
}

func deleteOp(r *Rand, p, _ *Program, _ Limits) bool {
	if len(p.Ops) == 0 {
		return false
	}
	i := r.Intn(len(p.Ops))
	p.Ops = slices.Delete(p.Ops, i, i+1)
	return true
}

func deleteBlock(r *Rand, p, _ *Program, _ Limits) bool {
	if len(p.Ops) < 3 {
		return false
	}
	i, n := block(r, p.Ops, len(p.Ops)/2)
	p.Ops = slices.Delete(p.Ops, i, i+n)
	return true
}

// block chooses a run of at most most ops, and at least one.
func block(r *Rand, ops []Op, most int) (at, n int) {
	n = 1 + r.Intn(min(most, len(ops)))
	return r.Intn(len(ops) - n + 1), n
}

func duplicateOp(r *Rand, p, _ *Program, lim Limits) bool {
	if len(p.Ops) == 0 || len(p.Ops) >= lim.ops() {
		return false
	}
	o := p.Ops[r.Intn(len(p.Ops))]
	p.Ops = slices.Insert(p.Ops, r.Intn(len(p.Ops)+1), o)
	return true
}

func moveOp(r *Rand, p, _ *Program, _ Limits) bool {
	if len(p.Ops) < 2 {
		return false
	}
	i := r.Intn(len(p.Ops))
	o := p.Ops[i]
	p.Ops = slices.Delete(p.Ops, i, i+1)
	p.Ops = slices.Insert(p.Ops, r.Intn(len(p.Ops)+1), o)
	return true
}

func swapOps(r *Rand, p, _ *Program, _ Limits) bool {
	if len(p.Ops) < 2 {
		return false
	}
	i, j := r.Intn(len(p.Ops)), r.Intn(len(p.Ops)-1)
	if j >= i {
		j++
	}
	p.Ops[i], p.Ops[j] = p.Ops[j], p.Ops[i]
	return true
}

func changeOperand(r *Rand, p, _ *Program, _ Limits) bool {
	o := randomOf(r, p.Ops)
	if o == nil || len(rows[o.Verb].Operands) == 0 {
		return false
	}
	i := r.Intn(len(rows[o.Verb].Operands))
	return p.changeValue(r, &rows[o.Verb].Operands[i], &o.Arg[i])
}

// changeValue gives *v another value of d: of the map, or a near one, or its
// half or double.
func (p *Program) changeValue(r *Rand, d *Operand, v *uint32) bool {
	old := *v
	switch n := r.Intn(8); {
	case d.Kind == Flag:
		*v ^= 1
	case d.Kind == Enum || n < 4:
		*v = p.randomValue(r, d)
	case n == 4:
		*v = old + min(d.Max-old, 1+uint32(r.Intn(16)))
	case n == 5:
		*v = old - min(old-d.Min, 1+uint32(r.Intn(16)))
	case n == 6:
		*v = max(old/2, d.Min)
	default:
		*v = old + min(d.Max-old, old)
	}
	return *v != old
}

func toggleFlag(r *Rand, p, _ *Program, _ Limits) bool {
	o := randomOf(r, p.Ops)
	if o == nil {
		return false
	}
	operands := rows[o.Verb].Operands
	for range operands {
		if i := r.Intn(len(operands)); operands[i].Kind == Flag {
			o.Arg[i] ^= 1
			return true
		}
	}
	return false
}

// randomOf returns one of ops, or nil if there is none.
func randomOf(r *Rand, ops []Op) *Op {
	if len(ops) == 0 {
		return nil
	}
	return &ops[r.Intn(len(ops))]
}
