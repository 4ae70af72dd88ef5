package mux

// A wire is what a run of bytes on a stream means to the application layer.
type wire uint8

// What bytes can be. The order is that of peer.stream's operand "kind".
const (
	wireData wire = iota
	wireHeaders
	wirePartial
	wireInvalid
	wireControl
	wireUnknown
	wireGoaway
	wireEmpty
	wireEncoder
	wireDecoder
)

// wireLen is the length of what the peer sends when the program gives none,
// bytes.
var wireLen = [...]uint64{
	wireData: 1003, wireHeaders: 21, wirePartial: 1, wireInvalid: 8, wireControl: 3, wireUnknown: 1,
	wireGoaway: 3, wireEmpty: 0, wireEncoder: 1, wireDecoder: 1,
}

// headMax is how much of a frame with a request head is head, with h3, bytes. A
// client that has the body at once sends it in the same frame.
const headMax = 64

// hqHeadersLen is the length of a request with hq, bytes.
const hqHeadersLen = 8

// A segment is a run of bytes of one meaning that the peer has sent.
type segment struct {
	from, to uint64 // stream offsets
	kind     wire
}

// A peerStream is the peer's side of a stream: how far it has sent, and what.
type peerStream struct {
	id   uint64
	next uint64 // offset of the peer's next byte
	fin  bool
	segs []segment

	finSent, finAcked bool   // for the audit: our FIN on the stream, acked since 3.0
	kept              uint64 // for the audit: bytes that the stream has accepted
}

// peerStream returns the peer's side of stream id.
func (c *connSlot) peerStream(id uint64) *peerStream {
	for i := range c.peer {
		if c.peer[i].id == id {
			return &c.peer[i]
		}
	}
	n := len(c.peer)
	if n < cap(c.peer) {
		c.peer = c.peer[:n+1] // with the segments' storage of an earlier run
	} else {
		c.peer = append(c.peer, peerStream{})
	}
	p := &c.peer[n]
	*p = peerStream{id: id, segs: p.segs[:0]}
	return p
}

// kept returns how many bytes of stream id have been accepted.
func (c *connSlot) kept(id uint64) uint64 {
	for i := range c.peer {
		if c.peer[i].id == id {
			return c.peer[i].kept
		}
	}
	return 0
}

// put records that the bytes up to end mean kind. A partial request head is
// completed by the bytes that follow it.
func (p *peerStream) put(end uint64, kind wire) {
	from := p.next
	if n := len(p.segs); n > 0 && p.segs[n-1].kind == wirePartial && (kind == wireHeaders || kind == wirePartial) {
		from = p.segs[n-1].from
		p.segs = p.segs[:n-1]
	}
	if end > from {
		p.segs = append(p.segs, segment{from, end, kind})
	}
	p.next = end
}

// at returns what stands at offset off of the stream, and how many bytes of it
// are left from there.
func (p *peerStream) at(off uint64) (wire, uint64) {
	for _, s := range p.segs {
		if s.from <= off && off < s.to {
			return s.kind, s.to - off
		}
	}
	return wireEmpty, 0
}

// wireAt tells the application layer what stands at an offset of a stream.
//
//lastwake:primitive
func (w *World) wireAt(qcc *QCC, id, off uint64) (wire, uint64) {
	return w.slotOf(qcc).peerStream(id).at(off)
}

// wireType tells the application layer the type of a peer's uni stream.
//
//lastwake:primitive
func (w *World) wireType(qcc *QCC, id uint64) wire {
	kind, _ := w.wireAt(qcc, id, 0)
	return kind
}

// slotOf finds the connection's slot.
//
//lastwake:primitive
func (w *World) slotOf(qcc *QCC) *connSlot { return &w.conns[qcc.Conn.QC.Index%maxConns] }

// noteFin keeps, for the audit, that a frame with our FIN was put in a packet or
// acknowledged.
//
//lastwake:primitive
func (w *World) noteFin(qc *QuicConn, frm *QuicFrame, acked bool) {
	noteEnd(w, qc, frm)
	if w.cfg.era < era30 || frm.Type&ftFinBit == 0 {
		return
	}
	p := w.conns[qc.Index%maxConns].peerStream(frm.Stream.ID)
	p.finAcked = p.finAcked || acked
}
