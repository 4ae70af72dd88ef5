package lab

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

type writer = io.WriteCloser

// Extras are what Play does besides playing. The zero value is nothing.
type Extras struct {
	// Op and Before, when not nil, are called ahead of every op and of every
	// API call: whoever outlives the process can tell what killed it.
	Op     func(op int, o program.Op)
	Before func(op int, call string)
	// Tape, when not nil, records what happened inside the ops.
	Tape *Tape
	// Qlog, when not nil, returns where the qlog of a host goes.
	Qlog func(conn int, side rfc9000.Side) io.WriteCloser
	// Misuse plays what Rules forbid as well. Then only panics, deadlocks,
	// loops, goroutines that stay and calls that outlive everything are judged.
	Misuse bool
	// Fatal, when not nil, is called when goroutines stay: a bubble cannot be
	// left then, and what follows Play does not happen.
	Fatal func(*target.History)
}

// Rules are those of a stack's interface to which every op keeps.
var Rules = []string{
	"one Write and one Read at a time on a stream",
	"no Write after Close, CancelWrite or a Write that failed",
	"no Close during a Write, after CancelWrite, or a second time",
	"no Read after CancelRead, or after one that failed or came to the end",
}

// epoch is where a run begins: quic-go's clock counts from the start of the
// process, and a bubble's time begins in the year 2000.
var epoch = time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)

// Play plays p on a stack in a bubble of its own, with settle's ops after the
// last one or without, and writes what happened to h. It seeds all randomness
// of the process. It returns the number of ops after which all connections that
// are not over came to rest, with streams that have all ended; 0 for never.
func Play(t *testing.T, stack Stack, p *program.Program, settle bool, h *target.History, x Extras) (rest int) {
	h.Reset(&p.Header, fault.Set{})
	s := newSession(stack, p, h, x)
	s.bubble(t, func() { s.run(p, settle) })
	return s.rested
}

func newSession(stack Stack, p *program.Program, h *target.History, x Extras) *Session {
	s := &Session{stack: stack, header: p.Header, before: x.Before, begin: x.Op, tape: x.Tape, qlog: x.Qlog, misuse: x.Misuse, fatal: x.Fatal, h: h}
	s.net = &network{look: s.read}
	if x.Tape != nil {
		x.Tape.op = func() int { return s.op }
	}
	return s
}

// bubble calls f in a bubble of its own, on one processor, takes down what f
// left and looks for goroutines that stay. On two processors a long Write runs
// beside the loop that sends it, and where it is cut into packets is chance.
func (s *Session) bubble(t *testing.T, f func()) {
	if runtime.GOMAXPROCS(0) > 1 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	}
	seed()
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Until(epoch))
		s.net.ready = make(chan struct{}, 1) // one of the bubble's own
		before := goroutines()
		f()
		s.tearDown()
		if stay := stayed(before); len(stay) > 0 {
			s.leaked(stay)
			if s.fatal != nil {
				s.fatal(s.h)
			}
		}
	})
}

// dial opens the connection with which a program begins.
func (s *Session) dial() {
	s.h.Settle = -1
	if s.header.Set[program.KeyStart] == 0 {
		s.open(0)
	}
}

// run plays the program, then settle.
func (s *Session) run(p *program.Program, settle bool) {
	s.dial()
	for i := range p.Ops {
		s.step(p.Ops[i])
	}
	s.h.Settle = len(s.h.Ops)
	s.playSettle(settle)
}

// step plays one op, moves what it set moving, and looks at the outcome.
func (s *Session) step(o program.Op) {
	s.op = len(s.h.Ops)
	s.h.Ops = append(s.h.Ops, o)
	if s.begin != nil {
		s.begin(s.op, o)
	}
	s.net.moved, s.passed = 0, 0
	out := s.play(o)
	s.settleDown()
	for _, c := range s.conns {
		if c.dialed() {
			s.takeBreaches(c, "")
		}
	}
	s.blocked()
	if s.net.moved > maxPackets {
		s.dispute(target.Dispute{Oracle: "busy-loop", Side: "-", Stream: "-", Field: "packets", Call: o.Verb.String(),
			Text: fmt.Sprintf("%d packets in one op, and there is no end of it", s.net.moved)})
	}
	s.h.Events = append(s.h.Events, target.Event{Outcome: out, State: s.digest()})
}

// maxSettle bounds settle's ops.
const maxSettle = 1000

// playSettle plays settle's ops, or with settle off as far as there are none.
// What a connection at rest owes is judged before it is closed.
func (s *Session) playSettle(settle bool) {
	left := maxSettle
	if !settle {
		left = 0
	}
	for phase := range target.NumPhases {
		s.closing = settle && phase == target.PhaseClose
		if !s.phase(phase, &left) {
			if settle {
				s.h.Settled = target.SettleShort
			}
			return
		}
		if phase == target.PhaseQuiet {
			s.rest()
			if !s.misuse && s.resting() {
				s.rested = len(s.h.Ops)
			}
		}
	}
	s.h.Settled = target.SettleDone
}

// phase plays a phase of settle, with left ops at most, and reports whether
// it came to its end.
func (s *Session) phase(phase target.Phase, left *int) bool {
	for n := 0; ; n++ {
		op, more := s.next(phase, n)
		if !more {
			return true
		}
		if *left == 0 {
			return false
		}
		*left--
		s.step(op)
	}
}

// passes are the times that settle lets go by until everything is
// acknowledged: the last one is more than an idle timeout of the default.
var passes = [...]uint32{1000, 1000, 5000, 10000, 10000}

// next returns the n-th op of a phase of settle.
func (s *Session) next(phase target.Phase, n int) (program.Op, bool) {
	for _, c := range s.conns {
		if c == nil {
			continue
		}
		o := program.Op{Conn: uint8(c.number)}
		switch phase {
		case target.PhaseDetach:
			if o, ok := unended(c); ok {
				return o, true
			}
		case target.PhaseNet:
			if o.Verb = program.NetOK; !c.link.idle() {
				return o, true
			}
		case target.PhaseQuiet:
			if o, ok := unended(c); ok {
				return o, true
			}
			if o := (program.Op{Verb: program.TimePass}); c.healthy() && !c.atRest() && n < len(passes)+2*target.MaxConns*maxStreams {
				o.Arg[program.PassMS] = passes[min(n, len(passes)-1)]
				return o, true
			}
		case target.PhaseClose:
			if o.Verb = program.PeerClose; c.ends[rfc9000.Client].alive() && !c.gone {
				o.Arg[program.PeerCloseApp] = 1
				return o, true
			}
			if o := (program.Op{Verb: program.TimePass}); (c.ends[rfc9000.Server].alive() || c.dialing) && n < 2*target.MaxConns {
				o.Arg[program.PassMS] = uint32(s.idle() / time.Millisecond)
				return o, true
			}
		}
	}
	return program.Op{}, false
}

// unended returns the op that ends a stream at the side where it has not ended.
func unended(c *conn) (program.Op, bool) {
	for side, e := range c.ends {
		if !e.alive() {
			continue
		}
		for _, st := range e.streams {
			if !st.done() {
				o := program.Op{Verb: program.PeerDetach, Conn: uint8(c.number), Obj: uint32(st.id)}
				if rfc9000.Side(side) == rfc9000.Server {
					o.Verb = program.AppDetach
				}
				return o, true
			}
		}
	}
	return program.Op{}, false
}

// rest judges the connections on which all streams have ended and nothing is
// on its way.
func (s *Session) rest() {
	if s.misuse {
		return
	}
	for _, c := range s.conns {
		if !c.healthy() || !c.atRest() {
			continue
		}
		if _, more := unended(c); more {
			continue
		}
		c.ref.Rest()
		s.takeBreaches(c, "")
		for _, d := range c.ref.Differences() {
			field, side := d.Field()
			s.dispute(target.Dispute{Oracle: "stream-state", Side: side.String(), Stream: rfc9000.Kind(rfc9000.Uni(d.Stream.ID)), Field: field,
				Call: c.lastCall(&rfc9000.Breach{Side: side, Stream: int64(d.Stream.ID)}), Text: fmt.Sprintf("stream %d, sent by the %s, is not in the state that the calls lead to", d.Stream.ID, d.Sender),
				Report: "(-want +got)\n" + cmp.Diff(d.Want, d.Observed)})
		}
	}
}

// tearDown ends what is left, without a word on the network.
func (s *Session) tearDown() {
	s.closing = true
	for _, c := range s.conns {
		if !c.dialed() {
			continue
		}
		c.give()
		for side := range c.hosts {
			if h := c.hosts[side]; h != nil && !(side == int(rfc9000.Client) && c.gone) {
				s.do(c, rfc9000.Side(side), nil, "Transport.Close", h.Close)
			}
			s.net.drain()
		}
		for _, l := range c.link.hosts {
			_ = l.Close()
		}
	}
	s.net.moved = 0
	s.net.pass(linger)
	s.collect()
	s.collect()
	if s.h.Settled != target.SettleDone {
		return // the program was cut: what it left open is its own
	}
	for _, k := range s.calls {
		kind := "-"
		if k.st != nil {
			kind = rfc9000.Kind(rfc9000.Uni(k.st.id))
		}
		s.dispute(target.Dispute{Oracle: "blocked-call", Side: k.side.String(), Stream: kind, Field: "host closed", Call: k.name,
			Text: fmt.Sprintf("%s, called in op %d, has not returned though everything is closed", k.name, k.op)})
	}
}

// linger is the time that a closed connection may take to go away: three
// timeouts for probes, as RFC 9000, 10.2 asks, and room.
const linger = 5 * time.Second
