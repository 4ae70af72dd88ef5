package program

import "math/bits"

// A Rand is a small generator of pseudo-random numbers, xoshiro256** seeded by
// splitmix64. Its sequence belongs to this package and does not change with Go
// versions. The zero Rand is not usable; a copy continues independently.
type Rand struct{ s [4]uint64 }

// NewRand returns the generator for seed.
func NewRand(seed uint64) *Rand {
	r := new(Rand)
	r.Seed(seed)
	return r
}

// Seed makes r the generator for seed.
func (r *Rand) Seed(seed uint64) {
	for i := range r.s {
		seed += 0x9e3779b97f4a7c15
		r.s[i] = mix(seed)
	}
}

// mix is the output function of splitmix64, a bijection.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Uint64 returns 64 random bits.
func (r *Rand) Uint64() uint64 {
	s := &r.s
	out := bits.RotateLeft64(s[1]*5, 7) * 9
	t := s[1] << 17
	s[2] ^= s[0]
	s[3] ^= s[1]
	s[1] ^= s[2]
	s[0] ^= s[3]
	s[2] ^= t
	s[3] = bits.RotateLeft64(s[3], 45)
	return out
}

// Intn returns a number of [0, n), and 0 if n is at most 1. The bias of about
// n/2^64 does not matter here.
func (r *Rand) Intn(n int) int {
	if n <= 1 {
		return 0
	}
	hi, _ := bits.Mul64(r.Uint64(), uint64(n))
	return int(hi)
}

// Chance is true once in n times.
func (r *Rand) Chance(n int) bool { return r.Intn(n) == 0 }

// Split returns a generator whose sequence does not overlap r's in practice:
// one for each lane of a search.
func (r *Rand) Split() *Rand { return NewRand(r.Uint64()) }
