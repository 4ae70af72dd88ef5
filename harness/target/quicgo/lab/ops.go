package lab

import (
	"time"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// Actors are those whose ops a stack can play.
const Actors = 1<<program.Peer | 1<<program.App | 1<<program.Net | 1<<program.Time | 1<<program.Proc

// kindLen is the length of what peer.stream carries by default, by kind.
var kindLen = [...]uint32{
	program.KindData: 16, program.KindHeaders: 40, program.KindPartial: 10, program.KindInvalid: 20, program.KindControl: 8,
	program.KindUnknown: 5, program.KindGoaway: 4, program.KindEmpty: 0, program.KindEncoder: 1, program.KindDecoder: 1,
}

// play plays one op and says why it could not.
func (s *Session) play(o program.Op) program.Outcome {
	if !s.stack.Exact() && expires(o) {
		return program.Unsupported
	}
	switch o.Verb {
	case program.TimePass:
		s.passed = time.Duration(o.Arg[program.PassMS]) * time.Millisecond
		s.script(nil, "pass(%d * time.Millisecond)", o.Arg[program.PassMS])
		s.net.pass(s.passed)
		return program.Done
	case program.ProcSoftstop:
		return s.softstop()
	case program.NetOpen:
		return s.open(int(o.Conn))
	}
	if !s.conns[o.Conn].dialed() && (o.Verb.Row().Actor != program.Net || !s.stack.Patient()) {
		return program.NoConn
	}
	c := s.conn(int(o.Conn))
	switch o.Verb.Row().Object {
	case program.ObjStream:
		return s.onStream(c, o)
	case program.ObjPacket, program.ObjPackets:
		return s.onPacket(c, o)
	}
	return s.onConn(c, o)
}

// expires reports whether o lets a stack's own timeouts expire.
func expires(o program.Op) bool {
	switch o.Verb {
	case program.NetBlock, program.NetLose, program.NetFatal, program.NetPath:
		return true
	case program.PeerClose:
		return o.Arg[program.PeerCloseApp] == 0
	case program.TimePass:
		return o.Arg[program.PassMS] > 60_000
	}
	return false
}

func (s *Session) softstop() program.Outcome {
	for _, c := range s.conns {
		if c.dialed() && c.failed == "" {
			s.script(c, "closeListener()")
			s.do(c, rfc9000.Server, nil, "Listener.Close", c.hosts[rfc9000.Server].CloseListener)
		}
	}
	return program.Done
}

func (s *Session) onConn(c *conn, o program.Op) program.Outcome {
	switch o.Verb {
	case program.NetBlock:
		s.path(c, down, program.PathHold)
	case program.NetOK:
		if c.link.idle() {
			return program.NotNow
		}
		s.path(c, up, program.PathPass)
		s.path(c, down, program.PathPass)
	case program.NetPath:
		s.path(c, up, o.Arg[program.PathUp])
		s.path(c, down, o.Arg[program.PathDown])
	case program.NetFatal:
		s.script(c, "fail()")
		c.link.hosts[down].change(func() { c.link.fatal = true })
	case program.PeerClose:
		return s.close(c, rfc9000.Client, o)
	case program.AppClose:
		return s.close(c, rfc9000.Server, o)
	case program.PeerDatagram:
		return s.datagrams(c, rfc9000.Client, o)
	case program.AppDatagram:
		return s.datagrams(c, rfc9000.Server, o)
	case program.PeerMaxData:
		return s.readAll(c, o)
	default:
		return program.Unsupported
	}
	return program.Done
}

// path sets what becomes of packets in one direction.
func (s *Session) path(c *conn, d int, mode uint32) {
	s.script(c, "path(%s, %s)", [...]string{"up", "down"}[d], [...]string{"pass", "hold", "drop"}[mode])
	c.link.path(d, mode)
}

// close closes a connection from one side.
func (s *Session) close(c *conn, side rfc9000.Side, o program.Op) program.Outcome {
	code := uint64(o.Arg[program.PeerCloseCode])
	e := c.ends[side]
	switch {
	case side == rfc9000.Client && c.gone:
		return program.NoConn
	case side == rfc9000.Client && o.Verb == program.PeerClose && o.Arg[program.PeerCloseApp] == 0 && e != nil:
		c.gone = true
		s.script(c, "closeTransport(%s)", side)
		s.do(c, side, nil, "Transport.Close", c.hosts[side].Close)
	case e == nil && side == rfc9000.Client:
		s.script(c, "giveUp()")
		c.give()
	case !e.alive():
		return program.NoConn
	default:
		s.script(c, "closeConn(%s, %d)", side, code)
		s.do(c, side, nil, "Conn.CloseWithError", func() error { return e.conn.CloseWithError(code, "bye") })
	}
	return program.Done
}

func (s *Session) datagrams(c *conn, side rfc9000.Side, o program.Op) program.Outcome {
	e := c.ends[side]
	if !e.alive() {
		return program.NoConn
	}
	for range o.Arg[program.DatagramCount] {
		data := pattern[:min(o.Arg[program.DatagramLen], 1100)]
		s.script(c, "datagram(%s, %d)", side, len(data))
		s.do(c, side, nil, "Conn.SendDatagram", func() error { return e.conn.SendDatagram(data) })
		s.net.drain()
	}
	return program.Done
}

// readAll lets the client read from every stream in turn.
func (s *Session) readAll(c *conn, o program.Op) program.Outcome {
	e, out := c.ends[rfc9000.Client], program.NoStream
	if !e.alive() {
		return program.NoConn
	}
	for _, st := range e.streams {
		if h := c.ref.Stream(st.id); !st.recvDone() && st.reading == nil && h != nil && h.Half(rfc9000.Server).Readable() {
			s.readSome(c, rfc9000.Client, st, o.Arg[program.AddBytes])
			s.net.drain()
			out = program.Done
		}
	}
	return out
}

func (s *Session) onPacket(c *conn, o program.Op) program.Outcome {
	l, n := c.link, int(o.Obj)
	switch o.Verb {
	case program.NetAck:
		return s.let(c, n, o.Arg[program.AckUpto] == 1)
	case program.NetLose:
		if _, _, ok := l.pick(n); !ok {
			return s.arm(c, n-l.waiting(), "lose", func(w *way) *[]int { return &w.lose })
		}
		s.script(c, "discard(%d)", n)
	case program.NetDup:
		d, b, ok := l.pick(n)
		if !ok {
			return s.arm(c, n-l.waiting(), "dup", func(w *way) *[]int { return &w.dup })
		}
		s.script(c, "let(%d, 2)", n)
		l.net.fly(l, d, b)
		l.net.fly(l, d, b)
	default:
		return program.Unsupported
	}
	return program.Done
}

// let lets packets that wait arrive: number n, or all up to n, or all for 0.
func (s *Session) let(c *conn, n int, upto bool) program.Outcome {
	l, count := c.link, 1
	if n == 0 {
		n, count = 1, l.waiting()
	} else if upto {
		n, count = 1, min(n, l.waiting())
	}
	out := program.NoPacket
	for range count {
		if d, b, ok := l.pick(n); ok {
			s.script(c, "let(%d, 1)", n)
			l.net.fly(l, d, b)
			l.net.drain()
			out = program.Done
		}
	}
	return out
}

// maxArmed bounds how far ahead a packet can be named.
const maxArmed = 16

// arm names the n-th next packet, of either direction: the odd ones go up.
func (s *Session) arm(c *conn, n int, what string, list func(*way) *[]int) program.Outcome {
	if n > maxArmed {
		return program.NoPacket
	}
	d := (n + 1) % 2
	a := list(&c.link.way[d])
	*a = append(*a, (n+1)/2)
	s.script(c, "%sNext(%s, %d)", what, [...]string{"up", "down"}[d], (n+1)/2)
	return program.Done
}

// sideOf is who moves in an op on a stream.
func sideOf(o program.Op) rfc9000.Side {
	if o.Verb.Row().Actor == program.Peer {
		return rfc9000.Client
	}
	return rfc9000.Server
}

func (s *Session) onStream(c *conn, o program.Op) program.Outcome {
	side := sideOf(o)
	if !c.ends[side].alive() {
		return program.NoConn
	}
	st, out := s.streamOf(c, side, uint64(o.Obj), o.Verb == program.PeerStream || o.Verb == program.AppSend)
	if out != program.Done {
		return out
	}
	switch o.Verb {
	case program.PeerStream:
		n := o.Arg[program.PeerStreamLen]
		if n == 0 {
			n = kindLen[o.Arg[program.PeerStreamKind]]
		}
		return s.send(c, side, st, n, o.Arg[program.PeerStreamFin] == 1)
	case program.AppSend:
		return s.send(c, side, st, o.Arg[program.AppSendLen], o.Arg[program.AppSendFin] == 1)
	case program.PeerReset:
		return s.cancelWrite(c, side, st, o.Arg[program.PeerResetErr])
	case program.AppShut:
		if o.Arg[program.AppShutUnknown] == 1 {
			return s.closeWrite(c, side, st)
		}
		return s.cancelWrite(c, side, st, 0)
	case program.PeerStop:
		return s.cancelRead(c, side, st, o.Arg[program.PeerStopErr])
	case program.AppAbort:
		return s.cancelRead(c, side, st, o.Arg[program.AppErr])
	case program.PeerMaxStreamData:
		return s.readSome(c, side, st, o.Arg[program.AddBytes])
	case program.AppRead:
		return s.readSome(c, side, st, o.Arg[program.AppReadLen])
	case program.AppDetach, program.PeerDetach:
		return s.detach(c, side, st)
	case program.AppUnsubscribe:
		return s.unsubscribe(c, side, st, o)
	}
	return program.Unsupported
}

// maxAtOnce bounds the streams that one op opens.
const maxAtOnce = 8

// streamOf returns the stream with this id at a side, and opens it and those
// before it if the op may and the side is its initiator.
func (s *Session) streamOf(c *conn, side rfc9000.Side, id uint64, open bool) (*stream, program.Outcome) {
	e := c.ends[side]
	if st := e.byID[id]; st != nil {
		return st, program.Done
	}
	uni, kind := rfc9000.Uni(id), int(id>>1&1)
	if !open || rfc9000.Initiator(id) != side || int(id>>2)-e.opened[kind] >= maxAtOnce {
		return nil, program.NoStream
	}
	for e.byID[id] == nil {
		name := "Conn.OpenStream"
		if uni {
			name = "Conn.OpenUniStream"
		}
		s.note(c, side, nil, name)
		s.script(c, "open(%s, %t)", side, uni)
		st, err := e.conn.Open(uni)
		if s.tape != nil {
			s.tape.opened(c.number, side, uni, st, s.stack.Failure(err))
		}
		if err != nil {
			if f := s.stack.Failure(err); f.Kind == Limit {
				c.ref.Refused(side, uni)
			}
			return nil, program.NotNow
		}
		e.opened[kind]++
		c.ref.Opened(side, st.ID())
		if s.add(c, side, st).id > id {
			return nil, program.NoStream // an id that cannot be: the reference has said so
		}
	}
	return e.byID[id], program.Done
}

func (s *Session) send(c *conn, side rfc9000.Side, st *stream, n uint32, fin bool) program.Outcome {
	if !st.writeable {
		return program.WrongKind
	}
	if !s.misuse && (st.sendDone() || st.writing != nil) || n == 0 && !fin {
		return program.NotNow
	}
	if n > 0 {
		data := content(st.id, side, st.handed, int(min(n, maxLen)))
		k := &call{name: "Stream.Write", c: c, side: side, st: st, run: func(*call) (int, error) { return st.Write(data) }}
		st.writing = k
		s.script(c, "write(%s, %d, %d)", side, st.id, len(data))
		s.start(k)
		if fin {
			s.settleDown()
		}
	}
	if !fin || !s.misuse && (st.writing != nil || st.sendDone()) {
		return program.Done
	}
	return s.closeWrite(c, side, st)
}

func (s *Session) closeWrite(c *conn, side rfc9000.Side, st *stream) program.Outcome {
	if !st.writeable {
		return program.WrongKind
	}
	if !s.misuse && (st.closed || st.cancelled || st.writing != nil) {
		return program.NotNow
	}
	st.closed = true
	c.ref.CloseWrite(side, st.id)
	s.script(c, "close(%s, %d)", side, st.id)
	s.do(c, side, st, "Stream.Close", st.Close)
	return program.Done
}

func (s *Session) cancelWrite(c *conn, side rfc9000.Side, st *stream, code uint32) program.Outcome {
	if !st.writeable {
		return program.WrongKind
	}
	if st.cancelled {
		return program.NotNow
	}
	st.cancelled = true
	c.ref.CancelWrite(side, st.id, uint64(code))
	s.script(c, "cancelWrite(%s, %d, %d)", side, st.id, code)
	s.do(c, side, st, "Stream.CancelWrite", func() error { st.CancelWrite(uint64(code)); return nil })
	return program.Done
}

func (s *Session) cancelRead(c *conn, side rfc9000.Side, st *stream, code uint32) program.Outcome {
	if !st.readable {
		return program.WrongKind
	}
	if st.aborted {
		return program.NotNow
	}
	st.aborted = true
	c.ref.CancelRead(side, st.id, uint64(code))
	s.script(c, "cancelRead(%s, %d, %d)", side, st.id, code)
	s.do(c, side, st, "Stream.CancelRead", func() error { st.CancelRead(uint64(code)); return nil })
	return program.Done
}

func (s *Session) readSome(c *conn, side rfc9000.Side, st *stream, n uint32) program.Outcome {
	if !st.readable {
		return program.WrongKind
	}
	if !s.misuse && (st.recvDone() || st.reading != nil) {
		return program.NotNow
	}
	if n == 0 || n > maxLen {
		n = maxLen
	}
	k := &call{name: "Stream.Read", c: c, side: side, st: st, buf: make([]byte, n)}
	k.run = func(k *call) (int, error) { return st.Read(k.buf) }
	st.reading = k
	s.script(c, "read(%s, %d, %d)", side, st.id, n)
	s.start(k)
	return program.Done
}

// detach ends what is left of a stream at a side.
func (s *Session) detach(c *conn, side rfc9000.Side, st *stream) program.Outcome {
	if st.done() {
		return program.NotNow
	}
	if !st.recvDone() {
		s.cancelRead(c, side, st, 0)
	}
	switch {
	case st.sendDone():
	case st.writing != nil:
		s.cancelWrite(c, side, st, 0)
	default:
		s.closeWrite(c, side, st)
	}
	return program.Done
}

// unsubscribe ends blocked calls by a deadline, which is taken back at once.
func (s *Session) unsubscribe(c *conn, side rfc9000.Side, st *stream, o program.Op) program.Outcome {
	out := program.NotNow
	end := func(name string, set func(time.Time) error) {
		call := map[string]string{"Stream.SetReadDeadline": "readDeadline", "Stream.SetWriteDeadline": "writeDeadline"}[name]
		s.script(c, "%s(%s, %d, time.Now().Add(-time.Second))", call, side, st.id)
		s.do(c, side, st, name, func() error { return set(time.Now().Add(-time.Second)) })
		s.settleDown()
		s.script(c, "%s(%s, %d, time.Time{})", call, side, st.id)
		s.do(c, side, st, name, func() error { return set(time.Time{}) })
		out = program.Done
	}
	if o.Arg[program.SubRecv] == 1 && st.reading != nil {
		end("Stream.SetReadDeadline", st.SetReadDeadline)
	}
	if o.Arg[program.SubSend] == 1 && st.writing != nil {
		end("Stream.SetWriteDeadline", st.SetWriteDeadline)
	}
	return out
}
