package adapter

import (
	"context"
	"net"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

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
		Tracer: tracer(o),
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

type conn struct{ c connection }

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
