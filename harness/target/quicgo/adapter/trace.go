//go:build !quicgo_pre53

package adapter

import (
	"context"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/qlog"
	"github.com/quic-go/quic-go/qlogwriter"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

type connection = *quic.Conn

// Exact implements lab.Stack.
func (Stack) Exact() bool { return true }

// Patient implements lab.Stack.
func (Stack) Patient() bool { return true }

func tracer(o lab.Options) func(context.Context, bool, quic.ConnectionID) qlogwriter.Trace {
	return func(_ context.Context, client bool, id quic.ConnectionID) qlogwriter.Trace {
		t := &trace{seen: o.Seen}
		if o.Qlog != nil {
			f := qlogwriter.NewConnectionFileSeq(o.Qlog, client, id)
			t.file = f
			go f.Run()
		}
		return t
	}
}

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
