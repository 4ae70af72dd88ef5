package lab

import (
	"cmp"
	"sync"
	"time"

	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// A call is an API call that may block. It runs in a goroutine of its own; the
// driver looks at it when everybody rests.
type call struct {
	name string
	c    *conn
	side rfc9000.Side
	st   *stream // nil for a call on the connection
	run  func(*call) (int, error)

	buf  []byte
	n    int
	err  error
	conn Conn // what Dial and Accept returned
	op   int  // in which it was started

	mu      sync.Mutex
	streams []Stream // what Accept has returned so far
	done    bool     // n, err and conn are set
}

// finish notes that k has returned.
func (k *call) finish() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.done = true
}

// look reports whether k has returned, and takes what Accept has returned.
func (k *call) look() (done bool, streams []Stream) {
	k.mu.Lock()
	defer k.mu.Unlock()
	streams, k.streams = k.streams, nil
	return k.done, streams
}

// accepted adds a stream to what Accept has returned.
func (k *call) accepted(st Stream) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.streams = append(k.streams, st)
}

// start starts k.
func (s *Session) start(k *call) {
	k.op = s.op
	s.note(k.c, k.side, k.st, k.name)
	s.calls = append(s.calls, k)
	go func() {
		k.n, k.err = k.run(k)
		k.finish()
	}()
}

// note remembers the last API call, of a side and of a stream.
func (s *Session) note(c *conn, side rfc9000.Side, st *stream, name string) {
	if e := c.ends[side]; e != nil {
		e.last = name
		if st != nil {
			st.last, e.lastOn[st.id&3] = name, name
		}
	}
	call := side.String() + " " + name
	if !s.closing {
		s.last = call
	}
	if s.before != nil {
		s.before(s.op, call)
	}
}

// do plays a call that must not block, beside the others all the same: if it
// does block, the driver does not. Two calls with nothing moved between them
// would make a stack choose by chance which frame goes first.
func (s *Session) do(c *conn, side rfc9000.Side, st *stream, name string, f func() error) {
	s.start(&call{name: name, c: c, side: side, st: st, run: func(*call) (int, error) { return 0, f() }})
	s.net.drain()
}

// settleDown moves packets until everybody rests, takes the results of calls,
// and does so again as long as that started something new.
func (s *Session) settleDown() {
	for {
		s.net.drain()
		if !s.collect() {
			return
		}
	}
}

// collect takes the results of the calls that have returned, in the order of
// their start. It reports whether that started new calls.
func (s *Session) collect() bool {
	started := len(s.calls)
	left := s.calls[:0:0]
	for i := 0; i < started; i++ {
		k := s.calls[i]
		done, streams := k.look()
		if done {
			s.returned(k)
		} else {
			left = append(left, k)
		}
		for _, st := range streams {
			s.add(k.c, k.side, st)
		}
	}
	more := len(s.calls) > started
	s.calls = append(left, s.calls[started:]...)
	return more
}

// returned takes the result of a call.
func (s *Session) returned(k *call) {
	f := s.stack.Failure(k.err)
	if s.tape != nil {
		s.tape.returned(k, f)
	}
	switch k.name {
	case "Transport.Dial", "Listener.Accept":
		k.c.dialing = k.c.dialing && k.side == rfc9000.Server
		if k.err == nil {
			s.join(k.c, k.side, k.conn)
		}
	case "Stream.Write":
		s.wrote(k, f)
	case "Stream.Read":
		s.got(k, f)
	}
}

func (s *Session) wrote(k *call, f Failure) {
	st, ref := k.st, k.c.ref
	st.writing = nil
	st.handed += uint64(k.n)
	ref.Wrote(k.side, st.id, uint64(k.n))
	switch {
	case f.Kind == NoFailure, f.Kind == Deadline:
	case f.Kind == Reset && f.Remote:
		st.writeErr = true
		ref.WriteStopped(k.side, st.id, f.Code)
	default:
		st.writeErr = !st.cancelled
	}
}

func (s *Session) got(k *call, f Failure) {
	st, ref := k.st, k.c.ref
	st.reading = nil
	end := f.Kind == End
	ref.Read(k.side, st.id, uint64(k.n), end, valid(k.buf[:k.n], st.id, k.side.Peer(), st.read))
	st.read += uint64(k.n)
	switch {
	case end:
		st.readDone = true
	case f.Kind == Reset && f.Remote:
		st.readDone = true
		ref.ReadReset(k.side, st.id, f.Code)
	}
}

// blocked tells of calls that must have returned by now.
func (s *Session) blocked() {
	for _, k := range s.calls {
		field := s.overdue(k)
		if field == "" {
			continue
		}
		id, uni := int64(-1), false
		if k.st != nil {
			id, uni = int64(k.st.id), rfc9000.Uni(k.st.id)
		}
		k.c.ref.Stuck(k.side, id, uni, field, k.name+", called in op "+itoa(uint64(k.op))+", has not returned: "+field)
		s.takeBreaches(k.c, k.name)
	}
}

// overdue says why k must have returned, "" if it need not have.
func (s *Session) overdue(k *call) string {
	e := k.c.ends[k.side]
	if e != nil && !e.alive() {
		return "connection closed"
	}
	if k.st == nil {
		return ""
	}
	h := k.c.ref.Stream(k.st.id)
	switch k.name {
	case "Stream.Read":
		if h != nil && h.Half(k.side.Peer()).Readable() {
			return "readable"
		}
	case "Stream.Write":
		if own := h.Half(k.side); own.Cancelled || own.Stopped {
			return "cancelled"
		}
		if s.passed >= time.Second && k.c.healthy() && k.c.atRest() && k.c.ref.Credit(k.side, k.st.id) > 0 {
			return "credit"
		}
	default:
		return "never blocks"
	}
	return ""
}

// takeBreaches turns what the reference found into disputes of this op.
func (s *Session) takeBreaches(c *conn, name string) {
	bs := c.ref.Take()
	if s.misuse {
		return
	}
	for _, b := range bs {
		d := target.Dispute{Oracle: b.Rule, Side: b.Side.String(), Stream: b.Kind, Field: b.Field, Call: name, Text: b.Text}
		if b.Section != "" {
			d.Text += " (RFC 9000, " + b.Section + ")"
		}
		if d.Call == "" {
			d.Call = c.lastCall(&b)
		}
		s.dispute(d)
	}
}

// lastCall is the last call of the side that broke a rule: on the stream, for a
// kind of streams on those of the kind that the peer has opened, otherwise, and
// if there was none, on the connection.
func (c *conn) lastCall(b *rfc9000.Breach) string {
	e := c.ends[b.Side]
	switch {
	case e == nil:
		return ""
	case b.Stream >= 0 && e.byID[uint64(b.Stream)] != nil:
		return cmp.Or(e.byID[uint64(b.Stream)].last, e.last)
	case b.Stream < 0 && b.Kind == rfc9000.Kind(false):
		return cmp.Or(e.lastOn[b.Side.Peer()], e.last)
	case b.Stream < 0 && b.Kind == rfc9000.Kind(true):
		return cmp.Or(e.lastOn[b.Side.Peer()|2], e.last)
	}
	return e.last
}

func (s *Session) dispute(d target.Dispute) {
	d.Op, d.Seen = len(s.h.Ops)-1, len(s.h.Ops)
	for _, old := range s.h.Disputes {
		if old.Oracle == d.Oracle && old.Side == d.Side && old.Stream == d.Stream && old.Field == d.Field && old.Call == d.Call {
			return
		}
	}
	s.h.Disputes = append(s.h.Disputes, d)
}
