package rfc9000

// Wrote says that side's Write returned n bytes.
func (c *Conn) Wrote(side Side, id, n uint64) {
	if h := c.stream(id).Half(side); h != nil {
		h.Written += n
	}
}

// WriteStopped says that side's Write failed because the peer had asked to
// stop, with this code.
func (c *Conn) WriteStopped(side Side, id, code uint64) {
	s := c.stream(id)
	h := s.Half(side)
	if h == nil {
		return
	}
	h.WriteFailed = true
	if !h.Stopped || h.StopCode != code {
		c.breach("write-error", "3.5", side, s, "Write", "Write fails with the peer's code %d, and no such STOP_SENDING arrived", code)
	}
}

// CloseWrite says that side closed its half.
func (c *Conn) CloseWrite(side Side, id uint64) {
	if h := c.stream(id).Half(side); h != nil {
		h.Closed = true
	}
}

// CancelWrite says that side reset its half.
func (c *Conn) CancelWrite(side Side, id, code uint64) {
	if h := c.stream(id).Half(side); h != nil {
		h.Cancelled, h.CancelCode = true, code
	}
}

// CancelRead says that side gave up reading.
func (c *Conn) CancelRead(side Side, id, code uint64) {
	if h := c.stream(id).Half(side.Peer()); h != nil {
		h.Aborted, h.AbortCode = true, code
	}
}

// Read says that side's Read returned n bytes, and the end of the stream with
// end. valid tells whether they are the bytes that were written there.
func (c *Conn) Read(side Side, id, n uint64, end, valid bool) {
	s := c.stream(id)
	h := s.Half(side.Peer())
	if h == nil {
		return
	}
	if !valid {
		c.breach("data", "2.2", side, s, "Read", "%d bytes read at %d are not those that were written", n, h.Read)
	}
	h.Read += n
	if h.Read > h.Contiguous() {
		c.breach("data", "2.2", side, s, "Read", "%d bytes read, %d arrived", h.Read, h.Contiguous())
	}
	if end {
		h.ReadEnd = true
		if !h.GotFin || h.Read != h.Final {
			c.breach("final-size", "4.5", side, s, "Read", "the end after %d bytes; fin arrived: %t, final size %d", h.Read, h.GotFin, h.Final)
		}
	}
}

// ReadReset says that side's Read failed with the peer's reset.
func (c *Conn) ReadReset(side Side, id, code uint64) {
	s := c.stream(id)
	h := s.Half(side.Peer())
	if h == nil {
		return
	}
	h.ReadReset = true
	if !h.GotReset || h.ResetCode != code {
		c.breach("read-error", "3.2", side, s, "Read", "Read fails with the peer's code %d, and no such RESET_STREAM arrived", code)
	}
}

// Stuck says that a call of side has not returned though it must: field is
// what it waits for, section where the RFC says that it need not.
func (c *Conn) Stuck(side Side, id int64, uni bool, field, text string) {
	b := Breach{Rule: "blocked-call", Section: "3", Side: side, Kind: Kind(uni), Field: field, Stream: id, Text: text}
	if id < 0 {
		b.Kind = "-"
	}
	c.breaches = append(c.breaches, b)
}

// Credit is how many more bytes side may send on a stream.
func (c *Conn) Credit(side Side, id uint64) uint64 {
	h, a := c.stream(id).Half(side), &c.sides[side]
	return min(h.limit-min(h.limit, h.SentTo), a.maxData-min(a.maxData, a.sent))
}
