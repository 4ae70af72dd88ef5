package lab

import (
	"slices"
	"sync"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// A logbook keeps what one end's stack says of packets until the driver looks.
type logbook struct {
	mu      sync.Mutex
	entries []entry
	frames  []rfc9000.Frame
	acked   [][2]int64
}

// empty forgets what was kept, and the room for it.
func (b *logbook) empty() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries, b.frames, b.acked = nil, nil, nil
}

// An entry is a Packet whose frames and ranges end where the next one's begin.
type entry struct {
	event     int
	number    int64
	eliciting bool
	frames    int
	acked     int
}

// seen is called by a stack, in a goroutine of its own.
func (c *conn) seen(side rfc9000.Side, p *Packet) {
	b := &c.log[side]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.frames = append(b.frames, p.Frames...)
	b.acked = append(b.acked, p.Acked...)
	b.entries = append(b.entries, entry{p.Event, p.Number, p.Eliciting, len(b.frames), len(b.acked)})
}

// read hands what the stacks have said since the last time to the reference.
// It is called after every packet, so what one side received, and sent because
// of it, stands between what the other one did before and after.
func (s *Session) read() {
	for _, c := range s.conns {
		if c == nil {
			continue
		}
		for side := rfc9000.Client; side <= rfc9000.Server; side++ {
			s.readBook(c, side)
		}
	}
}

func (s *Session) readBook(c *conn, side rfc9000.Side) {
	b := &c.log[side]
	b.mu.Lock()
	defer b.mu.Unlock()
	frame, ack := 0, 0
	for i := range b.entries {
		e := &b.entries[i]
		frames, acked := b.frames[frame:e.frames], b.acked[ack:e.acked]
		frame, ack = e.frames, e.acked
		switch e.event {
		case Sent:
			if e.eliciting {
				c.inFlight[side] = append(c.inFlight[side], e.number)
			}
			for _, f := range frames {
				c.ref.Sent(side, f)
			}
		case Received:
			c.acknowledged(side, acked)
			for _, f := range frames {
				c.ref.Received(side, f)
			}
		case Lost:
			c.acknowledged(side, [][2]int64{{e.number, e.number}})
		}
		if s.tape != nil {
			s.tape.packet(c.number, side, e, frames)
		}
	}
	b.entries, b.frames, b.acked = b.entries[:0], b.frames[:0], b.acked[:0]
}

// acknowledged takes packets of side out of flight.
func (c *conn) acknowledged(side rfc9000.Side, ranges [][2]int64) {
	for _, r := range ranges {
		c.inFlight[side] = slices.DeleteFunc(c.inFlight[side], func(n int64) bool { return n >= r[0] && n <= r[1] })
	}
}
