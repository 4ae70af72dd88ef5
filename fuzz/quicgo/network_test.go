package quicgo

import (
	"crypto/sha256"
	"hash"
	"net"
	"os"
	"sync"
	"testing/synctest"
	"time"
)

// A network connects two hosts. Nothing is delivered unless drain says so, one
// packet after the other, so that a run is the same each time.
type network struct {
	hosts  [2]*host
	mu     sync.Mutex
	queue  []packet // sent and not yet delivered, in order
	digest hash.Hash
	count  int
}

type packet struct {
	to   int
	data []byte
}

func newNetwork() *network {
	n := &network{digest: sha256.New()}
	for i := range n.hosts {
		n.hosts[i] = &host{net: n, index: i, in: make(chan []byte, 256), wake: make(chan struct{})}
	}
	return n
}

// drain waits until everybody waits for something, delivers one packet, and so
// on until there is none.
func (n *network) drain() {
	for {
		synctest.Wait()
		n.mu.Lock()
		if len(n.queue) == 0 {
			n.mu.Unlock()
			return
		}
		p := n.queue[0]
		n.queue = n.queue[1:]
		n.mu.Unlock()
		n.count++
		n.digest.Write([]byte{byte(p.to)})
		n.digest.Write(p.data)
		n.hosts[p.to].in <- p.data
	}
}

// until drains the network and lets time pass, a millisecond at a time, until
// done is closed; it reports whether that happened within limit.
func (n *network) until(done <-chan struct{}, limit time.Duration) bool {
	for end := time.Now().Add(limit); ; time.Sleep(time.Millisecond) {
		n.drain()
		select {
		case <-done:
			return true
		default:
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// A host is one end of a network, a net.PacketConn.
type host struct {
	net   *network
	index int
	in    chan []byte

	mu       sync.Mutex
	deadline time.Time
	wake     chan struct{} // closed when the deadline changes
	closed   bool
}

func (h *host) WriteTo(b []byte, _ net.Addr) (int, error) {
	h.net.mu.Lock()
	defer h.net.mu.Unlock()
	h.net.queue = append(h.net.queue, packet{to: 1 - h.index, data: append([]byte(nil), b...)})
	return len(b), nil
}

func (h *host) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		h.mu.Lock()
		deadline, wake, closed := h.deadline, h.wake, h.closed
		h.mu.Unlock()
		if closed {
			return 0, nil, net.ErrClosed
		}
		var late <-chan time.Time
		if !deadline.IsZero() {
			if !time.Now().Before(deadline) {
				return 0, nil, os.ErrDeadlineExceeded
			}
			timer := time.NewTimer(time.Until(deadline))
			defer timer.Stop()
			late = timer.C
		}
		select {
		case data := <-h.in:
			return copy(b, data), h.net.hosts[1-h.index].LocalAddr(), nil
		case <-late:
		case <-wake:
		}
	}
}

// change makes ReadFrom look again.
func (h *host) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	close(h.wake)
	h.wake = make(chan struct{})
}

func (h *host) Close() error { h.change(func() { h.closed = true }); return nil }

func (h *host) LocalAddr() net.Addr {
	return &net.UDPAddr{IP: net.IPv4(192, 0, 2, byte(1+h.index)), Port: 443}
}

func (h *host) SetDeadline(t time.Time) error { return h.SetReadDeadline(t) }

func (h *host) SetReadDeadline(t time.Time) error { h.change(func() { h.deadline = t }); return nil }

func (h *host) SetWriteDeadline(time.Time) error { return nil }
