package live

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

// A link is the socket of one connection, with a network in it that can lose
// packets, make them wait, and vanish. Only what comes in is lost to keep the
// client from acknowledging: what goes out it sends when it likes, and losing
// that loses requests as well.
type link struct {
	udp *net.UDPConn

	mu       sync.Mutex
	up, down uint32     // program.PathPass and so on
	out, in  []datagram // waiting
	vanished bool
	closed   bool
	deadline time.Time
}

type datagram struct {
	data []byte
	addr net.Addr
}

// maxWaiting bounds the packets that wait in one direction.
const maxWaiting = 4096

// poll is how often a reader that waits looks at what else has happened.
const poll = 10 * time.Millisecond

func newLink(to netip.AddrPort) (*link, error) {
	network, local := "udp4", net.IPv4(127, 0, 0, 1)
	if to.Addr().Is6() {
		network, local = "udp6", net.IPv6loopback
	}
	udp, err := net.ListenUDP(network, &net.UDPAddr{IP: local})
	if err != nil {
		return nil, err
	}
	return &link{udp: udp}, nil
}

// set chooses what becomes of packets from now on. Those that waited go on
// their way, or are lost.
func (l *link) set(up, down uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up, l.down = up, down
	if up == program.PathPass {
		for _, d := range l.out {
			l.send(d.data, d.addr)
		}
	}
	if up != program.PathHold {
		l.out = nil
	}
	if down == program.PathDrop {
		l.in = nil
	}
}

// open reports whether what is sent arrives.
func (l *link) open() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.vanished && l.up == program.PathPass
}

// vanish closes the socket without a word: what the server sends fails.
func (l *link) vanish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.vanished = true
	_ = l.udp.Close() // nothing more is sent
}

// send sends one packet, unless there is no socket any more.
func (l *link) send(b []byte, a net.Addr) {
	if !l.vanished {
		_, _ = l.udp.WriteTo(b, a) // a packet that cannot be sent is a lost packet
	}
}

// WriteTo implements net.PacketConn.
func (l *link) WriteTo(b []byte, a net.Addr) (int, error) {
	if !loopback(a) {
		return 0, errElsewhere
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return 0, net.ErrClosed
	case l.up == program.PathPass:
		l.send(b, a)
	case l.up == program.PathHold && len(l.out) < maxWaiting:
		l.out = append(l.out, datagram{append([]byte(nil), b...), a})
	}
	return len(b), nil
}

// ReadFrom implements net.PacketConn.
func (l *link) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		if n, a, err, done := l.waiting(b); done {
			return n, a, err
		}
		_ = l.udp.SetReadDeadline(time.Now().Add(poll)) // it fails when Read does
		n, a, err := l.udp.ReadFrom(b)
		switch {
		case errors.Is(err, net.ErrClosed):
			time.Sleep(poll) // vanished: silence until somebody closes
		case errors.Is(err, os.ErrDeadlineExceeded):
		case err != nil: // the server's port is closed: as if nothing had come
		case l.arrives(b[:n], a):
			return n, a, nil
		}
	}
}

// waiting returns what there is to return without reading.
func (l *link) waiting(b []byte) (int, net.Addr, error, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return 0, nil, net.ErrClosed, true
	case !l.deadline.IsZero() && !time.Now().Before(l.deadline):
		return 0, nil, os.ErrDeadlineExceeded, true
	case l.down == program.PathPass && len(l.in) > 0:
		d := l.in[0]
		l.in = l.in[1:]
		return copy(b, d.data), d.addr, nil, true
	}
	return 0, nil, nil, false
}

// arrives reports whether a packet that was read is to be seen now.
func (l *link) arrives(b []byte, a net.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down == program.PathHold && len(l.in) < maxWaiting {
		l.in = append(l.in, datagram{append([]byte(nil), b...), a})
	}
	return l.down == program.PathPass
}

// Close implements net.PacketConn.
func (l *link) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.vanished {
		return nil
	}
	return l.udp.Close()
}

// LocalAddr implements net.PacketConn.
func (l *link) LocalAddr() net.Addr { return l.udp.LocalAddr() }

// SetDeadline implements net.PacketConn.
func (l *link) SetDeadline(t time.Time) error { return l.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (l *link) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deadline = t
	return nil
}

// SetWriteDeadline implements net.PacketConn. Nobody waits to write.
func (l *link) SetWriteDeadline(time.Time) error { return nil }

// SetReadBuffer makes room for what a server sends at once.
func (l *link) SetReadBuffer(n int) error { return l.udp.SetReadBuffer(n) }

// SetWriteBuffer is SetReadBuffer for the other direction.
func (l *link) SetWriteBuffer(n int) error { return l.udp.SetWriteBuffer(n) }
