package player

// Fuzz plays an input for an engine that calls one function, such as go-fuzz:
// it panics for a finding that no known crash excuses, and returns 1 for an
// input that is worth more mutations, one with ops.
func (p *Player) Fuzz(data []byte) int {
	f, excuse, err := p.Play(data)
	if err != nil {
		panic(err)
	}
	if f != nil && excuse == nil {
		small, keep, err := p.shrunk(f)
		if err != nil {
			panic(err)
		}
		c, err := keep.Crash(small, "-")
		if err != nil {
			panic(err)
		}
		panic(c.Report)
	}
	if len(p.prog.Ops) > 0 {
		return 1
	}
	return 0
}
