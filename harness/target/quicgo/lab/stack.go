package lab

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// A Stack is an implementation of QUIC.
type Stack interface {
	// Version names it: "quic-go v0.65.0".
	Version() string
	// Host makes a host on a socket. Who made it closes it.
	Host(socket net.PacketConn, o Options) (Host, error)
	// Exact reports whether a timer that expires exactly now has expired. A
	// stack that waits for a later now loops for ever on a clock that stands
	// still while anybody works: on it nothing is played that lets timeouts of
	// its own expire, which is to lose or hold packets, or an idle timeout.
	Exact() bool
	// Patient reports whether a handshake may wait, be lost or be given up. A
	// stack that is not was seen to loop for ever then, on a clock that stands
	// still; its connections are there at once.
	Patient() bool
	// Failure says what an error of the stack means; the zero Failure for nil.
	Failure(err error) Failure
}

// Options configure a host.
type Options struct {
	Server bool
	// Granted are the limits that the host grants its peer.
	Granted rfc9000.Limits
	Idle    time.Duration
	// Seen is called with every packet of the application's number space that
	// the stack has sent, received or declared lost. It must not block, and
	// the packet must not be used when it has returned.
	Seen func(*Packet)
	// Qlog, when not nil, gets the host's qlog.
	Qlog io.WriteCloser
}

// What happened to a packet.
const (
	Sent = iota
	Received
	Lost
)

// A Packet is what the stack says of one packet.
type Packet struct {
	Event  int
	Number int64
	// Eliciting: the packet asks to be acknowledged.
	Eliciting bool
	Frames    []rfc9000.Frame
	// Acked are the ranges of packet numbers that it acknowledges, both ends
	// included.
	Acked [][2]int64
}

// A Host is an end of a network.
type Host interface {
	// Accept waits for the next connection of a server.
	Accept(context.Context) (Conn, error)
	// Dial opens a connection.
	Dial(context.Context, net.Addr) (Conn, error)
	// CloseListener refuses new connections.
	CloseListener() error
	// Close ends everything without a word to the peer.
	Close() error
}

// A Conn is one end of a connection.
type Conn interface {
	Open(uni bool) (Stream, error) // does not wait for credit
	Accept(ctx context.Context, uni bool) (Stream, error)
	SendDatagram([]byte) error
	ReceiveDatagram(context.Context) ([]byte, error)
	CloseWithError(code uint64, reason string) error
	// Done is closed when the connection is; Cause says why.
	Done() <-chan struct{}
	Cause() error
}

// A Stream is one end of a stream. Of a unidirectional one the methods of the
// other direction are not called.
type Stream interface {
	ID() uint64
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	Close() error
	CancelRead(code uint64)
	CancelWrite(code uint64)
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// A Failure is what an error means.
type Failure struct {
	Kind FailureKind
	// Remote: the peer caused it. Code is the error code.
	Remote bool
	Code   uint64
}

// A FailureKind is a kind of failure.
type FailureKind uint8

// The kinds.
const (
	NoFailure   FailureKind = iota
	End                     // io.EOF
	Deadline                // a deadline passed
	Reset                   // a stream was cancelled
	Application             // the connection was closed with an application code
	Transport               // with a transport code
	Idle                    // by the idle timeout
	Handshake               // by the handshake's timeout
	Limit                   // no stream may be opened for now
	Gone                    // the host, connection or stream was closed here
	Cancelled               // the context was
	Unknown
)

var failureNames = [...]string{"ok", "EOF", "deadline", "stream error", "application error", "transport error", "idle timeout",
	"handshake timeout", "stream limit", "closed", "cancelled", "unknown error"}

// String returns the failure in words.
func (f Failure) String() string {
	s := failureNames[f.Kind]
	if f.Kind == Reset || f.Kind == Application || f.Kind == Transport {
		who := "local"
		if f.Remote {
			who = "remote"
		}
		s += " " + who + " " + itoa(f.Code)
	}
	return s
}
