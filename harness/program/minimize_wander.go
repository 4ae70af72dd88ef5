package program

// wanderOps is how long a program must be to be wandered from, wanderTries how
// many mutations are made around it by default, and wanderKept from how many of
// those that keep accepts the way goes on. Once there are so many, only one of wanderRare
// that are no shorter is asked about: to be accepted costs the most.
const (
	wanderOps   = 5
	wanderTries = 40_000
	wanderKept  = 64
	wanderRare  = 16
)

// wander looks for fewer ops by chance: each step is a mutation, to a program of
// at most one op more than the best that keep accepts too. It is for what the
// other passes leave, several ops that only go when several others are exchanged
// at once. The era stays, as in trade. The same program takes the same steps.
func (m *minimizer) wander() {
	if len(m.best.Ops) < wanderOps || m.opts.Budget > 0 && m.opts.Budget < 2*m.opts.Wander {
		return
	}
	h := m.best.Hash()
	r := NewRand(h[0] ^ h[1])
	lim := Limits{Ops: len(m.best.Ops) + 1, Eras: 1 << m.best.Header.Set[KeyEra]}
	kept := []*Program{m.best.Clone()}
	for range m.opts.Wander {
		if m.spentHalf() {
			return
		}
		c := m.reset()
		c.CopyFrom(kept[r.Intn(len(kept))])
		Mutate(r, c, kept[r.Intn(len(kept))], lim)
		m.forget()
		switch {
		case len(c.Ops) < len(m.best.Ops):
			if m.try() {
				return
			}
		case len(kept) == wanderKept && !r.Chance(wanderRare) || !m.test(c):
		case len(kept) < wanderKept:
			kept = append(kept, c.Clone())
		default:
			kept[r.Intn(len(kept))].CopyFrom(c)
		}
	}
}

// forget says that the candidate's ops are none of those of the program given:
// what its notes say is not true of them.
func (m *minimizer) forget() {
	m.candFrom = m.candFrom[:0]
	for range m.cand.Ops {
		m.candFrom = append(m.candFrom, -1)
	}
}
