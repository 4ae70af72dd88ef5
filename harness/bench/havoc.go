package bench

import (
	"slices"

	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
)

// havoc makes programs as a fuzzer of byte strings does: it mutates their
// bytes as AFL's havoc stage would, and knows neither where an op begins nor
// what its bytes choose. Which programs are kept and mutated is the hunt's
// business and the same as with a maker that knows the ops.
type havoc struct{ b, other []byte }

func newHavoc() hunt.Maker { return &havoc{} }

// record is the size of an op in bytes: the lengths that a fuzzer would learn
// from any sample.
const record = 8

// Generate makes random bytes of a random length.
func (m *havoc) Generate(r *program.Rand, dst *program.Program, lim program.Limits) {
	n := 1 + r.Intn(record*(2+maxOps(lim)))
	m.b = m.b[:0]
	for range n {
		m.b = append(m.b, byte(r.Uint64()))
	}
	m.decode(r, dst, lim)
}

// Mutate changes the bytes of p, and copies parts of those of other.
func (m *havoc) Mutate(r *program.Rand, p, other *program.Program, lim program.Limits) {
	if other == nil {
		other = p
	}
	m.b = program.AppendEncode(m.b[:0], p)
	m.other = program.AppendEncode(m.other[:0], other)
	for range 1 << (1 + r.Intn(4)) {
		m.edit(r)
	}
	m.decode(r, p, lim)
}

func maxOps(lim program.Limits) int {
	if lim.Ops <= 0 {
		return 64
	}
	return lim.Ops
}

// decode makes p the program of the bytes.
func (m *havoc) decode(r *program.Rand, p *program.Program, lim program.Limits) {
	program.DecodeInto(p, m.b)
	lim.SuitEra(r, &p.Header)
	p.Ops = p.Ops[:min(len(p.Ops), maxOps(lim))]
}

// edit is one of the usual changes to a byte string.
func (m *havoc) edit(r *program.Rand) {
	n := len(m.b)
	if n == 0 {
		m.b = append(m.b, byte(r.Uint64()))
		return
	}
	i := r.Intn(n)
	block := 1 + r.Intn(min(32, n-i))
	switch r.Intn(10) {
	case 0:
		m.b[i] ^= 1 << r.Intn(8)
	case 1:
		m.b[i] = byte(r.Uint64())
	case 2:
		m.b[i] += byte(1 + r.Intn(35))
	case 3:
		m.b[i] -= byte(1 + r.Intn(35))
	case 4:
		m.b[i] = [...]byte{0, 1, 16, 32, 64, 100, 127, 128, 255}[r.Intn(9)]
	case 5:
		m.b = slices.Delete(m.b, i, i+block)
	case 6:
		m.b = slices.Insert(m.b, r.Intn(n+1), slices.Clone(m.b[i:i+block])...)
	case 7:
		copy(m.b[r.Intn(n):], slices.Clone(m.b[i:i+block]))
	case 8:
		for j := range block {
			m.b[i+j] = byte(r.Uint64())
		}
	default:
		if len(m.other) > 0 {
			j := r.Intn(len(m.other))
			m.b = append(m.b[:i], m.other[j:]...)
		}
	}
}
