//go:build linux

package main

import (
	"context"
	"sync"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/qlog"
	"github.com/quic-go/quic-go/qlogwriter"
)

// unacked counts the requests of a connection whose response the peer has not
// acknowledged to its end, out of the events of the server's qlog.
type unacked struct {
	server *server

	mu    sync.Mutex
	owed  map[int64]bool    // streams
	fin   map[int64][]int64 // packet number -> streams that end in it
	ended bool
}

func (s *server) trace(context.Context, bool, quic.ConnectionID) qlogwriter.Trace {
	return &unacked{server: s, owed: map[int64]bool{}, fin: map[int64][]int64{}}
}

// AddProducer implements qlogwriter.Trace.
func (u *unacked) AddProducer() qlogwriter.Recorder { return u }

// Close implements qlogwriter.Recorder.
func (u *unacked) Close() error { return nil }

// RecordEvent implements qlogwriter.Recorder.
func (u *unacked) RecordEvent(e qlogwriter.Event) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch e := e.(type) {
	case qlog.PacketReceived:
		for i := range e.Frames {
			u.received(e.Frames[i].Frame)
		}
	case qlog.PacketSent:
		for i := range e.Frames {
			if f, ok := e.Frames[i].Frame.(*qlog.StreamFrame); ok && f.Fin && f.StreamID&3 == 0 {
				n := int64(e.Header.PacketNumber)
				u.fin[n] = append(u.fin[n], int64(f.StreamID))
			}
		}
	case qlog.ConnectionClosed:
		if !u.ended && len(u.owed) > u.server.quota {
			go u.server.trigger("unacked")
		}
		u.ended = true
	}
}

func (u *unacked) received(frame any) {
	switch f := frame.(type) {
	case *qlog.StreamFrame:
		if f.StreamID&3 == 0 && f.Offset == 0 {
			u.owed[int64(f.StreamID)] = true
		}
	case *qlog.ResetStreamFrame:
		delete(u.owed, int64(f.StreamID))
	case *qlog.AckFrame:
		for n, streams := range u.fin {
			if acks(f, n) {
				for _, id := range streams {
					delete(u.owed, id)
				}
				delete(u.fin, n)
			}
		}
	}
}

// acks reports whether f acknowledges packet n.
func acks(f *qlog.AckFrame, n int64) bool {
	for _, r := range f.AckRanges {
		if int64(r.Smallest) <= n && n <= int64(r.Largest) {
			return true
		}
	}
	return false
}
