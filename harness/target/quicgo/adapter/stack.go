//go:build !quicgo_pre53

package adapter

import (
	"context"
	"net"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/qlog"
	"github.com/quic-go/quic-go/qlogwriter"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// Exact implements lab.Stack.
func (Stack) Exact() bool { return true }

// Host implements lab.Stack.
func (Stack) Host(socket net.PacketConn, o lab.Options) (lab.Host, error) {
	h := &host{transport: transport(socket, o.Server), config: config(o), server: o.Server}
	if !o.Server {
		return h, nil
	}
	var err error
	h.listener, err = h.transport.Listen(tlsConfig(true), h.config)
	return h, err
}

// config switches off what would move the windows or packets by itself.
func config(o lab.Options) *quic.Config {
	streams := int64(o.Granted.Streams)
	if streams == 0 {
		streams = -1 // quic-go's word for none
	}
	return &quic.Config{
		Versions: []quic.Version{quic.Version1}, MaxIdleTimeout: o.Idle, HandshakeIdleTimeout: 10 * time.Second,
		InitialStreamReceiveWindow: o.Granted.StreamData, MaxStreamReceiveWindow: o.Granted.StreamData,
		InitialConnectionReceiveWindow: o.Granted.Data, MaxConnectionReceiveWindow: o.Granted.Data,
		MaxIncomingStreams: streams, MaxIncomingUniStreams: streams,
		DisablePathMTUDiscovery: true, EnableDatagrams: true,
		Tracer: func(_ context.Context, client bool, id quic.ConnectionID) qlogwriter.Trace {
			t := &trace{seen: o.Seen}
			if o.Qlog != nil {
				f := qlogwriter.NewConnectionFileSeq(o.Qlog, client, id)
				t.file = f
				go f.Run()
			}
			return t
		},
	}
}

type host struct {
	transport *quic.Transport
	listener  *quic.Listener
	config    *quic.Config
	server    bool
}

func (h *host) Accept(ctx context.Context) (lab.Conn, error) {
	c, err := h.listener.Accept(ctx)
	if err != nil {
		return nil, err
	}
	return conn{c}, nil
}

func (h *host) Dial(ctx context.Context, to net.Addr) (lab.Conn, error) {
	c, err := h.transport.Dial(ctx, to, tlsConfig(false), h.config)
	if err != nil {
		return nil, err
	}
	return conn{c}, nil
}

func (h *host) CloseListener() error { return h.listener.Close() }

func (h *host) Close() error { return h.transport.Close() }

type conn struct{ c *quic.Conn }

func (c conn) Open(uni bool) (lab.Stream, error) {
	if uni {
		s, err := c.c.OpenUniStream()
		if err != nil {
			return nil, err
		}
		return stream{out: s}, nil
	}
	s, err := c.c.OpenStream()
	if err != nil {
		return nil, err
	}
	return stream{s, s}, nil
}

func (c conn) Accept(ctx context.Context, uni bool) (lab.Stream, error) {
	if uni {
		s, err := c.c.AcceptUniStream(ctx)
		if err != nil {
			return nil, err
		}
		return stream{in: s}, nil
	}
	s, err := c.c.AcceptStream(ctx)
	if err != nil {
		return nil, err
	}
	return stream{s, s}, nil
}

func (c conn) SendDatagram(b []byte) error { return c.c.SendDatagram(b) }

func (c conn) ReceiveDatagram(ctx context.Context) ([]byte, error) { return c.c.ReceiveDatagram(ctx) }

func (c conn) CloseWithError(code uint64, reason string) error {
	return c.c.CloseWithError(quic.ApplicationErrorCode(code), reason)
}

func (c conn) Done() <-chan struct{} { return c.c.Context().Done() }

func (c conn) Cause() error { return context.Cause(c.c.Context()) }

// trace hands quic-go's qlog events on as they come.
type trace struct {
	seen func(*lab.Packet)
	file *qlogwriter.FileSeq // nil without qlog
}

func (t *trace) AddProducer() qlogwriter.Recorder {
	r := &recorder{seen: t.seen}
	if t.file != nil {
		r.file = t.file.AddProducer()
	}
	return r
}

type recorder struct {
	seen func(*lab.Packet)
	file qlogwriter.Recorder
}

func (r *recorder) RecordEvent(e qlogwriter.Event) {
	if r.file != nil {
		r.file.RecordEvent(e)
	}
	switch e := e.(type) {
	case qlog.PacketSent:
		packet(r.seen, lab.Sent, e.Header, e.Frames)
	case qlog.PacketReceived:
		packet(r.seen, lab.Received, e.Header, e.Frames)
	case qlog.PacketLost:
		packet(r.seen, lab.Lost, e.Header, nil)
	}
}

func (r *recorder) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// packet hands on a packet of the application's number space.
func packet(seen func(*lab.Packet), event int, h qlog.PacketHeader, frames []qlog.Frame) {
	if h.PacketType != qlog.PacketType1RTT {
		return
	}
	p := lab.Packet{Event: event, Number: int64(h.PacketNumber)}
	for i := range frames {
		add(&p, frames[i].Frame)
	}
	seen(&p)
}
