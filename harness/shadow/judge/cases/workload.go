package cases

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The workload of make bench: a connection whose streams are opened, written
// to, queued, served and closed. testdata/workload/workload.c is the same in C,
// line by line, and both return the same sum. For each allocation, of 110 bytes,
// there are 45 loads and 24 stores: the ops of the mux model have 46 and 23, and
// 118 bytes.

//lastwake:managed
type conn struct {
	Streams list // all, by El
	Waiting list // those with something to send, by Wait
	Sent    uint64
	Window  uint64
	Live    uint32
	Queued  uint32
}

//lastwake:managed
type stream struct {
	El     list
	Wait   list
	Conn   *conn
	Buf    *buffer
	ID     uint64
	Sent   uint64
	Acked  uint64
	Window uint32
	State  uint16
	Queued uint8
}

//lastwake:managed
type buffer struct {
	Head, Tail uint32
	Words      [16]uint64
}

const maxStreams = 12

// Workload plays the workload with the given seed and returns its sum.
func (w *World) Workload(seed uint32, steps int) uint64 {
	w.random = seed
	c := w.newConn()
	for range steps {
		r := w.next()
		switch r % 8 {
		case 0, 1:
			if c.Live < maxStreams {
				w.open(c, r)
			}
		case 2, 3, 4:
			w.send(c, pick(c, r>>8), r)
		case 5:
			w.serve(c)
		case 6:
			w.acknowledge(c)
		case 7:
			if c.Live != 0 {
				w.close(c, pick(c, r>>8))
			}
		}
	}
	for c.Live != 0 {
		w.close(c, pick(c, 0))
	}
	sum := c.Sent + c.Window
	w.arena.Free(kindConn, unsafe.Pointer(c))
	return sum
}

// next is a linear congruential generator, of which the upper bits are good.
func (w *World) next() uint32 {
	w.random = w.random*1664525 + 1013904223
	return w.random >> 8
}

func (w *World) newConn() *conn {
	c := (*conn)(w.arena.Alloc(kindConn))
	c.Streams.init()
	c.Waiting.init()
	c.Sent = 0
	c.Window = 0
	c.Live = 0
	c.Queued = 0
	return c
}

func (w *World) open(c *conn, id uint32) {
	s := (*stream)(w.arena.Alloc(kindStream))
	s.Wait.init()
	s.Conn = c
	s.Buf = nil
	s.ID = uint64(id)
	s.Sent = 0
	s.Acked = 0
	s.Window = 1000
	s.State = 1
	s.Queued = 0
	c.Streams.append(&s.El)
	c.Live++
}

// pick returns one of the first four streams, nil if there is none.
func pick(c *conn, n uint32) *stream {
	l := c.Streams.N
	if l == &c.Streams {
		return nil
	}
	for range n % 4 {
		if l.N == &c.Streams {
			break
		}
		l = l.N
	}
	return (*stream)(unsafe.Pointer(l))
}

func (w *World) send(c *conn, s *stream, n uint32) {
	if s == nil || s.State != 1 {
		return
	}
	b := s.Buf
	if b == nil {
		b = w.newBuffer()
		s.Buf = b
	}
	for range 1 + n%2 {
		if b.Tail-b.Head == uint32(len(b.Words)) {
			s.State = 2
			break
		}
		b.Words[b.Tail%uint32(len(b.Words))] = s.ID + s.Sent
		b.Tail++
		s.Sent++
	}
	if s.Queued == 0 {
		s.Queued = 1
		s.Conn.Waiting.append(&s.Wait)
		s.Conn.Queued++
	}
}

func (w *World) newBuffer() *buffer {
	b := (*buffer)(w.arena.Alloc(kindBuffer))
	b.Head = 0
	b.Tail = 0
	return b
}

// serve takes everybody off the list who waits, and what they have to send.
func (w *World) serve(c *conn) {
	for c.Waiting.N != &c.Waiting {
		l := c.Waiting.N
		s := shadow.ContainerOf[stream](unsafe.Pointer(l), unsafe.Offsetof(stream{}.Wait))
		l.unlink()
		l.init()
		s.Queued = 0
		c.Queued--
		b := s.Buf
		for b.Head != b.Tail && s.Window != 0 {
			c.Sent += b.Words[b.Head%uint32(len(b.Words))]
			b.Head++
			s.Window--
		}
		if b.Head == b.Tail {
			w.arena.Free(kindBuffer, unsafe.Pointer(b))
			s.Buf = nil
			s.State = 1
		}
	}
}

// acknowledge walks along all streams.
func (w *World) acknowledge(c *conn) {
	for l := c.Streams.N; l != &c.Streams; l = l.N {
		s := (*stream)(unsafe.Pointer(l))
		if s.Acked != s.Sent {
			c.Window += s.Sent - s.Acked
			s.Acked = s.Sent
			s.Window += 10
		}
	}
}

func (w *World) close(c *conn, s *stream) {
	if s.Queued != 0 {
		s.Wait.unlink()
		c.Queued--
	}
	if s.Buf != nil {
		w.arena.Free(kindBuffer, unsafe.Pointer(s.Buf))
	}
	s.El.unlink()
	c.Live--
	w.arena.Free(kindStream, unsafe.Pointer(s))
}
