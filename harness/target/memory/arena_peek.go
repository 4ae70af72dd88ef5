package memory

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// Base implements target.Shipper.
func (s *Session) Base() uint64 { return uint64(s.w.Arena().Base()) }

// Peek implements target.Shipper.
func (s *Session) Peek(addr uint64) uint64 {
	a := s.w.Arena()
	at := a.Base() + uintptr(addr)
	next, _ := a.Link(*(*unsafe.Pointer)(unsafe.Pointer(&at)))
	return uint64(next + a.Base())
}

// Object implements target.Shipper.
func (s *Session) Object(seq int) (target.Life, bool) {
	var l target.Life
	found := false
	s.eachChunk(func(c shadow.Chunk) bool {
		if found = int(c.Seq) == seq; found {
			l = s.life(c)
		}
		return !found
	})
	return l, found
}

// eachChunk calls f for the chunks, live and dead, by address.
func (s *Session) eachChunk(f func(shadow.Chunk) bool) {
	const start, step, far = 4096, 16, 64 << 10
	a := s.w.Arena()
	for off, last := uintptr(start), uintptr(start); off < last+far && off < shadow.Size; off += step {
		p := a.Describe(a.Base() + off)
		if p.Where != "inside" || p.Chunk.Home == shadow.Data {
			continue
		}
		if !f(p.Chunk) {
			return
		}
		last = p.Chunk.Addr - a.Base() + p.Chunk.Size
		off = last - step + (step-last%step)%step
	}
}
