package process

import (
	"errors"
	"fmt"

	model "github.com/lastwake/lastwake/harness/process"
	"github.com/lastwake/lastwake/harness/process/checked"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/memory"
)

// Process is the target "process". The zero value has its memory wherever there
// is room.
type Process struct {
	// Base is where the block with the model's memory should lie, 0 for the
	// default; Strict makes NewSession fail when it cannot.
	Base   uint64
	Strict bool
}

// Name returns "process".
func (Process) Name() string { return program.Process }

// Actors is the process's capability.
func (Process) Actors() uint { return 1<<program.Proc | 1<<program.Env | 1<<program.Ring }

// NewSession returns a new session, which is a *memory.Session.
func (p Process) NewSession() (target.Session, error) {
	w, err := checked.New(shadow.Options{Base: uintptr(p.Base), Strict: p.Strict})
	if err != nil {
		return nil, fmt.Errorf("model process: %w", err)
	}
	return memory.NewSession(w, kit(w), shadow.Sanitize), nil
}

var names = &target.Names{Kinds: kindNames()}

func kindNames() []string {
	var ns []string
	for _, t := range model.Types() {
		ns = append(ns, t.Name)
	}
	return ns
}

// kit is what a session knows of a world of this model.
func kit(w *checked.World) *memory.Kit {
	return &memory.Kit{
		Names: names, Package: "github.com/lastwake/lastwake/harness/process", CFunc: cFunc, State: w.State, Switches: w.Switches(),
		Halted: func(err error, stop *target.Stop) bool { return halted(w, err, stop) },
		Audit: func(a *target.Audit) {
			a.Proc = target.ProcAudit(w.Audit())
			w.EachLive(func(c shadow.Chunk) bool {
				a.Live[c.Kind]++
				return true
			})
		},
		Events: func(yield func(op int, text string) bool) {
			for _, l := range w.Trace() {
				if !yield(int(l.Op), l.String()) {
					return
				}
			}
		},
	}
}

func cFunc(name string) (c, file string, primitive, ok bool) {
	f, ok := model.CFuncOf(name)
	return f.C, f.File, f.Primitive, ok
}

// halted describes the panics of the model itself.
func halted(w *checked.World, err error, stop *target.Stop) bool {
	var budget *model.Budget
	var unmap *model.BadUnmap
	switch {
	case errors.As(err, &budget):
		stop.Kind = target.StopBudget
	case errors.As(err, &unmap):
		stop.Kind, stop.Refused, stop.Cond = target.StopUnmap, unmap.Failed, unmapText(unmap)
		stop.Addr, stop.InArena = uint64(w.Arena().Rel(unmap.Addr)), true
		for i := range unmap.Victims {
			stop.Victims = append(stop.Victims, victimText(&unmap.Victims[i]))
		}
	default:
		return false
	}
	return true
}

// unmapText says what was asked and what the kernel makes of it.
func unmapText(u *model.BadUnmap) string {
	where := "at the start of a page"
	if u.InPage != 0 {
		where = fmt.Sprintf("%d bytes past the start of a page", u.InPage)
	}
	return fmt.Sprintf("%v by x%d (pid %d), %s: the kernel %s", u, u.Proc, u.Pid, where, u.Kernel)
}

// victimText names an object that an unmap takes.
func victimText(v *model.Victim) string {
	when := "at the start"
	if v.Chunk.AllocOp >= 0 {
		when = fmt.Sprintf("in op %d", v.Chunk.AllocOp)
	}
	s := fmt.Sprintf("%s of %d bytes, allocated %s", names.Kind(int(v.Chunk.Kind)), v.Chunk.Size, when)
	if v.Text != "" {
		s += fmt.Sprintf(": %q", v.Text)
	}
	return s
}
