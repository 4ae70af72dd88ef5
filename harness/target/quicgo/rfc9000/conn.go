package rfc9000

import "fmt"

// Limits are what a side grants its peer in transport parameters, in bytes and
// streams; Streams holds for each kind by itself.
type Limits struct {
	Data, StreamData, Streams uint64
}

// A Breach is a contradiction.
type Breach struct {
	// Rule is the rule's name, such as "credit"; Section where the RFC has it.
	Rule, Section string
	// Side is who broke it, Kind the kind of stream, "-" for none.
	Side Side
	Kind string
	// Field is the state, frame or account that is wrong.
	Field string
	// Stream is the stream, -1 for none.
	Stream int64
	// Text says it in words, with numbers.
	Text string
}

// A Conn is what is known about a connection.
type Conn struct {
	granted  [2]Limits
	sides    [2]account
	streams  []*Stream
	index    map[uint64]*Stream
	breaches []Breach
	// forgotten is what streams that are forgotten have consumed, by the side
	// that received it.
	forgotten [2]uint64
}

// An account is a side's, as a sender and as an opener of streams.
type account struct {
	maxData uint64 // the greatest MAX_DATA that it received
	sent    uint64 // the sum of the greatest offsets of its streams
	// maxStreams and opened are indexed by kind: 0 bidi, 1 uni.
	maxStreams, opened [2]uint64
	// advertised is the greatest MAX_DATA that it sent.
	advertised uint64
}

// New returns a new connection. granted is indexed by the side that grants.
func New(granted [2]Limits) *Conn {
	c := &Conn{granted: granted, index: map[uint64]*Stream{}}
	for s := range c.sides {
		peer := granted[1-s]
		c.sides[s] = account{maxData: peer.Data, maxStreams: [2]uint64{peer.Streams, peer.Streams}, advertised: granted[s].Data}
	}
	return c
}

// Take returns the breaches since the last call.
func (c *Conn) Take() []Breach {
	bs := c.breaches
	c.breaches = nil
	return bs
}

// Streams returns the streams in the order in which they were first heard of.
func (c *Conn) Streams() []*Stream { return c.streams }

// Stream returns the stream with this id, nil if nobody has heard of it.
func (c *Conn) Stream(id uint64) *Stream { return c.index[id] }

// Forget drops what is known of each stream by itself: all have ended. The
// accounts stay.
func (c *Conn) Forget() {
	for side := range c.forgotten {
		c.forgotten[side] = c.consumed(Side(side))
	}
	c.streams = nil
	c.index = map[uint64]*Stream{}
}

func (c *Conn) stream(id uint64) *Stream {
	s := c.index[id]
	if s == nil {
		s = &Stream{ID: id}
		for d := range s.half {
			s.half[d].limit = c.granted[1-d].StreamData
		}
		c.index[id] = s
		c.streams = append(c.streams, s)
	}
	return s
}

func (c *Conn) breach(rule, section string, side Side, s *Stream, field, format string, args ...any) {
	b := Breach{Rule: rule, Section: section, Side: side, Kind: "-", Field: field, Stream: -1, Text: fmt.Sprintf(format, args...)}
	if s != nil {
		b.Kind, b.Stream = Kind(Uni(s.ID)), int64(s.ID)
	}
	c.breaches = append(c.breaches, b)
}

func kindOf(id uint64) int { return int(id >> 1 & 1) }

// Opened says that the API gave side the stream id, which it has opened.
func (c *Conn) Opened(side Side, id uint64) {
	s := c.stream(id)
	k, a := kindOf(id), &c.sides[side]
	a.opened[k]++
	if Initiator(id) != side || id>>2 != a.opened[k]-1 {
		c.breach("stream-id", "2.1", side, s, "id", "the %s's stream number %d of its kind has id %d", side, a.opened[k], id)
	}
	if a.opened[k] > a.maxStreams[k] {
		c.breach("stream-limit", "4.6", side, s, "MAX_STREAMS", "the %s opened %d streams, the peer allows %d", side, a.opened[k], a.maxStreams[k])
	}
}

// Refused says that the API refused to open a stream for want of credit.
func (c *Conn) Refused(side Side, uni bool) {
	a, k := &c.sides[side], 0
	if uni {
		k = 1
	}
	if a.opened[k] < a.maxStreams[k] {
		c.breach("stream-limit", "4.6", side, nil, "OpenStream", "the %s may not open stream %d, the peer allows %d", side, a.opened[k]+1, a.maxStreams[k])
	}
}

// Sent says that side has sent f.
func (c *Conn) Sent(side Side, f Frame) {
	switch f.Type {
	case MAX_DATA:
		c.sides[side].advertised = max(c.sides[side].advertised, f.Max)
	case STREAM, RESET_STREAM, STOP_SENDING, MAX_STREAM_DATA:
		c.sentOn(side, c.stream(f.Stream), f)
	}
}

// Received says that side has received f.
func (c *Conn) Received(side Side, f Frame) {
	a := &c.sides[side]
	switch f.Type {
	case MAX_DATA:
		a.maxData = max(a.maxData, f.Max)
	case MAX_STREAMS:
		k := 0
		if f.Uni {
			k = 1
		}
		a.maxStreams[k] = max(a.maxStreams[k], f.Max)
	case STREAM, RESET_STREAM, STOP_SENDING, MAX_STREAM_DATA:
		c.stream(f.Stream).received(side, f)
	}
}
