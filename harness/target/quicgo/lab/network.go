package lab

import (
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"testing/synctest"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

// The directions of a link.
const (
	up   = iota // from the client to the server
	down        // from the server to the client
)

// maxPackets bounds the packets that one op moves: two ends that answer each
// other for ever are a finding, not a wait.
const maxPackets = 20_000

// A network is the links of all connections. Nothing arrives unless the driver
// says so, one packet after the other, each time after everybody has come to
// rest: so a run is the same each time.
type network struct {
	links  []*link
	ready  chan struct{} // a packet was sent
	flying []flight      // in order of arrival
	moved  int           // packets taken from senders in this op
	look   func()        // called whenever everybody has come to rest
}

// A link joins the two hosts of one connection.
type link struct {
	net   *network
	hosts [2]*socket // indexed by rfc9000.Side
	way   [2]way
	fatal bool      // the server's socket fails
	moved time.Time // when the last packet was sent or arrived
}

// A way is one direction of a link.
type way struct {
	fresh [][]byte // sent, not yet looked at; guarded by link.hosts[from].mu
	held  [][]byte // waiting
	mode  uint32   // program.PathPass and so on
	// lose and dup are how many more packets go by until one is lost or
	// doubled; 0 for none, sorted by nothing: a program arms few.
	lose, dup []int
}

func (n *network) add() *link {
	l := &link{net: n}
	for i := range l.hosts {
		h := &socket{link: l, side: i, addr: net.UDPAddr{IP: net.IPv4(192, 0, 2+byte(len(n.links)), byte(1+i)), Port: 443}}
		h.cond.L = &h.mu
		l.hosts[i] = h
	}
	n.links = append(n.links, l)
	return l
}

// latency is the time that a packet takes. Without any, a round trip is zero,
// which no path has and which senders that pace do not expect.
const latency = time.Millisecond

// A flight is a packet on its way.
type flight struct {
	link *link
	dir  int
	data []byte
	due  time.Time
}

// drain moves packets until everybody rests and none is left to move.
func (n *network) drain() {
	for n.moved <= maxPackets {
		n.wait()
		n.depart()
		if len(n.flying) == 0 {
			return
		}
		f := n.flying[0]
		if d := time.Until(f.due); d > 0 {
			time.Sleep(d)
			continue // what timers have sent meanwhile departs first
		}
		n.flying = n.flying[1:]
		n.moved++
		f.link.deliver(f.dir, f.data)
	}
}

// wait waits until everybody rests.
func (n *network) wait() {
	synctest.Wait()
	n.look()
}

// depart sends the packets that nobody has looked at on their way, link by
// link, those to the server first.
func (n *network) depart() {
	for _, l := range n.links {
		for d := range l.way {
			for {
				b, ok := l.take(d)
				if !ok {
					break
				}
				l.move(d, b)
			}
		}
	}
}

func (n *network) fly(l *link, d int, b []byte) {
	n.flying = append(n.flying, flight{l, d, b, time.Now().Add(latency)})
}

// pass lets time go by, and packets arrive while it does.
func (n *network) pass(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for n.moved <= maxPackets {
		n.drain()
		select {
		case <-n.ready:
		case <-timer.C:
			n.drain()
			return
		}
	}
}

func (l *link) take(d int) ([]byte, bool) {
	from := l.hosts[d]
	from.mu.Lock()
	defer from.mu.Unlock()
	w := &l.way[d]
	if len(w.fresh) == 0 {
		return nil, false
	}
	b := w.fresh[0]
	w.fresh = w.fresh[1:]
	return b, true
}

// move decides what becomes of a packet that was just sent.
func (l *link) move(d int, b []byte) {
	w := &l.way[d]
	l.moved = time.Now()
	lost, twice := due(&w.lose), due(&w.dup)
	switch {
	case lost || w.mode == program.PathDrop:
	case w.mode == program.PathHold:
		w.held = append(w.held, b)
		if twice {
			w.held = append(w.held, b)
		}
	default:
		l.net.fly(l, d, b)
		if twice {
			l.net.fly(l, d, b)
		}
	}
}

// due counts the counters down and reports whether one has come to its end.
func due(counters *[]int) bool {
	hit, left := false, (*counters)[:0]
	for _, n := range *counters {
		if n--; n == 0 {
			hit = true
		} else {
			left = append(left, n)
		}
	}
	*counters = left
	return hit
}

func (l *link) deliver(d int, b []byte) {
	l.moved = time.Now()
	to := l.hosts[1-d]
	to.mu.Lock()
	to.in = append(to.in, b)
	to.mu.Unlock()
	to.cond.Signal()
}

// path sets what becomes of packets; those that waited follow at once.
func (l *link) path(d int, mode uint32) {
	w := &l.way[d]
	w.mode = mode
	if mode == program.PathHold {
		return
	}
	for len(w.held) > 0 {
		b := w.held[0]
		w.held = w.held[1:]
		if mode == program.PathPass {
			l.net.fly(l, d, b)
		}
	}
}

// pick takes the n-th packet that waits, counting from 1, up before down.
func (l *link) pick(n int) (d int, b []byte, ok bool) {
	for d := range l.way {
		w := &l.way[d]
		if n <= len(w.held) {
			b := w.held[n-1]
			w.held = append(w.held[:n-1:n-1], w.held[n:]...)
			return d, b, true
		}
		n -= len(w.held)
	}
	return 0, nil, false
}

// empty forgets the room for packets of a direction in which there are none, and
// what was to become of those to come.
func (l *link) empty(d int) {
	from, to := l.hosts[d], l.hosts[1-d]
	from.change(func() { l.way[d] = way{mode: l.way[d].mode} })
	to.change(func() { to.in = nil })
}

func (l *link) waiting() int { return len(l.way[up].held) + len(l.way[down].held) }

// idle reports whether nothing waits and everything passes.
func (l *link) idle() bool {
	return l.waiting() == 0 && l.way[up].mode == program.PathPass && l.way[down].mode == program.PathPass
}

// A socket is one end of a link.
type socket struct {
	link *link
	side int
	addr net.UDPAddr

	mu      sync.Mutex
	cond    sync.Cond
	in      [][]byte
	expired bool
	closed  bool
}

var errUnreachable = errors.New("sendto: network is unreachable")

// WriteTo implements net.PacketConn.
func (s *socket) WriteTo(b []byte, _ net.Addr) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return 0, net.ErrClosed
	case s.link.fatal && s.side == down:
		return 0, errUnreachable
	}
	w := &s.link.way[s.side]
	w.fresh = append(w.fresh, append([]byte(nil), b...))
	select {
	case s.link.net.ready <- struct{}{}:
	default:
	}
	return len(b), nil
}

// ReadFrom implements net.PacketConn.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return 0, nil, net.ErrClosed
		case s.expired:
			return 0, nil, os.ErrDeadlineExceeded
		case len(s.in) > 0:
			n := copy(b, s.in[0])
			s.in = s.in[1:]
			return n, &s.link.hosts[1-s.side].addr, nil
		}
		s.cond.Wait()
	}
}

// change makes ReadFrom look again.
func (s *socket) change(f func()) {
	s.mu.Lock()
	f()
	s.mu.Unlock()
	s.cond.Broadcast()
}

// Close implements net.PacketConn.
func (s *socket) Close() error { s.change(func() { s.closed = true }); return nil }

// LocalAddr implements net.PacketConn.
func (s *socket) LocalAddr() net.Addr { return &s.addr }

// SetDeadline implements net.PacketConn.
func (s *socket) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn. Stacks use it to end ReadFrom at
// once, or not at all.
func (s *socket) SetReadDeadline(t time.Time) error {
	s.change(func() { s.expired = !t.IsZero() && !t.After(time.Now()) })
	return nil
}

// SetWriteDeadline implements net.PacketConn: nothing here blocks a write.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }
