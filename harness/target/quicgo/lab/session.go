package lab

import (
	"context"
	"time"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// A Session plays one program, in a bubble of its own; see Play.
type Session struct {
	stack  Stack
	header program.Header
	net    *network
	conns  [target.MaxConns]*conn
	calls  []*call // those that have not returned, in order of their start
	op     int     // the op that is played
	begin  func(op int, o program.Op)
	before func(op int, call string)
	tape   *Tape // nil unless the run is recorded
	h      *target.History
	passed time.Duration // by the op that is played
	// last is the last API call before everything is closed, with its side.
	last    string
	closing bool
	rested  int // see Play
	qlog    func(conn int, side rfc9000.Side) writer
	fatal   func(*target.History)
	misuse  bool
}

// A conn is one connection with its two ends.
type conn struct {
	number int
	link   *link
	ref    *rfc9000.Conn
	hosts  [2]Host
	ends   [2]*end
	give   context.CancelFunc // gives the dial up
	// dialing: Dial has not returned.
	dialing bool
	// inFlight are the numbers of the packets that ask for an acknowledgement
	// and have none, by sender.
	inFlight [2][]int64
	log      [2]logbook
	gone     bool // the client's host went away
	failed   string
}

// An end is one side's view of a connection.
type end struct {
	conn    Conn
	streams []*stream // in the order in which they came
	byID    map[uint64]*stream
	opened  [2]int // streams opened here, by kind
	last    string // the last API call
	// lastOn is the last API call on a stream of each of the four types of RFC
	// 9000, 2.1.
	lastOn [4]string
}

// A stream is one side's view of a stream: what the API may still be asked.
type stream struct {
	Stream
	id   uint64
	last string // the last API call

	reading, writing    *call
	closed, cancelled   bool // Close, CancelWrite were called
	writeErr            bool // a Write failed for good
	aborted             bool // CancelRead was called
	readDone            bool // Read returned the end or an error for good
	handed, read        uint64
	readable, writeable bool // the stream has this half at this side
}

// sendDone reports whether nothing is left to end on the sending half.
func (s *stream) sendDone() bool { return !s.writeable || s.closed || s.cancelled || s.writeErr }

// recvDone reports the same of the receiving half.
func (s *stream) recvDone() bool { return !s.readable || s.aborted || s.readDone }

// done reports whether the application has ended the stream at this side.
func (s *stream) done() bool { return s.sendDone() && s.recvDone() }

// maxStreams bounds the streams granted: programs are to run out of them, and
// a run is to take a millisecond.
const maxStreams = 16

// granted returns the limits that a side grants, from the header.
func granted(h *program.Header, side rfc9000.Side) rfc9000.Limits {
	l := rfc9000.Limits{Data: uint64(h.Set[program.KeyRxData]), StreamData: uint64(h.Set[program.KeyRxMSD])}
	if side == rfc9000.Client {
		l = rfc9000.Limits{Data: uint64(h.Set[program.KeyMaxData]), StreamData: uint64(h.Set[program.KeyMSD])}
	}
	l.Data, l.StreamData = max(1, l.Data), max(1, l.StreamData)
	l.Streams = uint64(min(h.Set[program.KeyStreams], maxStreams))
	return l
}

// Granted returns the limits that each side grants on a program's header, and
// the idle timeout.
func Granted(h *program.Header) (limits [2]rfc9000.Limits, idle time.Duration) {
	for side := range limits {
		limits[side] = granted(h, rfc9000.Side(side))
	}
	return limits, timeout(h)
}

// idleOff stands for no idle timeout.
const idleOff = time.Hour

func (s *Session) idle() time.Duration {
	if !s.stack.Exact() {
		return idleOff
	}
	return timeout(&s.header)
}

func timeout(h *program.Header) time.Duration {
	if ms := h.Set[program.KeyClient]; ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return idleOff
}

// conn returns connection n, which need not be there yet: its link is.
func (s *Session) conn(n int) *conn {
	if s.conns[n] == nil {
		s.conns[n] = &conn{number: n, link: s.net.add()}
	}
	return s.conns[n]
}

// dialed reports whether c has hosts, and may have ends.
func (c *conn) dialed() bool { return c != nil && c.ref != nil }

// open makes the two hosts of connection n and dials.
func (s *Session) open(n int) program.Outcome {
	c := s.conn(n)
	if c.dialed() {
		return program.NotNow
	}
	s.script(c, "dial()")
	limits, _ := Granted(&s.header)
	c.ref = rfc9000.New(limits)
	for side := rfc9000.Server; side <= rfc9000.Server; side-- {
		o := Options{Server: side == rfc9000.Server, Granted: limits[side], Idle: s.idle(), Seen: func(p *Packet) { c.seen(side, p) }}
		if s.qlog != nil {
			o.Qlog = s.qlog(n, side)
		}
		h, err := s.stack.Host(c.link.hosts[side], o)
		if err != nil {
			c.failed = err.Error()
			return program.NotNow
		}
		c.hosts[side] = h
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.give, c.dialing = cancel, true
	s.start(&call{name: "Transport.Dial", c: c, side: rfc9000.Client, run: func(k *call) (int, error) {
		conn, err := c.hosts[rfc9000.Client].Dial(ctx, c.link.hosts[rfc9000.Server].LocalAddr())
		k.conn = conn
		return 0, err
	}})
	s.start(&call{name: "Listener.Accept", c: c, side: rfc9000.Server, run: func(k *call) (int, error) {
		conn, err := c.hosts[rfc9000.Server].Accept(context.Background())
		k.conn = conn
		return 0, err
	}})
	s.settleDown()
	return program.Done
}

// join makes the end of a connection that Dial or Accept returned.
func (s *Session) join(c *conn, side rfc9000.Side, conn Conn) {
	e := &end{conn: conn, byID: map[uint64]*stream{}}
	c.ends[side] = e
	s.receive(c, side, conn)
	for _, uni := range []bool{false, true} {
		name := "Conn.AcceptStream"
		if uni {
			name = "Conn.AcceptUniStream"
		}
		s.start(&call{name: name, c: c, side: side, run: func(k *call) (int, error) {
			for {
				st, err := conn.Accept(context.Background(), uni)
				if err != nil {
					return 0, err
				}
				k.accepted(st)
			}
		}})
	}
}

// receive takes datagrams as they come: those that nobody takes pile up.
func (s *Session) receive(c *conn, side rfc9000.Side, conn Conn) {
	s.start(&call{name: "Conn.ReceiveDatagram", c: c, side: side, run: func(*call) (int, error) {
		for {
			if _, err := conn.ReceiveDatagram(context.Background()); err != nil {
				return 0, err
			}
		}
	}})
}

// add adds a stream that a side has opened or accepted.
func (s *Session) add(c *conn, side rfc9000.Side, st Stream) *stream {
	id := st.ID()
	own := rfc9000.Initiator(id) == side
	x := &stream{Stream: st, id: id, readable: !own || !rfc9000.Uni(id), writeable: own || !rfc9000.Uni(id)}
	e := c.ends[side]
	e.streams, e.byID[id] = append(e.streams, x), x
	return x
}

// alive reports whether the end is there and its connection open.
func (e *end) alive() bool {
	if e == nil {
		return false
	}
	select {
	case <-e.conn.Done():
		return false
	default:
		return true
	}
}

// quiet is for how long no packet may have moved for a connection to be at
// rest: acknowledgements are delayed and packets paced, by less.
const quiet = 300 * time.Millisecond

// atRest reports whether nothing is on its way on c, nothing waits for an
// acknowledgement, and nothing waits for its turn.
func (c *conn) atRest() bool {
	return c.link.idle() && !c.link.fatal && time.Since(c.link.moved) >= quiet && len(c.inFlight[0]) == 0 && len(c.inFlight[1]) == 0
}

// over reports whether c is closed at both ends, or never was there.
func (c *conn) over() bool {
	return !c.dialed() || !c.dialing && !c.ends[0].alive() && !c.ends[1].alive()
}

// healthy reports whether both ends are open.
func (c *conn) healthy() bool {
	return c != nil && c.ends[0].alive() && c.ends[1].alive()
}
