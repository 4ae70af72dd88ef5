package memory

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// A World is what the models and their twins have in common.
type World interface {
	Reset(h *program.Header, f fault.Set, mode shadow.Mode, trace bool)
	Step(op program.Op) program.Outcome
	Next(phase uint8) (program.Op, bool)
	SetOp(i int32)
	Arena() *shadow.Arena
	Cov() []uint8
}

// A Kit is what a session has to be told about its world.
type Kit struct {
	// Names are the names of kinds and edges.
	Names *target.Names
	// Package is the beginning of the full names of the model's functions.
	Package string
	// CFunc returns the C function that a Go function models.
	CFunc func(name string) (c, file string, primitive, ok bool)
	// Halted describes a panic of the model itself, and returns false if err is
	// none.
	Halted func(err error, stop *target.Stop) bool
	// Audit, State and Events are those of target.Session and target.Inspector.
	Audit  func(a *target.Audit)
	State  func() uint32
	Events func(yield func(op int, text string) bool)
	// Parts, where there is one, returns digests of what the parts of the
	// session were in when State was last asked.
	Parts func() []uint32
	// Switches knows which faults a run came by; nil for a model that does not.
	Switches *fault.Switches
}

// A Session is a target.Session and target.Inspector on one world.
type Session struct {
	w     World
	kit   *Kit
	mode  shadow.Mode // of the next Reset
	usual shadow.Mode // of target.Checked
	trace bool
	op    int32
	known uintptr // the address that a trap of a coded round knew by itself
	parts []uint8 // see target.Parter; nil where the kit has no parts

	places map[uintptr]place // of the stacks that were asked for
}

// NewSession returns a session on w. Its usual mode is what target.Checked
// means.
func NewSession(w World, kit *Kit, usual shadow.Mode) *Session {
	s := &Session{w: w, kit: kit, mode: usual, usual: usual, places: map[uintptr]place{}}
	if kit.Parts != nil {
		s.parts = make([]uint8, target.NumParts)
	}
	return s
}

// Reset implements target.Session.
func (s *Session) Reset(h *program.Header, faults fault.Set) {
	s.op = -1
	clear(s.parts)
	s.w.Reset(h, faults, s.mode, s.trace)
}

// Step implements target.Session.
func (s *Session) Step(op program.Op) target.Event {
	s.op++
	s.w.SetOp(s.op)
	e := target.Event{Outcome: s.w.Step(op), State: s.kit.State()}
	if s.parts != nil {
		s.mark()
	}
	return e
}

// mark notes the op after which a part was first in a state.
func (s *Session) mark() {
	for _, d := range s.kit.Parts() {
		if p := &s.parts[d*0x9e3779b1>>(32-target.PartBits)]; *p == 0 {
			*p = uint8(min(s.op+1, 255))
		}
	}
}

// Parts implements target.Parter.
func (s *Session) Parts() []uint8 { return s.parts }

// Next implements target.Session.
func (s *Session) Next(phase target.Phase) (program.Op, bool) { return s.w.Next(uint8(phase)) }

// Audit implements target.Session.
func (s *Session) Audit(a *target.Audit) { s.kit.Audit(a) }

// Close unmaps the session's memory.
func (s *Session) Close() error { return s.w.Arena().Close() }

// Arena returns the memory that the session's objects live in.
func (s *Session) Arena() *shadow.Arena { return s.w.Arena() }

// Asked implements target.Asker; a model that does not count has nothing.
func (s *Session) Asked() fault.Set {
	if s.kit.Switches == nil {
		return fault.Set{}
	}
	return s.kit.Switches.Asked()
}
