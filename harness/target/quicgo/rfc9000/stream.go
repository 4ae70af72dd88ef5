package rfc9000

// A Stream is the two halves of a stream.
type Stream struct {
	ID   uint64
	half [2]Half
}

// Half returns the half on which s sends; nil if the stream has none.
func (s *Stream) Half(sender Side) *Half {
	if Uni(s.ID) && Initiator(s.ID) != sender {
		return nil
	}
	return &s.half[sender]
}

// A Half is one direction of a stream: a sending part at one side and a
// receiving part at the other (RFC 9000, figures 2 and 3).
type Half struct {
	// What the sender's application did.
	Written     uint64 // bytes that Write accepted
	Closed      bool   // Close
	Cancelled   bool   // CancelWrite, with CancelCode
	CancelCode  uint64
	WriteFailed bool // a Write said that the peer wants no more

	// What the sender's stack sent and received.
	SentTo    uint64 // the end of what was sent
	FinSent   bool
	ResetSent bool
	SentFinal uint64 // final size of FIN or RESET_STREAM
	SentCode  uint64
	Stopped   bool // STOP_SENDING arrived, with StopCode
	StopCode  uint64
	limit     uint64 // the greatest MAX_STREAM_DATA that arrived

	// What the receiver's stack received.
	got       []span // in order, neither touching nor overlapping
	gotFinal  bool   // by FIN or RESET_STREAM
	Final     uint64
	GotFin    bool
	GotReset  bool
	ResetCode uint64
	StopSent  bool // STOP_SENDING was sent

	// What the receiver's application did.
	Read       uint64
	ReadEnd    bool // Read returned io.EOF
	ReadReset  bool // Read returned the peer's reset
	Aborted    bool // CancelRead, with AbortCode
	AbortCode  uint64
	advertised uint64 // the greatest MAX_STREAM_DATA sent
}

type span struct{ from, to uint64 }

// Contiguous returns the end of the bytes that arrived without a gap.
func (h *Half) Contiguous() uint64 {
	if len(h.got) == 0 || h.got[0].from > 0 {
		return 0
	}
	return h.got[0].to
}

// Reached returns the greatest offset that arrived.
func (h *Half) Reached() uint64 {
	if n := len(h.got); n > 0 {
		return h.got[n-1].to
	}
	return 0
}

// add adds the bytes from from to to to what arrived.
func (h *Half) add(from, to uint64) {
	if from == to {
		return
	}
	i := 0
	for i < len(h.got) && h.got[i].to < from {
		i++
	}
	j := i
	for j < len(h.got) && h.got[j].from <= to {
		from, to = min(from, h.got[j].from), max(to, h.got[j].to)
		j++
	}
	if i == j {
		h.got = append(h.got, span{})
		copy(h.got[i+1:], h.got[i:])
	} else {
		h.got = append(h.got[:i+1], h.got[j:]...)
	}
	h.got[i] = span{from, to}
}

// Readable reports whether a Read must return at once: there are bytes, or the
// end, or an error.
func (h *Half) Readable() bool {
	return h.Aborted || h.GotReset || h.Contiguous() > h.Read || h.GotFin && h.Read == h.Final
}

// SenderDone reports whether the sender's application has ended the half.
func (h *Half) SenderDone() bool { return h.Closed || h.Cancelled || h.WriteFailed }

// ReceiverDone reports whether the receiver's application has ended the half.
func (h *Half) ReceiverDone() bool { return h.Aborted || h.ReadEnd || h.ReadReset }

// Ended reports whether both applications have ended all that there is of s.
func (s *Stream) Ended() bool {
	for side := range s.half {
		if h := s.Half(Side(side)); h != nil && !(h.SenderDone() && h.ReceiverDone()) {
			return false
		}
	}
	return true
}

// sentOn checks a frame of a stream against what was sent before.
func (c *Conn) sentOn(side Side, s *Stream, f Frame) {
	own, other := s.Half(side), s.Half(side.Peer())
	if f.Type == STREAM || f.Type == RESET_STREAM {
		if own == nil {
			c.breach("direction", "3", side, s, f.Type.String(), "the %s sent %s on a stream on which it cannot send", side, f)
			return
		}
		c.sentData(side, s, own, f)
		return
	}
	if other == nil {
		c.breach("direction", "3", side, s, f.Type.String(), "the %s sent %s on a stream on which it receives nothing", side, f)
		return
	}
	if f.Type == MAX_STREAM_DATA {
		other.advertised = max(other.advertised, f.Max)
		return
	}
	other.StopSent = true
}

func (c *Conn) sentData(side Side, s *Stream, h *Half, f Frame) {
	if f.Type == RESET_STREAM {
		if f.Final < h.SentTo {
			c.breach("final-size", "4.5", side, s, "RESET_STREAM", "final size %d, and %d bytes were sent", f.Final, h.SentTo)
		}
		c.final(side, s, h, f.Final)
		if h.ResetSent && f.Code != h.SentCode {
			c.breach("reset-code", "3.3", side, s, "RESET_STREAM", "code %d, then %d", h.SentCode, f.Code)
		}
		h.ResetSent, h.SentCode = true, f.Code
		c.spend(side, s, h, f.Final)
		return
	}
	if h.ResetSent {
		c.breach("after-reset", "3.1", side, s, "STREAM", "%s after RESET_STREAM", f)
	}
	if end := f.Offset + f.Length; end > h.SentTo {
		c.spend(side, s, h, end)
	}
	if f.Offset+f.Length > h.Written && !h.pendingWrite() {
		c.breach("data", "2.2", side, s, "STREAM", "%s, and the application wrote %d bytes", f, h.Written)
	}
	if f.Fin {
		c.final(side, s, h, f.Offset+f.Length)
		h.FinSent = true
	}
}

// pendingWrite reports whether Write may have handed over more than it has
// returned so far: it returns when all is sent.
func (h *Half) pendingWrite() bool { return !h.Closed && !h.Cancelled }

// final notes a final size, which never changes (RFC 9000, 4.5).
func (c *Conn) final(side Side, s *Stream, h *Half, size uint64) {
	if (h.FinSent || h.ResetSent) && size != h.SentFinal {
		c.breach("final-size", "4.5", side, s, "final size", "it was %d and is %d", h.SentFinal, size)
	}
	h.SentFinal = size
}

// spend takes credit for the bytes up to end.
func (c *Conn) spend(side Side, s *Stream, h *Half, end uint64) {
	if end <= h.SentTo {
		return
	}
	a := &c.sides[side]
	a.sent += end - h.SentTo
	h.SentTo = end
	if end > h.limit {
		c.breach("flow-control", "4.1", side, s, "MAX_STREAM_DATA", "%d bytes sent, %d allowed", end, h.limit)
	}
	if a.sent > a.maxData {
		c.breach("flow-control", "4.1", side, s, "MAX_DATA", "%d bytes sent on all streams, %d allowed", a.sent, a.maxData)
	}
}

// received notes a frame of a stream.
func (s *Stream) received(side Side, f Frame) {
	own, other := s.Half(side), s.Half(side.Peer())
	switch {
	case f.Type == STREAM && other != nil:
		other.add(f.Offset, f.Offset+f.Length)
		if f.Fin {
			other.gotFinal, other.GotFin, other.Final = true, true, f.Offset+f.Length
		}
	case f.Type == RESET_STREAM && other != nil:
		if !other.GotReset {
			other.ResetCode = f.Code
		}
		other.gotFinal, other.GotReset, other.Final = true, true, f.Final
	case f.Type == STOP_SENDING && own != nil && !own.Stopped:
		own.Stopped, own.StopCode = true, f.Code
	case f.Type == MAX_STREAM_DATA && own != nil:
		own.limit = max(own.limit, f.Max)
	}
}
