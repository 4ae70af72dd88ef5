package live

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/lastwake/lastwake/harness/program"
)

// Actors is what a live target plays: the peer, the network and the clock.
const Actors = 1<<program.Peer | 1<<program.Net | 1<<program.Time

// Bounds of one program: what a hunt makes up must not become a flood.
const (
	passMost    = time.Second     // of one time.pass
	programMost = 5 * time.Second // of all of them
	streamsMost = 1024            // opened on one connection
	bytesMost   = 8 << 20         // sent in one program
	answerQuiet = 10 * time.Millisecond
	answerLimit = 60 * time.Millisecond
)

// A Line is what became of one op.
type Line struct {
	Op      program.Op
	Outcome program.Outcome
	Events  []string
}

// A Play is what one run of a program was like, from the client's side.
type Play struct {
	Lines   []Line
	Answers []Answer
	// Took is the time from the first op to the last.
	Took time.Duration
	// Clean: every connection was closed in the end, and the server could hear
	// it. What it holds after that it holds without a reason.
	Clean bool
}

// A client plays programs against one address.
type client struct {
	addr      netip.AddrPort
	authority string
	paths     [4]string
	qlog      string // a folder for the next run, "" for none
}

// A player is one run of one program.
type player struct {
	*client
	ctx     context.Context
	site    site
	win     windows
	conns   [program.MaxConn + 1]*connection
	ended   []Answer // of connections that were opened again
	passed  time.Duration
	sent    int
	line    *Line
	unclean bool // a connection that was opened again had ended without a word
	dead    <-chan struct{}
}

// play plays p. It stops early when dead is closed or ctx ends, and closes
// nothing that the program does not close until it returns.
func (c *client) play(ctx context.Context, p *program.Program, dead <-chan struct{}) *Play {
	h := &p.Header
	r := &player{client: c, ctx: ctx, dead: dead,
		site: site{hq: h.Set[program.KeyApp] == 1, authority: c.authority, paths: c.paths},
		win:  windows{stream: uint64(h.Set[program.KeyMSD]), connection: uint64(h.Set[program.KeyMaxData])}}
	defer r.release()
	out := &Play{}
	start := time.Now()
	if h.Set[program.KeyStart] == 0 {
		r.line = &Line{}
		r.open(0)
	}
	for _, o := range p.Ops {
		if r.over() {
			break
		}
		r.line = &Line{Op: o}
		r.line.Outcome = r.op(&o)
		out.Lines = append(out.Lines, *r.line)
	}
	out.Took = time.Since(start)
	out.Answers = append(r.ended, r.answers()...)
	out.Clean = !r.unclean
	for _, c := range r.conns {
		out.Clean = out.Clean && (c == nil || c.link == nil || c.link.open())
	}
	return out
}

func (r *player) over() bool {
	select {
	case <-r.dead:
		return true
	case <-r.ctx.Done():
		return true
	default:
		return false
	}
}

// answers waits for the last answers of the connections that hear, and returns
// all.
func (r *player) answers() []Answer {
	var all []Answer
	for _, c := range r.conns {
		if c == nil {
			continue
		}
		if c.quic != nil {
			c.answers.settle(answerQuiet, answerLimit)
			c.note()
		}
		all = append(all, c.answered()...)
	}
	return all
}

func (r *player) release() {
	for _, c := range r.conns {
		if c != nil {
			c.release()
		}
	}
}

func (r *player) event(format string, args ...any) {
	r.line.Events = append(r.line.Events, fmt.Sprintf(format, args...))
}

// op plays one op.
func (r *player) op(o *program.Op) program.Outcome {
	switch o.Verb {
	case program.NetOpen:
		if c := r.conns[o.Conn]; c != nil && !c.closed {
			return program.NotNow
		}
		return r.open(int(o.Conn))
	case program.TimePass:
		r.pass(time.Duration(o.Arg[program.PassMS]) * time.Millisecond)
		return program.Done
	}
	c := r.conns[o.Conn]
	if c == nil || c.closed || c.quic == nil {
		if !plays(o.Verb) {
			return program.Unsupported
		}
		return program.NoConn
	}
	switch o.Verb {
	case program.NetBlock:
		c.deaf(true)
	case program.NetOK:
		c.deaf(false)
	case program.NetPath:
		c.link.set(o.Arg[program.PathUp], o.Arg[program.PathDown])
	case program.NetFatal:
		c.link.vanish()
	case program.PeerClose:
		c.close(o.Arg[program.PeerCloseCode])
	case program.PeerMaxData:
		return r.read(c, o)
	case program.PeerStream, program.PeerReset, program.PeerStop, program.PeerMaxStreamData, program.PeerRequest:
		return r.onStream(c, o)
	default:
		return program.Unsupported
	}
	return program.Done
}

// plays reports whether a live target has something to do for verb.
func plays(v program.Verb) bool {
	switch v {
	case program.NetOpen, program.TimePass, program.NetBlock, program.NetOK, program.NetPath, program.NetFatal,
		program.PeerClose, program.PeerMaxData, program.PeerStream, program.PeerReset, program.PeerStop,
		program.PeerMaxStreamData, program.PeerRequest:
		return true
	}
	return false
}

// open opens connection n.
func (r *player) open(n int) program.Outcome {
	if c := r.conns[n]; c != nil {
		r.unclean = r.unclean || !c.link.open()
		c.release()
		r.ended = append(r.ended, c.answered()...)
	}
	c, err := dial(r.ctx, r.addr, &r.site, r.win, n, r.qlog)
	r.conns[n] = c
	if err == nil {
		return program.Done
	}
	if c != nil {
		c.closed, c.quic = true, nil
		if len(c.answers.list()) == 0 {
			c.answers.note(Answer{What: "silence", Stream: -1, Text: err.Error()})
		}
	}
	r.event("no connection: %v", err)
	return program.NotNow
}

// pass lets time pass, within the bounds.
func (r *player) pass(d time.Duration) {
	if m := min(passMost, programMost-r.passed); d > m {
		d = m
		r.event("%d ms are as long as it gets", d.Milliseconds())
	}
	r.passed += d
	select {
	case <-time.After(d):
	case <-r.dead:
	case <-r.ctx.Done():
	}
}

// read reads from all streams, so that the connection's window grows.
func (r *player) read(c *connection, o *program.Op) program.Outcome {
	left := int(min(o.Arg[program.AddBytes], bytesMost))
	for _, s := range c.streams {
		if s.in != nil && left > 0 {
			left -= s.read(left)
		}
	}
	return program.Done
}

// onStream plays an op on a stream, or on a row of them.
func (r *player) onStream(c *connection, o *program.Op) program.Outcome {
	if !isClient(o.Obj) || o.Verb == program.PeerRequest && o.Obj&2 != 0 {
		return program.WrongKind
	}
	if o.Verb == program.PeerRequest {
		return r.requests(c, o)
	}
	if len(c.streams) >= streamsMost {
		return program.NotNow
	}
	s, err := c.opened(o.Obj)
	if err != nil {
		return r.refused(err)
	}
	switch o.Verb {
	case program.PeerReset:
		err = s.reset(o.Arg[program.PeerResetErr])
	case program.PeerStop, program.PeerMaxStreamData:
		if s.in == nil {
			return program.WrongKind
		}
		if o.Verb == program.PeerStop {
			s.rest()
			s.in.CancelRead(quic.StreamErrorCode(o.Arg[program.PeerStopErr]))
		} else {
			s.read(int(min(o.Arg[program.AddBytes], bytesMost)))
		}
	default:
		if o.Arg[program.PeerStreamGap] != 0 || o.Arg[program.PeerStreamBack] != 0 {
			return program.Unsupported // the client sends each byte once and in order
		}
		b := c.site.bytes(o.Arg[program.PeerStreamKind], int(o.Arg[program.PeerStreamLen]))
		err = r.send(s, b, o.Arg[program.PeerStreamFin] != 0)
	}
	return r.refused(err)
}

// send writes bytes within the bounds of a program.
func (r *player) send(s *stream, b []byte, fin bool) error {
	if r.sent += len(b); r.sent > bytesMost {
		r.event("%d bytes are as many as a program sends", bytesMost)
		return errEnded
	}
	return s.write(b, fin)
}

// requests plays peer.request.
func (r *player) requests(c *connection, o *program.Op) program.Outcome {
	shape := o.Arg[program.RequestShape]
	for i := range o.Arg[program.RequestCount] {
		if r.over() {
			break
		}
		id := o.Obj + 4*i
		if len(c.streams) >= streamsMost {
			return program.NotNow
		}
		s, err := c.opened(id)
		if err == nil {
			b := c.site.request(shape)
			if shape == program.ShapeSink {
				b = append(b, c.site.body(1000)...)
			}
			err = r.send(s, b, o.Arg[program.RequestFin] != 0)
		}
		if err != nil {
			r.event("%d of %d", i, o.Arg[program.RequestCount])
			return r.refused(err)
		}
	}
	return program.Done
}

// refused says what an error of the client's API comes to.
func (r *player) refused(err error) program.Outcome {
	var limit quic.StreamLimitReachedError
	switch {
	case err == nil:
		return program.Done
	case errors.Is(err, errEnded):
		return program.NotNow
	case errors.As(err, &limit):
		r.event("the server grants no more streams")
	case strings.Contains(err.Error(), "deadline"):
		r.event("the server takes no more bytes")
	default:
		r.event("%v", err)
	}
	return program.NotNow
}
