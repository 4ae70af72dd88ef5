package adapter

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// sendStream and receiveStream are the halves of a stream in every version.
type sendStream interface {
	StreamID() quic.StreamID
	Write([]byte) (int, error)
	Close() error
	CancelWrite(quic.StreamErrorCode)
	SetWriteDeadline(time.Time) error
}

type receiveStream interface {
	StreamID() quic.StreamID
	Read([]byte) (int, error)
	CancelRead(quic.StreamErrorCode)
	SetReadDeadline(time.Time) error
}

// A stream has one half or both; who uses it knows which.
type stream struct {
	out sendStream
	in  receiveStream
}

func (s stream) ID() uint64 {
	if s.out != nil {
		return uint64(s.out.StreamID())
	}
	return uint64(s.in.StreamID())
}

func (s stream) Read(b []byte) (int, error)         { return s.in.Read(b) }
func (s stream) Write(b []byte) (int, error)        { return s.out.Write(b) }
func (s stream) Close() error                       { return s.out.Close() }
func (s stream) CancelRead(code uint64)             { s.in.CancelRead(quic.StreamErrorCode(code)) }
func (s stream) CancelWrite(code uint64)            { s.out.CancelWrite(quic.StreamErrorCode(code)) }
func (s stream) SetReadDeadline(t time.Time) error  { return s.in.SetReadDeadline(t) }
func (s stream) SetWriteDeadline(t time.Time) error { return s.out.SetWriteDeadline(t) }

// Failure implements lab.Stack.
func (Stack) Failure(err error) lab.Failure {
	var onStream *quic.StreamError
	var app *quic.ApplicationError
	var transport *quic.TransportError
	var idle *quic.IdleTimeoutError
	var handshake *quic.HandshakeTimeoutError
	switch {
	case err == nil:
		return lab.Failure{}
	case errors.Is(err, io.EOF):
		return lab.Failure{Kind: lab.End}
	case errors.As(err, &onStream):
		return lab.Failure{Kind: lab.Reset, Remote: onStream.Remote, Code: uint64(onStream.ErrorCode)}
	case errors.As(err, &app):
		return lab.Failure{Kind: lab.Application, Remote: app.Remote, Code: uint64(app.ErrorCode)}
	case errors.As(err, &transport):
		return lab.Failure{Kind: lab.Transport, Remote: transport.Remote, Code: uint64(transport.ErrorCode)}
	case errors.As(err, &handshake):
		return lab.Failure{Kind: lab.Handshake}
	case errors.As(err, &idle):
		return lab.Failure{Kind: lab.Idle}
	case limited(err):
		return lab.Failure{Kind: lab.Limit}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return lab.Failure{Kind: lab.Deadline}
	case errors.Is(err, context.Canceled):
		return lab.Failure{Kind: lab.Cancelled}
	case errors.Is(err, quic.ErrServerClosed), errors.Is(err, net.ErrClosed):
		return lab.Failure{Kind: lab.Gone}
	}
	return lab.Failure{Kind: lab.Unknown}
}

// add adds a frame of a packet.
func add(p *lab.Packet, frame any) {
	f, acked, ok := decode(frame)
	if acked != nil {
		p.Acked = append(p.Acked, acked...)
		return
	}
	if ok {
		p.Frames = append(p.Frames, f)
	}
	p.Eliciting = p.Eliciting || f.Type != rfc9000.CONNECTION_CLOSE
}
