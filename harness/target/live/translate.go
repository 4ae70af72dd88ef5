package live

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/program"
)

// quota is how many buffers a server has where a model has few: HAProxy's
// tune.quic.frontend.conn-tx-buffers.limit by default.
const quota = 30

// The waits of a translation, in ms.
const (
	waitStart = 50  // HANDSHAKE_DONE and SETTINGS have come
	waitWork  = 300 // the server has done what it does by itself
	waitAck   = 20  // what arrives is acknowledged
)

// Translate turns a program for the model of the mux into one for a real
// server. What the peer and the network do stays. What the server does by
// itself becomes time in which it does that. A model's quota becomes the
// server's: where a model with bufs=1 opens two streams, one more than it has
// buffers, the live program opens more than thirty. In the end the peer
// closes, which is how a server comes to release what the model's timer
// releases.
func Translate(p *program.Program) (*program.Program, error) {
	switch p.Header.Target {
	case program.Live:
		return p.Clone(), nil
	case program.Mux, program.Quicgo:
	default:
		return nil, fmt.Errorf("a program for %s says nothing about a server's peer", p.Header.Target)
	}
	t := translator{in: p, out: program.New(program.Live), blocked: map[uint8]bool{}, closed: map[uint8]bool{}}
	for _, k := range []int{program.KeyApp, program.KeyMaxData, program.KeyMSD, program.KeyStart} {
		t.out.Header.Set[k] = p.Header.Set[k]
	}
	t.out.Ops = append(t.out.Ops, preamble(&t.out.Header)...)
	t.wait(waitStart)
	for i := range p.Ops {
		t.op(i)
	}
	t.scale()
	t.wait(waitWork)
	for n := range uint8(program.MaxConn + 1) {
		if n == 0 && p.Header.Set[program.KeyStart] == 0 || t.used[n] {
			if !t.closed[n] {
				t.out.Ops = append(t.out.Ops, program.Op{Verb: program.PeerClose, Conn: n})
			}
		}
	}
	return t.out, t.out.Validate()
}

type translator struct {
	in, out         *program.Program
	blocked, closed map[uint8]bool
	used            [program.MaxConn + 1]bool
}

// wait lets time pass, once where there are several reasons.
func (t *translator) wait(ms uint32) {
	if n := len(t.out.Ops); n > 0 && t.out.Ops[n-1].Verb == program.TimePass {
		t.out.Ops[n-1].Arg[program.PassMS] = max(ms, t.out.Ops[n-1].Arg[program.PassMS])
		return
	}
	o := program.Op{Verb: program.TimePass}
	o.Arg[program.PassMS] = ms
	t.out.Ops = append(t.out.Ops, o)
}

// op translates op i.
func (t *translator) op(i int) {
	o := t.in.Ops[i]
	o.Alloc = 0
	switch o.Verb.Row().Actor {
	case program.Peer:
		t.used[o.Conn] = true
		t.peer(i, o)
	case program.Net:
		t.used[o.Conn] = true
		t.net(o)
	case program.Time:
		t.wait(min(o.Arg[program.PassMS], uint32(passMost.Milliseconds())))
	default:
		t.wait(waitWork)
	}
}

// peer keeps what the peer does, as far as the client can do it.
func (t *translator) peer(i int, o program.Op) {
	switch {
	case o.Verb == program.PeerClose:
		t.closed[o.Conn] = true
	case o.Verb == program.PeerStream && o.Obj&3 == 0 && o.Arg[program.PeerStreamKind] == program.KindHeaders:
		r := program.Op{Verb: program.PeerRequest, Conn: o.Conn, Obj: o.Obj}
		r.Arg[program.RequestCount] = 1
		r.Arg[program.RequestShape] = t.shape(i, o)
		if o.Arg[program.PeerStreamFin] == 1 || !t.goesOn(i, o) {
			r.Arg[program.RequestFin] = 1 // a request whose end does not matter has one
		}
		o = r
	case o.Verb == program.PeerStream:
		o.Arg[program.PeerStreamGap], o.Arg[program.PeerStreamBack] = 0, 0
	case !plays(o.Verb):
		return
	}
	t.out.Ops = append(t.out.Ops, o)
}

// goesOn reports whether the peer does more on the stream of op i.
func (t *translator) goesOn(i int, o program.Op) bool {
	for _, q := range t.in.Ops[i+1:] {
		if q.Verb.Row().Actor == program.Peer && q.Verb.Row().Object == program.ObjStream && q.Conn == o.Conn && q.Obj == o.Obj &&
			(q.Verb == program.PeerStream || q.Verb == program.PeerReset) {
			return true
		}
	}
	return false
}

// shape is the answer that makes a server do what the model's stream layer
// does: a stream that it detaches from has a short answer, one that it keeps a
// long one, one that ends in a call of its own ends late, and a body that comes
// is swallowed.
func (t *translator) shape(i int, o program.Op) uint32 {
	shape, sent := uint32(program.ShapeSmall), false
	detached := false
	for _, q := range t.in.Ops[i+1:] {
		if q.Conn != o.Conn || q.Obj != o.Obj || q.Verb.Row().Object != program.ObjStream {
			continue
		}
		switch {
		case q.Verb == program.PeerStream && q.Arg[program.PeerStreamKind] == program.KindData:
			return program.ShapeSink
		case q.Verb == program.AppSend && sent && q.Arg[program.AppSendLen] == 0 && q.Arg[program.AppSendFin] == 1:
			return program.ShapeLate
		case q.Verb == program.AppSend:
			sent = true
		case q.Verb == program.AppDetach:
			detached = true
		}
	}
	if sent && !detached {
		shape = program.ShapeLarge
	}
	return shape
}

// net keeps what the network does, as far as a client's socket can do it.
func (t *translator) net(o program.Op) {
	switch o.Verb {
	case program.NetBlock, program.NetOK:
		t.blocked[o.Conn] = o.Verb == program.NetBlock
	case program.NetAck:
		if !t.blocked[o.Conn] {
			t.wait(waitAck)
			return
		}
		t.out.Ops = append(t.out.Ops, program.Op{Verb: program.NetOK, Conn: o.Conn})
		t.wait(waitAck)
		o = program.Op{Verb: program.NetBlock, Conn: o.Conn}
	case program.NetFatal:
		t.closed[o.Conn] = true // there is nobody left to close it
	}
	if !plays(o.Verb) {
		t.wait(waitAck)
		return
	}
	t.out.Ops = append(t.out.Ops, o)
}

// scale turns a quota that the header sets into the server's: the last request
// of each connection becomes as many as it takes to be over it by as much.
func (t *translator) scale() {
	bufs := t.in.Header.Set[program.KeyBufs]
	if bufs >= quota {
		return
	}
	last := map[uint8]int{}
	for i, o := range t.out.Ops {
		if o.Verb == program.PeerRequest {
			last[o.Conn] = i
		}
	}
	for _, i := range last {
		t.out.Ops[i].Arg[program.RequestCount] += quota - bufs + 1
	}
}
