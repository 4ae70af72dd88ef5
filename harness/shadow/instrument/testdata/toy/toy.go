// Package toy is a small model for the tests of package instrument: a hub owns
// sessions in a list, each session may have a buffer, and whoever sends is
// charged to the hub. Its twin is in the folder checked, and the folder folded
// has the twin of the same source with the fault answered with false.
package toy

//go:generate go run ../../cmd/shadowgen -in . -out checked
//go:generate go run ../../cmd/shadowgen -in . -out folded -fold HAPROXY_bd384a359

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// The object types.
const (
	_ shadow.Kind = iota
	kindHub
	kindSession
	kindBuffer
)

//lastwake:managed
type link struct {
	next *link
	prev *link
}

//lastwake:c LIST_INIT include/list.h
//lastwake:primitive
func (l *link) init() { l.next = l; l.prev = l }

//lastwake:primitive
func (l *link) empty() bool { return l.next == l }

//lastwake:primitive
func (l *link) push(el *link) {
	last := l.prev
	l.prev = el
	last.next = el
	el.next = l
	el.prev = last
}

//lastwake:primitive
func (l *link) unlink() {
	l.next.prev = l.prev
	l.prev.next = l.next
	l.init()
}

type state uint8

const (
	idle state = iota
	busy
	closing
)

func (s state) String() string { return [...]string{"idle", "busy", "closing"}[s] }

//lastwake:managed
type counters struct {
	sent   uint64
	slots  [8]uint16
	failed bool
}

//lastwake:managed
type hub struct {
	sessions link
	total    counters
	live     int32
	current  unsafe.Pointer // *session
}

//lastwake:managed
type session struct {
	state  state
	flags  uint16
	weight float32
	hub    *hub
	el     link
	tx     counters
	buf    *buffer
}

//lastwake:managed
type buffer struct {
	words [4]uint64
	used  int8
}

// A World is one run of the model.
type World struct {
	Faults  fault.Set
	arena   *shadow.Arena
	hub     *hub
	log     []uint64
	cov     [NumEdges]uint8
	tracing bool
}

// New returns a World with an arena of its own.
func New(o shadow.Options) (*World, error) {
	types := []shadow.Type{
		{},
		kindHub:     shadow.TypeOf[hub]("hub"),
		kindSession: shadow.TypeOf[session]("session"),
		kindBuffer:  shadow.TypeOf[buffer]("buffer"),
	}
	a, err := shadow.New(types, o)
	if err != nil {
		return nil, err
	}
	if err := canary(a); err != nil {
		return nil, err
	}
	return &World{arena: a}, nil
}

// Reset starts a run.
func (w *World) Reset(mode shadow.Mode, faults fault.Set) {
	w.arena.Reset(mode)
	w.Faults = faults
	w.log = w.log[:0]
	w.cov = [NumEdges]uint8{}
	w.hub = (*hub)(w.arena.Alloc(kindHub))
	h := w.hub
	h.sessions.init()
	h.total.init()
	h.live = 0
	h.current = nil
}

// Cov returns the counters.
func (w *World) Cov() []uint8 { return w.cov[:] }

// Log returns what the run has reported.
func (w *World) Log() []uint64 { return w.log }

// Arena returns the World's arena.
func (w *World) Arena() *shadow.Arena { return w.arena }

func (c *counters) init() {
	c.sent = 0
	c.failed = false
	for i := range c.slots {
		c.slots[i] = 0
	}
}

func (w *World) trace(args ...uint64) {
	if w.tracing {
		println("trace", len(args))
	}
	w.log = append(w.log, args...)
}

// handlers are the ops; they are numbered.
var handlers = [...]func(w *World, s *session, n uint64) bool{
	(*World).open,
	(*World).send,
	(*World).drain,
	(*World).mark,
	func(w *World, s *session, n uint64) bool { s.weight *= float32(n); return s.weight > 1 },
	(*World).close,
}

// Step plays an op on the session with index i.
func (w *World) Step(op, i uint8, n uint64) {
	s := w.find(i)
	if s == nil && op != 0 {
		w.trace(0xdead)
		return
	}
	ok := handlers[int(op)%len(handlers)](w, s, n)
	if ok {
		w.trace(uint64(op), n)
	} else if w.Faults.Has(fault.HAPROXY_ad6b13d31) && n%3 == 0 {
		w.trace(1)
	} else {
		w.trace(2)
	}
	w.audit()
}

func (w *World) find(i uint8) *session {
	if w.hub.sessions.empty() {
		return nil
	}
	el := w.hub.sessions.next
	for ; i > 0 && el.next != &w.hub.sessions; i-- {
		el = el.next
	}
	return sessionOf(el)
}

func sessionOf(l *link) *session {
	return shadow.ContainerOf[session](unsafe.Pointer(l), unsafe.Offsetof(session{}.el))
}

//lastwake:c session_new src/session.c
func (w *World) open(_ *session, n uint64) bool {
	h := w.hub
	if h.live >= 5 {
		return false
	}
	s := (*session)(w.arena.Alloc(kindSession))
	s.state = idle
	s.flags = uint16(n) & 0xff
	s.weight = 0.5
	s.hub = h
	s.tx.init()
	s.buf = nil
	h.sessions.push(&s.el)
	h.live++
	h.current = unsafe.Pointer(s)
	return true
}

//lastwake:c session_send src/session.c
func (w *World) send(s *session, n uint64) bool {
	if s.buf == nil {
		b := (*buffer)(w.arena.Alloc(kindBuffer))
		for i := range len(b.words) {
			b.words[i] = n << i
		}
		b.used = 0
		s.buf = b
	}
	if b := s.buf; b.used < 4 {
		b.words[b.used] += n
		s.buf.used++
	} else {
		s.tx.failed = b.words[n%4]&1 == 0
		return false
	}
	s.state = busy
	s.flags |= 1<<(n%8) | 0x100
	s.tx.sent += n
	s.hub.total.sent += n *
		2
	s.tx.slots[n%8]++
	s.hub.total.slots[s.tx.slots[n%8]%8] ^= s.flags
	return true
}

func (w *World) drain(s *session, n uint64) bool {
	if s.buf == nil {
		return false
	}
	for s.buf.used > 0 && n > 0 {
		s.buf.used--
		n--
	}
	if s.buf.used > 0 {
		return false
	}
	w.dropBuffer(s)
	s.state = idle
	return true
}

func (w *World) dropBuffer(s *session) {
	w.arena.Free(kindBuffer, unsafe.Pointer(s.buf))
	s.buf = nil
}

func (w *World) mark(s *session, n uint64) bool {
	switch s.state {
	case idle:
		s.flags &^= 3
	case closing:
		return false
	default:
		s.flags <<= n % 4
	}
	switch {
	case w.Faults.Has(fault.HAPROXY_ad6b13d31):
		s.flags = 0
	case s.flags > 7:
		s.flags -= 7
	}
	name := s.state.String()
	w.hub.current = unsafe.Pointer(s)
	return len(name) == 4 && (*session)(w.hub.current).flags&1 != 0
}

// close frees the buffer before it reads it when the fault is on.
//
//lastwake:c session_close src/session.c
func (w *World) close(s *session, _ uint64) bool {
	if s.buf == nil {
		s.free(w)
		return true
	}
	if w.Faults.Has(fault.HAPROXY_bd384a359) {
		b := s.buf
		w.dropBuffer(s)
		if b.used > 0 {
			w.trace(uint64(b.used))
		}
	} else {
		if s.buf.used > 0 {
			w.trace(uint64(s.buf.used))
		}
		w.dropBuffer(s)
	}
	if !w.Faults.Has(fault.HAPROXY_bd384a359) {
		s.state = closing
	}
	s.free(w)
	return true
}

func (s *session) free(w *World) {
	h := s.hub
	s.el.unlink()
	h.live--
	if h.current == unsafe.Pointer(s) {
		h.current = nil
	}
	w.arena.Free(kindSession, unsafe.Pointer(s))
}

// audit reports every field of every object.
func (w *World) audit() {
	h := w.hub
	w.trace(h.total.sent, uint64(h.live))
	for el := h.sessions.next; el != &h.sessions; el = el.next {
		s := sessionOf(el)
		w.trace(uint64(s.state), uint64(s.flags), s.tx.sent, uint64(s.weight))
		for i := range s.tx.slots {
			w.trace(uint64(s.tx.slots[i]), uint64(s.hub.total.slots[i]))
		}
		if s.buf != nil {
			w.trace(s.buf.words[0], uint64(s.buf.used))
		}
	}
}

// A Report is what a run comes down to.
//
//lastwake:shared
type Report struct {
	Sent uint64
	Live int32
}

// Less orders reports.
func (r Report) Less(o Report) bool { return r.Sent < o.Sent }

// Zero is the report of an empty run.
//
//lastwake:shared
var Zero = Report{}

// Better returns the better of two reports.
//
//lastwake:shared
func Better(a, b Report) Report {
	if a.Less(b) {
		return b
	}
	return a
}

// Report sums the run up.
func (w *World) Report() Report {
	h := w.hub
	r := Better(Zero, Report{Sent: h.total.sent})
	r.Live = h.live
	return r
}
