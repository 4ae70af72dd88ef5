package lab

import (
	"math/bits"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// digest is a number for the state of the session: what calls and frames have
// led to, with amounts as powers of two. The order in which streams came does
// not matter.
func (s *Session) digest() uint32 {
	d := uint64(len(s.calls))
	for _, c := range s.conns {
		if c == nil {
			continue
		}
		n := uint64(c.number + 1)
		for side, e := range c.ends {
			if e == nil {
				n = mix(n, 2)
				continue
			}
			if e.alive() {
				n = mix(n, 3)
			}
			var sum uint64
			for _, st := range e.streams {
				sum += st.digest(c, rfc9000.Side(side))
			}
			n = mix(n, sum)
		}
		n = mix(n, uint64(c.link.way[up].mode)|uint64(c.link.way[down].mode)<<2|uint64(bits.Len(uint(c.link.waiting())))<<4)
		d = mix(d, n)
	}
	return uint32(d ^ d>>32)
}

func (st *stream) digest(c *conn, side rfc9000.Side) uint64 {
	x := st.id & 3
	for i, b := range []bool{st.reading != nil, st.writing != nil, st.closed, st.cancelled, st.writeErr, st.aborted, st.readDone} {
		if b {
			x |= 4 << i
		}
	}
	h := c.ref.Stream(st.id)
	if h == nil {
		return mix(x, 1)
	}
	for sender := rfc9000.Client; sender <= rfc9000.Server; sender++ {
		f := h.Half(sender)
		if f == nil {
			continue
		}
		x = mix(x, uint64(bits.Len64(f.SentTo)/3)|uint64(bits.Len64(f.Contiguous())/3)<<8|uint64(bits.Len64(f.Read)/3)<<16)
		for i, b := range []bool{f.FinSent, f.ResetSent, f.Stopped, f.GotFin, f.GotReset, f.StopSent, c.ref.Credit(sender, st.id) == 0} {
			if b {
				x ^= 1 << (40 + i)
			}
		}
	}
	return mix(x, uint64(side))
}

func mix(a, b uint64) uint64 {
	a = (a ^ b) * 0x9e3779b97f4a7c15
	return a ^ a>>29
}
