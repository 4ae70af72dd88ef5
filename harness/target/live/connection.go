package live

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/qlogwriter"

	"github.com/lastwake/lastwake/harness/program"
)

// How long a handshake may take, how long the client then waits for
// HANDSHAKE_DONE, and how long a write may block.
const (
	handshakeLimit = 2 * time.Second
	handshakeRest  = 50 * time.Millisecond
	writeLimit     = 200 * time.Millisecond
	// apart keeps a write and what follows it on the same stream in packets of
	// their own.
	apart = 5 * time.Millisecond
)

// A connection is one of a program's, up to four.
type connection struct {
	site    *site
	link    *link
	trans   *quic.Transport
	quic    *quic.Conn
	answers *answers
	streams map[uint32]*stream // by the program's stream id
	closed  bool
}

// A stream is one that the client has opened. A unidirectional one has no
// reading side.
type stream struct {
	writer
	in      *quic.Stream
	id      int64 // in QUIC
	written time.Time
	ended   bool // Close or CancelWrite was called
}

// writer is what both kinds of stream have.
type writer interface {
	io.WriteCloser
	CancelWrite(quic.StreamErrorCode)
	SetWriteDeadline(time.Time) error
}

// windows are what the client grants, in bytes.
type windows struct{ stream, connection uint64 }

// dial opens connection n. Its error is what the handshake came to.
func dial(ctx context.Context, to netip.AddrPort, s *site, w windows, n int, qlogDir string) (*connection, error) {
	l, err := newLink(to)
	if err != nil {
		return nil, err
	}
	c := &connection{site: s, link: l, trans: &quic.Transport{Conn: l}, streams: map[uint32]*stream{}, answers: newAnswers(n, nil, quic.ConnectionID{})}
	protocol := "h3"
	if s.hq {
		protocol = "hq-interop"
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeLimit)
	defer cancel()
	c.quic, err = c.trans.Dial(ctx, net.UDPAddrFromAddrPort(to), &tls.Config{
		NextProtos: []string{protocol}, ServerName: s.authority, InsecureSkipVerify: true, // whose certificate it is, is not what is tested
		CurvePreferences: []tls.CurveID{tls.X25519},
	}, &quic.Config{
		HandshakeIdleTimeout: handshakeLimit, MaxIdleTimeout: 30 * time.Second, DisablePathMTUDiscovery: true,
		InitialStreamReceiveWindow: max(1, w.stream), MaxStreamReceiveWindow: max(1, w.stream),
		InitialConnectionReceiveWindow: max(1, w.connection), MaxConnectionReceiveWindow: max(1, w.connection),
		Tracer: func(_ context.Context, _ bool, id quic.ConnectionID) qlogwriter.Trace {
			if qlogDir != "" {
				if f, err := os.Create(filepath.Join(qlogDir, fmt.Sprintf("c%d.sqlog", n))); err == nil {
					c.answers = newAnswers(n, f, id)
				}
			}
			return c.answers
		},
	})
	if err != nil {
		_ = c.trans.Close()
		_ = l.Close()
		return c, err
	}
	time.Sleep(handshakeRest)
	return c, nil
}

// close closes the connection with an error code. The link stays, as a
// client's kernel stays.
func (c *connection) close(code uint32) {
	if !c.closed {
		c.closed = true
		c.note()
		_ = c.quic.CloseWithError(quic.ApplicationErrorCode(code), "") // it may be closed by now
	}
}

// release gives back what the connection holds.
func (c *connection) release() {
	if c.quic == nil {
		return
	}
	c.close(0)
	_ = c.trans.Close() // nothing was written through it
	_ = c.link.Close()
}

// answered returns what the server has answered.
func (c *connection) answered() []Answer {
	names := map[int64]uint32{}
	for name, s := range c.streams {
		names[s.id] = name
	}
	return c.answers.named(names)
}

// note keeps why the connection is over, if it is and no frame has said so.
func (c *connection) note() {
	err := context.Cause(c.quic.Context())
	switch {
	case err == nil:
	case errors.As(err, new(*quic.StatelessResetError)):
		c.answers.note(Answer{What: "stateless-reset", Stream: -1})
	case errors.As(err, new(*quic.IdleTimeoutError)):
		c.answers.note(Answer{What: "idle", Stream: -1})
	}
}

// opened returns the stream that the program calls id, opening it if need be.
func (c *connection) opened(id uint32) (*stream, error) {
	if s := c.streams[id]; s != nil {
		return s, nil
	}
	s := &stream{}
	if id&2 != 0 {
		q, err := c.quic.OpenUniStream()
		if err != nil {
			return nil, err
		}
		s.writer, s.id = q, int64(q.StreamID())
	} else {
		q, err := c.quic.OpenStream()
		if err != nil {
			return nil, err
		}
		s.writer, s.in, s.id = q, q, int64(q.StreamID())
	}
	c.streams[id] = s
	return s, nil
}

// write sends bytes on s, and its end with fin. Whoever writes again does so
// in another packet.
func (s *stream) write(b []byte, fin bool) error {
	if s.ended {
		return errEnded
	}
	s.rest()
	if len(b) > 0 {
		_ = s.SetWriteDeadline(time.Now().Add(writeLimit)) // it never fails
		if _, err := s.Write(b); err != nil {
			return err
		}
		s.written = time.Now()
	}
	if !fin {
		return nil
	}
	s.ended = true
	return s.Close()
}

var errEnded = errors.New("the stream has ended")

// rest waits until what was written last is in a packet.
func (s *stream) rest() {
	if d := apart - time.Since(s.written); d > 0 {
		time.Sleep(d)
	}
}

// reset ends the sending side with RESET_STREAM.
func (s *stream) reset(code uint32) error {
	if s.ended {
		return errEnded
	}
	s.rest()
	s.ended = true
	s.CancelWrite(quic.StreamErrorCode(code))
	return nil
}

// read takes up to n bytes that have come, so that the server may send more.
func (s *stream) read(n int) int {
	got := 0
	buf := make([]byte, min(n, 64<<10))
	for got < n {
		_ = s.in.SetReadDeadline(time.Now().Add(time.Millisecond)) // it never fails
		k, err := s.in.Read(buf[:min(len(buf), n-got)])
		got += k
		if err != nil {
			break
		}
	}
	return got
}

// isClient reports whether a client can open stream id.
func isClient(id uint32) bool { return id&1 == 0 }

// modes are what the link makes of packets while the network is blocked: the
// client hears nothing, so it acknowledges nothing, and still sends.
func (c *connection) deaf(on bool) {
	if on {
		c.link.set(program.PathPass, program.PathDrop)
	} else {
		c.link.set(program.PathPass, program.PathPass)
	}
}
