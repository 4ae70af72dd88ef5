package program

// Hash returns a digest of what bytes carry of p: its keys and its ops. Equal
// digests mean equal programs for every practical purpose.
func (p *Program) Hash() [2]uint64 {
	h := [2]uint64{uint64(len(p.Ops)), ^uint64(len(p.Ops))}
	for k := 0; k < NumKeys; k += 2 {
		h = absorb(h, uint64(p.Header.Set[k])|uint64(p.Header.Set[k+1])<<32)
	}
	for i := range p.Ops {
		o := &p.Ops[i]
		h = absorb(h, uint64(o.Verb)|uint64(o.Conn)<<8|uint64(o.Alloc)<<16|uint64(o.Obj)<<32)
		h = absorb(h, uint64(o.Arg[0])|uint64(o.Arg[1])<<32)
		h = absorb(h, uint64(o.Arg[2])|uint64(o.Arg[3])<<32)
		h = absorb(h, uint64(o.Arg[4]))
	}
	return h
}

func absorb(h [2]uint64, w uint64) [2]uint64 {
	return [2]uint64{mix(h[0] ^ w), mix(h[1] + w*0x9e3779b97f4a7c15)}
}
