//go:build quicgo_pre53

package adapter

import (
	"context"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/logging"
	"github.com/quic-go/quic-go/qlog"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

type connection = quic.Connection

// Exact implements lab.Stack.
func (Stack) Exact() bool { return ticking != "" }

// Patient implements lab.Stack.
func (Stack) Patient() bool { return false }

func tracer(o lab.Options) func(context.Context, logging.Perspective, quic.ConnectionID) *logging.ConnectionTracer {
	return func(_ context.Context, side logging.Perspective, id quic.ConnectionID) *logging.ConnectionTracer {
		t := seer(o.Seen)
		if o.Qlog != nil {
			t = logging.NewMultiplexedConnectionTracer(t, qlog.NewConnectionTracer(o.Qlog, side, id))
		}
		return t
	}
}

// seer hands on the packets of the application's number space.
func seer(seen func(*lab.Packet)) *logging.ConnectionTracer {
	packet := func(event int, number logging.PacketNumber, ack *logging.AckFrame, frames []logging.Frame) {
		p := lab.Packet{Event: event, Number: int64(number)}
		if ack != nil {
			add(&p, ack)
		}
		for _, f := range frames {
			add(&p, f)
		}
		seen(&p)
	}
	return &logging.ConnectionTracer{
		SentShortHeaderPacket: func(h *logging.ShortHeader, _ logging.ByteCount, _ logging.ECN, ack *logging.AckFrame, frames []logging.Frame) {
			packet(lab.Sent, h.PacketNumber, ack, frames)
		},
		ReceivedShortHeaderPacket: func(h *logging.ShortHeader, _ logging.ByteCount, _ logging.ECN, frames []logging.Frame) {
			packet(lab.Received, h.PacketNumber, nil, frames)
		},
		LostPacket: func(level logging.EncryptionLevel, number logging.PacketNumber, _ logging.PacketLossReason) {
			if level == logging.Encryption1RTT {
				packet(lab.Lost, number, nil, nil)
			}
		},
	}
}
