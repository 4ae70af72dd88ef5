// Package toy is a target for the tests of the driver, the search and the
// triage: a connection of a few lines that dies of the same kinds of mistakes
// as a model does, without a model's memory.
//
// It owns a scheduler-free little state machine and its planted mistakes. It
// refuses to resemble any real program; nothing but tests imports it.
//
//	r := exec.New(toy.New())
//	f, err := r.Explain(p, fault.Set{}.With(fault.HAPROXY_bd384a359))
//
// A stream comes with peer.stream, takes the connection's only buffer with
// app.send and run.mux, goes with app.detach; run.timer mux releases the
// connection. With the fault HAPROXY_bd384a359 the release frees the tasklet
// first and then wakes it if a stream still holds the buffer and another one
// waits for it. With HAPROXY_ad6b13d31 a detached stream keeps the buffer.
// app.shut leaks a frame in settle's close, app.abort loses count, whatever
// the faults.
package toy

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Target makes toy sessions.
type Target struct {
	// Flaky makes every second run of a session behave differently: a broken
	// harness.
	Flaky bool
}

// Name returns "mux": the toy plays the mux's ops.
func (Target) Name() string { return program.Mux }

// Actors is the toy's capability.
func (Target) Actors() uint { return program.AllActors }

// NewSession returns a new toy.
func (t Target) NewSession() (target.Session, error) {
	s := New()
	s.flaky = t.Flaky
	return s, nil
}

// The kinds of the toy's objects.
const (
	kindConn = iota + 1
	kindTasklet
	kindStream
	kindBuffer
	kindFrame
)

var names = &target.Names{Kinds: []string{"", "toy_conn", "tasklet", "toy_stream", "toy_buf", "quic_frame"}}

// maxStreams bounds the streams of a toy.
const maxStreams = 8

type object struct {
	kind             int
	live             bool
	allocOp, freeOp  int
	allocPC, freePCs []uintptr
}

type stream struct {
	obj              int
	attached         bool
	pending, waiting bool
}

// Session is a toy. The zero Session is not usable; see New.
type Session struct {
	faults  fault.Set
	memory  target.Memory
	round   int
	runs    int
	flaky   bool
	op      int
	objects []object
	cov     [64]uint8
	events  []string
	eventOp []int

	conn, tasklet int // objects; -1 when released
	streams       [maxStreams]stream
	buffer        int // object; -1 when free
	holder        int // the stream that has the buffer
	full, blocked bool
	sum, streamed uint64
	owed          bool // a frame to leak at the close
}

// New returns a toy.
func New() *Session { return &Session{} }

// A trap is the toy's own refusal of an access.
type trap struct{ object int }

// A budget is the toy's own way to say that an op does not end.
type budget struct{}

// Reset implements target.Session.
func (s *Session) Reset(_ *program.Header, faults fault.Set) {
	keep := *s
	*s = Session{faults: faults, memory: keep.memory, round: keep.round, runs: keep.runs + 1, flaky: keep.flaky,
		objects: keep.objects[:0], events: keep.events[:0], eventOp: keep.eventOp[:0], buffer: -1, op: -1}
	s.conn, s.tasklet = s.alloc(kindConn), s.alloc(kindTasklet)
	for i := range s.streams {
		s.streams[i].obj = -1
	}
}

func (s *Session) alloc(kind int) int {
	o := object{kind: kind, live: true, allocOp: s.op, freeOp: -1}
	if s.memory == target.Stacks {
		o.allocPC = callers()
	}
	s.objects = append(s.objects, o)
	return len(s.objects) - 1
}

func (s *Session) free(i int) {
	o := &s.objects[i]
	if !o.live {
		panic(trap{i})
	}
	o.live, o.freeOp = false, s.op
	if s.memory == target.Stacks {
		o.freePCs = callers()
	}
}

func callers() []uintptr {
	pcs := make([]uintptr, 32)
	return pcs[:runtime.Callers(3, pcs)]
}

// use is an access to an object.
func (s *Session) use(i int) {
	if !s.objects[i].live {
		panic(trap{i})
	}
}

func (s *Session) event(format string, args ...any) {
	if s.memory == target.Stacks {
		s.events, s.eventOp = append(s.events, fmt.Sprintf(format, args...)), append(s.eventOp, s.op)
	}
}

// Step implements target.Session.
func (s *Session) Step(op program.Op) target.Event {
	s.op++
	s.cov[int(op.Verb)&31]++
	if s.flaky && s.runs%2 == 0 && op.Verb == program.TimePass {
		return target.Event{Outcome: program.NotNow}
	}
	return target.Event{Outcome: s.play(op), State: s.state()}
}

func (s *Session) state() uint32 {
	n := uint32(0)
	for i := range s.streams {
		if st := &s.streams[i]; st.obj >= 0 {
			n = n*5 + 1
			if st.attached {
				n++
			}
			if st.waiting {
				n += 2
			}
		}
	}
	for _, b := range []bool{s.full, s.blocked, s.buffer >= 0, s.conn >= 0} {
		n <<= 1
		if b {
			n++
		}
	}
	return n
}

func (s *Session) play(op program.Op) program.Outcome {
	if s.conn < 0 {
		return program.NoConn
	}
	st := &s.streams[op.Obj/4%maxStreams]
	switch op.Verb {
	case program.PeerStream:
		return s.open(st)
	case program.RunMux:
		return s.send()
	case program.NetBlock:
		s.blocked = true
	case program.NetOK:
		s.blocked = false
	case program.RunTimer:
		if op.Arg[program.TimerWhich] != program.TimerMux || s.attached() {
			return program.NotArmed
		}
		s.release()
	case program.PeerClose:
		s.release()
	case program.TimePass:
	case program.RunMigrate:
		panic(budget{})
	case program.AppSend, program.AppDetach, program.AppShut, program.AppAbort:
		if st.obj < 0 || !st.attached {
			return program.NotAttached
		}
		s.app(op, st)
	default:
		return program.Unsupported
	}
	return program.Done
}

func (s *Session) open(st *stream) program.Outcome {
	if st.obj >= 0 {
		return program.NotNow
	}
	*st = stream{obj: s.alloc(kindStream), attached: true}
	s.event("stream_new")
	return program.Done
}

func (s *Session) app(op program.Op, st *stream) {
	switch op.Verb {
	case program.AppSend:
		s.sum += uint64(op.Arg[program.AppSendLen])
		s.streamed += uint64(op.Arg[program.AppSendLen])
		st.pending = true
	case program.AppAbort:
		s.sum++
	case program.AppShut:
		s.owed = true
	case program.AppDetach:
		st.attached = false
		if !st.pending {
			s.streamFree(st)
		}
	}
}

// send gives the buffer to the first stream that wants it.
func (s *Session) send() program.Outcome {
	for i := range s.streams {
		st := &s.streams[i]
		if st.obj < 0 || !st.pending || s.buffer >= 0 && s.holder == i {
			continue
		}
		s.cov[32]++
		if s.buffer >= 0 {
			s.cov[33]++
			st.waiting, s.full = true, true
			s.event("full")
			continue
		}
		s.buffer, s.holder = s.alloc(kindBuffer), i
	}
	if st := &s.streams[s.holder]; !s.blocked && s.buffer >= 0 && st.obj >= 0 {
		st.pending, st.waiting = false, false
		if !st.attached {
			s.streamFree(st)
		} else {
			s.bufferFree()
		}
	}
	return program.Done
}

func (s *Session) streamFree(st *stream) {
	s.free(st.obj)
	if s.buffer >= 0 && s.holder == s.index(st) && !s.faults.Has(fault.HAPROXY_ad6b13d31) {
		s.bufferFree()
	}
	st.obj = -1
}

func (s *Session) index(st *stream) int {
	for i := range s.streams {
		if &s.streams[i] == st {
			return i
		}
	}
	return -1
}

func (s *Session) bufferFree() {
	s.free(s.buffer)
	s.buffer = -1
	if s.full {
		s.full = false
		s.wakeup()
	}
}

func (s *Session) wakeup() {
	s.event("wake tasklet")
	s.use(s.tasklet)
}

func (s *Session) attached() bool {
	for i := range s.streams {
		if s.streams[i].obj >= 0 && s.streams[i].attached {
			return true
		}
	}
	return false
}

// release frees everything. The order is the planted fault.
func (s *Session) release() {
	if s.faults.Has(fault.HAPROXY_bd384a359) {
		s.free(s.tasklet)
	}
	for i := range s.streams {
		if st := &s.streams[i]; st.obj >= 0 {
			s.streamFree(st)
		}
	}
	if s.buffer >= 0 {
		s.bufferFree()
	}
	if !s.faults.Has(fault.HAPROXY_bd384a359) {
		s.free(s.tasklet)
	}
	if s.owed {
		s.alloc(kindFrame)
	}
	s.free(s.conn)
	s.conn = -1
}

// Next implements target.Session.
func (s *Session) Next(phase target.Phase) (program.Op, bool) {
	if s.conn < 0 {
		return program.Op{}, false
	}
	switch phase {
	case target.PhaseDetach:
		for i := range s.streams {
			if s.streams[i].obj >= 0 && s.streams[i].attached {
				return program.Op{Verb: program.AppDetach, Obj: uint32(i * 4)}, true
			}
		}
	case target.PhaseNet:
		return program.Op{Verb: program.NetOK}, s.blocked
	case target.PhaseQuiet:
		for i := range s.streams {
			if st := &s.streams[i]; st.obj >= 0 && st.pending && (s.buffer < 0 || s.holder == i) {
				return program.Op{Verb: program.RunMux}, true
			}
		}
	case target.PhaseClose:
		return program.Op{Verb: program.PeerClose}, true
	}
	return program.Op{}, false
}

// Audit implements target.Session.
func (s *Session) Audit(a *target.Audit) {
	for i := range s.objects {
		if s.objects[i].live {
			a.Live[s.objects[i].kind]++
		}
	}
	c := &a.Conn[0]
	c.Exists = true
	if s.conn < 0 {
		return
	}
	c.MuxAlive, c.NetOK, c.TxLimit = true, !s.blocked, 1<<40
	c.TxOffsets, c.TxSum, c.ConnFull = s.sum, s.streamed, s.full
	for i := range s.streams {
		if st := &s.streams[i]; st.obj >= 0 && st.waiting {
			c.Pending++
		}
	}
}

// Close implements target.Session.
func (s *Session) Close() error { return nil }

// Names implements target.Inspector.
func (s *Session) Names() *target.Names { return names }

// Cov implements target.Inspector.
func (s *Session) Cov() []uint8 { return s.cov[:] }

// SetMemory implements target.Inspector.
func (s *Session) SetMemory(m target.Memory, round int) { s.memory, s.round = m, round }

// Rounds implements target.Inspector.
func (s *Session) Rounds() int { return 2 }

// Stopped implements target.Inspector. In a coded round the word is half of
// the object's number.
func (s *Session) Stopped(v any, stop *target.Stop) (uint64, bool) {
	switch v := v.(type) {
	case trap:
		stop.Kind, stop.Size, stop.Write, stop.Code = target.StopTrap, 4, true, 0xfd
		return uint64(v.object>>(4*s.round)) & 15, true
	case budget:
		stop.Kind, stop.Func = target.StopBudget, "run_migrate"
		return 0, true
	}
	return 0, false
}

// Address implements target.Inspector: an object's address is its number.
func (s *Session) Address(words []uint64, stop *target.Stop) bool {
	stop.Addr, stop.InArena, stop.Code = words[0]|words[1]<<4, true, 0xfd
	return int(stop.Addr) < len(s.objects)
}

// Life implements target.Inspector.
func (s *Session) Life(addr uint64) (target.Life, bool) {
	if addr >= uint64(len(s.objects)) {
		return target.Life{}, false
	}
	o := &s.objects[addr]
	return target.Life{Type: names.Kinds[o.kind], Size: 16, Seq: int(addr), Start: addr, Where: "inside", Field: "state",
		AllocOp: o.allocOp, FreeOp: o.freeOp, Alloc: s.Frames(o.allocPC), Free: s.Frames(o.freePCs)}, true
}

// Leaked implements target.Inspector.
func (s *Session) Leaked() []target.Leak {
	var ls []target.Leak
	for i := range s.objects {
		if s.objects[i].live {
			l, _ := s.Life(uint64(i))
			ls = append(ls, target.Leak{Life: l})
		}
	}
	return ls
}

// Frames implements target.Inspector.
func (s *Session) Frames(pcs []uintptr) []target.Frame {
	var fs []target.Frame
	for frames := runtime.CallersFrames(pcs); len(pcs) > 0; {
		f, more := frames.Next()
		name := f.Function[strings.LastIndexByte(f.Function, '.')+1:]
		if name == "Step" || name == "Next" {
			break
		}
		if strings.Contains(f.Function, "/toy.") {
			fs = append(fs, target.Frame{Func: "toy_" + strings.ToLower(name), GoFunc: f.Function, File: "harness/target/toy/toy.go",
				Line: f.Line, Primitive: name == "free" || name == "use" || name == "alloc" || name == "wakeup"})
		}
		if !more {
			break
		}
	}
	return fs
}

// Shadow implements target.Inspector.
func (s *Session) Shadow(addr uint64) []string { return []string{fmt.Sprintf("=>object %d", addr)} }

// Events implements target.Inspector.
func (s *Session) Events(yield func(op int, text string) bool) {
	for i, e := range s.events {
		if !yield(s.eventOp[i], e) {
			return
		}
	}
}
