package model

import (
	"errors"
	"fmt"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/mux/checked"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/memory"
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
	return memory.NewSession(w, kit(w), usual), nil
}

// A World is what the model and its twin both are.
type World interface {
	memory.World
	Audit(a *mux.Audit)
	Trace() []mux.Line
}

// A Session is a target.Session and target.Inspector on one world.
type Session = memory.Session

// kit is what a session knows of a world of this model.
func kit(w World) *memory.Kit {
	k := &memory.Kit{
		Names: names, Package: "github.com/lastwake/lastwake/harness/mux", CFunc: cFunc, Halted: halted,
		Audit: func(a *target.Audit) { w.Audit((*mux.Audit)(&a.MuxAudit)) },
		State: func() uint32 { return state(w) },
		Parts: parts(w),
		Events: func(yield func(op int, text string) bool) {
			for _, l := range w.Trace() {
				if !yield(int(l.Op), l.String()) {
					return
				}
			}
		},
	}
	if c, ok := w.(interface{ Switches() *fault.Switches }); ok {
		k.Switches = c.Switches()
	}
	return k
}

func cFunc(name string) (c, file string, primitive, ok bool) {
	f, ok := mux.CFuncOf(name)
	return f.C, f.File, f.Primitive, ok
}

// halted describes the panics of the model itself.
func halted(err error, stop *target.Stop) bool {
	var bug *mux.Bug
	var budget *mux.Budget
	switch {
	case errors.As(err, &bug):
		stop.Kind, stop.Cond, stop.Hot = target.StopBug, bug.Cond, bug.Hot
	case errors.As(err, &budget):
		stop.Kind = target.StopBudget
	default:
		return false
	}
	return true
}
