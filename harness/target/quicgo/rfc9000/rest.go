package rfc9000

import "fmt"

// A Snapshot is what a half has come to, once nothing is on its way.
type Snapshot struct {
	Stream uint64
	Sender string
	// Send and Recv are states of figures 2 and 3 of RFC 9000.
	Send, Recv string
	// SentFinal and Final are the final sizes as sent and as received.
	SentFinal, Final uint64
	// Code is the code of RESET_STREAM, -1 for none.
	Code int64
}

// Terminal states.
const (
	dataRecvd  = "Data Recvd"
	dataRead   = "Data Read"
	resetRecvd = "Reset Recvd"
	resetRead  = "Reset Read"
)

// Observed is what the frames and the results of calls show.
func (s *Stream) Observed(sender Side) Snapshot {
	h := s.Half(sender)
	o := Snapshot{Stream: s.ID, Sender: sender.String(), Send: "Send", Recv: "Recv", SentFinal: h.SentFinal, Final: h.Final, Code: -1}
	switch {
	case h.ResetSent:
		o.Send, o.Code = resetRecvd, int64(h.SentCode)
	case h.FinSent:
		o.Send = dataRecvd
	}
	switch {
	case h.ReadEnd:
		o.Recv = dataRead
	case h.ReadReset:
		o.Recv = resetRead
	case h.GotReset:
		o.Recv = resetRecvd
	case h.GotFin && h.Contiguous() == h.Final:
		o.Recv = dataRecvd
	case h.GotFin:
		o.Recv = "Size Known"
	}
	return o
}

// Expected is what the calls on a half that both sides have ended lead to.
// Where the RFC leaves it open what comes first, the half's end or the reset,
// it follows what was observed.
func (s *Stream) Expected(sender Side) Snapshot {
	h, o := s.Half(sender), s.Observed(sender)
	e := Snapshot{Stream: s.ID, Sender: o.Sender, Send: dataRecvd, Recv: o.Recv, SentFinal: h.Written, Final: h.Written, Code: -1}
	if mayReset := h.Cancelled || h.Stopped; mayReset && (o.Send == resetRecvd || !h.Closed) {
		e.Send, e.SentFinal, e.Final, e.Code = resetRecvd, min(o.SentFinal, h.wrote()), min(o.SentFinal, h.wrote()), int64(h.resetCode(o.Code))
	}
	switch {
	case o.Recv == dataRead || o.Recv == resetRead:
	case e.Send == dataRecvd && !h.Aborted:
		e.Recv = dataRecvd
	case e.Send == dataRecvd: // who no longer reads need not have it all
		e.Recv = o.Recv
	case o.Recv != dataRecvd: // all may have arrived ahead of the reset (3.2)
		e.Recv = resetRecvd
	}
	if e.Recv == o.Recv && e.Send == resetRecvd && (o.Recv == dataRead || o.Recv == dataRecvd) {
		e.Final = o.Final
	}
	return e
}

// wrote is the most that the sender may have sent: a Write that was cut short
// returns less than it had handed over.
func (h *Half) wrote() uint64 { return max(h.Written, h.SentTo) }

// resetCode is the code of the application that reset first: the sender's, or
// the receiver's, which the sender's stack copies (3.5).
func (h *Half) resetCode(observed int64) uint64 {
	if h.Stopped && observed == int64(h.StopCode) || !h.Cancelled {
		return h.StopCode
	}
	return h.CancelCode
}

// A Difference is a half whose state is not the expected one.
type Difference struct {
	Stream         *Stream
	Sender         Side
	Want, Observed Snapshot
}

// Field is the first field in which they differ, and the side it is seen at.
func (d *Difference) Field() (string, Side) {
	switch {
	case d.Want.Send != d.Observed.Send:
		return d.Observed.Send, d.Sender
	case d.Want.SentFinal != d.Observed.SentFinal:
		return "final size", d.Sender
	case d.Want.Code != d.Observed.Code:
		return "error code", d.Sender
	case d.Want.Recv != d.Observed.Recv:
		return d.Observed.Recv, d.Sender.Peer()
	}
	return "final size", d.Sender.Peer()
}

// Differences returns the halves of ended streams that are not in the expected
// state. It means something at rest only.
func (c *Conn) Differences() []Difference {
	var ds []Difference
	for _, s := range c.streams {
		if !s.Ended() {
			continue
		}
		for side := Client; side <= Server; side++ {
			if s.Half(side) == nil {
				continue
			}
			if want, got := s.Expected(side), s.Observed(side); want != got {
				ds = append(ds, Difference{s, side, want, got})
			}
		}
	}
	return ds
}

// Rest checks the accounts of a connection on which nothing is on its way,
// nothing waits for an acknowledgement, and whose streams have all ended.
func (c *Conn) Rest() {
	for side := Client; side <= Server; side++ {
		for k := range c.sides[side].opened {
			c.credit(side, k)
		}
		c.window(side)
	}
}

// credit checks that an opener has its credit back: a stream that has ended
// does not count (RFC 9000, 4.6; that every ended stream gives its credit back
// is what the API promises).
func (c *Conn) credit(opener Side, kind int) {
	a := &c.sides[opener]
	want, got := c.granted[opener.Peer()].Streams, a.maxStreams[kind]-a.opened[kind]
	if a.opened[kind] > 0 && got != want {
		c.breaches = append(c.breaches, Breach{Rule: "stream-credit", Section: "4.6", Side: opener.Peer(), Kind: Kind(kind == 1), Field: "MAX_STREAMS",
			Stream: -1, Text: fmt.Sprintf("all streams have ended: the %s opened %d and may open %d more, granted were %d", opener, a.opened[kind], got, want)})
	}
}

// window checks that a receiver gave back credit for what it consumed. The RFC
// does not say when; three quarters of the window is what quic-go promises.
func (c *Conn) window(receiver Side) {
	consumed := c.consumed(receiver)
	window, advertised := c.granted[receiver].Data, c.sides[receiver].advertised
	if left := advertised - min(advertised, consumed); left < window/4*3 {
		c.breach("window", "4.2", receiver, nil, "MAX_DATA", "%d bytes are consumed and %d allowed: %d are left of a window of %d", consumed, advertised, left, window)
	}
}

// consumed is what a receiver has had of its connection window, on all streams.
func (c *Conn) consumed(receiver Side) uint64 {
	sum := c.forgotten[receiver]
	for _, s := range c.streams {
		if h := s.Half(receiver.Peer()); h != nil {
			sum += max(h.Final, h.Reached())
		}
	}
	return sum
}
