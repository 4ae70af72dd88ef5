package program

import "math/bits"

// Where a program that reads numbers goes wrong is at the ends of their range,
// at the sizes of memory, and where a number meets a limit that was agreed on
// before: so these are drawn more often than their share.

// The odds, once in so many times, of a value that is at a boundary or
// anywhere in the range, and not one of the map.
const (
	oddsValue = 6 // an operand of an op
	oddsLimit = 3 // a key of the header that is not the default
)

// randomValue returns a value of d, an operand of an op of p.
func (p *Program) randomValue(r *Rand, d *Operand) uint32 {
	if d.Kind != Uint || !r.Chance(oddsValue) {
		return pick(r, d.Map)
	}
	return p.unusual(r, d)
}

// randomKey returns a value of d, a key of the header of p.
func (p *Program) randomKey(r *Rand, d *Operand) uint32 {
	if d.Kind != Uint || !r.Chance(oddsLimit) {
		return pick(r, d.Map)
	}
	return p.unusual(r, d)
}

// unusual returns an end of the range of d, a power of two, a limit that the
// header of p names in the same unit, a value of the map, or the neighbour of
// one of these; or any value, small ones as often as large ones.
func (p *Program) unusual(r *Rand, d *Operand) uint32 {
	v := uint32(0)
	switch r.Intn(10) {
	case 0, 1, 2:
		return d.Min
	case 3:
		v = d.Max
	case 4:
		v = pick(r, d.Map)
	case 5:
		v = 1 << r.Intn(bits.Len32(d.Max))
	case 6, 7:
		v = p.limit(r, d)
	default:
		n := uint(r.Intn(1 + bits.Len32(d.Max)))
		return d.clamp(uint32(r.Uint64()) & (1<<n - 1))
	}
	switch r.Intn(4) {
	case 0:
		v++
	case 1:
		v -= min(v, 1)
	}
	return d.clamp(v)
}

// limit returns a value of the header of p that is counted in the unit of d,
// the default of d if there is none.
func (p *Program) limit(r *Rand, d *Operand) uint32 {
	for range 8 {
		if k := r.Intn(len(keys)); keys[k].Kind == Uint && keys[k].Unit == d.Unit && keys[k].home.holds(p.Header.Target) {
			return p.Header.Set[k]
		}
	}
	return d.Default
}

func (d *Operand) clamp(v uint32) uint32 { return min(max(v, d.Min), d.Max) }
