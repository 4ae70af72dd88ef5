package model

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/mux/checked"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// Mux is the target "mux". The zero value is the checked variant, wherever
// there is room for its memory.
type Mux struct {
	// Plain, when set, makes the model as it is written instead of its checked
	// twin; see package plain. It is a function so that a program which does
	// not name it does not have the second model linked in: Go's fuzzing engine
	// looks at the counters of all that is linked after every run.
	Plain func(shadow.Options) (World, error)
	// Base is where the block with the model's memory should lie, 0 for the
	// default; Strict makes NewSession fail when it cannot.
	Base   uint64
	Strict bool
}

// Name returns "mux".
func (Mux) Name() string { return program.Mux }

// Actors is the mux's capability.
func (Mux) Actors() uint {
	return 1<<program.Peer | 1<<program.App | 1<<program.Net | 1<<program.Run | 1<<program.Time | 1<<program.Proc
}

// NewSession returns a new session, which is a *Session.
func (m Mux) NewSession() (target.Session, error) {
	o := shadow.Options{Base: uintptr(m.Base), Strict: m.Strict}
	if m.Plain != nil {
		w, err := m.Plain(o)
		return newSession(w, shadow.Plain, err)
	}
	w, err := checked.New(o)
	return newSession(w, shadow.Sanitize, err)
}

func newSession(w World, usual shadow.Mode, err error) (target.Session, error) {
	if err != nil {
		return nil, fmt.Errorf("model mux: %w", err)
	}
	s := &Session{w: w, mode: usual, usual: usual}
	if c, ok := w.(interface{ Switches() *fault.Switches }); ok {
		s.switches = c.Switches()
	}
	return s, nil
}

// A World is what the model and its twin both are.
type World interface {
	Reset(h *program.Header, f fault.Set, mode shadow.Mode, trace bool)
	Step(op program.Op) program.Outcome
	Next(phase uint8) (program.Op, bool)
	SetOp(i int32)
	Audit(a *mux.Audit)
	Arena() *shadow.Arena
	Cov() []uint8
	Trace() []mux.Line
}

// A Session is a target.Session and target.Inspector on one world.
type Session struct {
	w     World
	mode  shadow.Mode // of the next Reset
	usual shadow.Mode // of target.Checked
	trace bool
	op    int32
	// switches knows which faults a run came by; nil for a model that does not.
	switches *fault.Switches
	known    uintptr // the address that a trap of a coded round knew by itself
}

// Reset implements target.Session.
func (s *Session) Reset(h *program.Header, faults fault.Set) {
	s.op = -1
	s.w.Reset(h, faults, s.mode, s.trace)
}

// Step implements target.Session.
func (s *Session) Step(op program.Op) target.Event {
	s.op++
	s.w.SetOp(s.op)
	return target.Event{Outcome: s.w.Step(op), State: state(s.w)}
}

// Next implements target.Session.
func (s *Session) Next(phase target.Phase) (program.Op, bool) { return s.w.Next(uint8(phase)) }

// Close unmaps the session's memory.
func (s *Session) Close() error { return s.w.Arena().Close() }

// Arena returns the memory that the session's objects live in.
func (s *Session) Arena() *shadow.Arena { return s.w.Arena() }

// Asked implements target.Asker; a model that does not count has nothing.
func (s *Session) Asked() fault.Set {
	if s.switches == nil {
		return fault.Set{}
	}
	return s.switches.Asked()
}
