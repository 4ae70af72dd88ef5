package target

import "slices"

// A Memory is how a session's memory behaves from its next Reset on.
type Memory uint8

// The ways.
const (
	// Checked: every access is checked, nothing else is kept. The way to hunt.
	Checked Memory = iota
	// Stacks: as Checked, with the stack of every allocation and free, and
	// the events that Inspector.Events returns.
	Stacks
	// Coded: as Checked, with freed memory and redzones marked so that a trap
	// tells a part of its address; see Inspector.Coded.
	Coded
	// Shipped: nothing is checked, freed memory is used again and overwritten
	// as a production build does it. Events are kept.
	Shipped
	// Pages: every object on a page of its own that no access survives once
	// the object is freed. The second judge; slow.
	Pages
)

// An Inspector is a session whose memory can be looked into: a model. Reset
// makes the next run behave as Memory says; what the other methods return is
// about the run that is over, and holds until the next Reset.
type Inspector interface {
	Session
	// Names are the names of kinds and edges. They never change.
	Names() *Names
	// Cov returns the edge counters, one byte for each; Reset clears them.
	Cov() []uint8

	// SetMemory chooses how memory behaves. The round counts from 0 and only
	// matters for Coded.
	SetMemory(m Memory, round int)
	// Rounds is the number of coded runs that an address takes.
	Rounds() int

	// Stopped describes the panic value v that ended a run, and returns what
	// the trap said besides. It is called by the deferred function that has
	// recovered v. It returns false if v is none of a session's own: then the
	// harness is broken.
	Stopped(v any, s *Stop) (word uint64, ok bool)
	// Address sets s.Addr to the address that the words of the coded rounds
	// spell, relative to the arena's base, and s.Code to the shadow byte there.
	// It returns false if the words contradict each other.
	Address(words []uint64, s *Stop) bool
	// Life returns what is known about the object at a relative address.
	Life(addr uint64) (Life, bool)
	// Leaked returns the objects that are live and that no other live object
	// points at.
	Leaked() []Leak
	// Frames turns program counters, innermost first, into frames: without
	// those of the checker and of the driver, with C names.
	Frames(pcs []uintptr) []Frame
	// Shadow returns the shadow around a relative address as ASan prints it.
	Shadow(addr uint64) []string
	// Events calls yield with what happened inside the ops, in order, until
	// yield returns false.
	Events(yield func(op int, text string) bool)
}

// A Frame is one function of a stack.
type Frame struct {
	// Func is the C name if the function models a C function, otherwise the
	// Go name without its package path.
	Func string
	// Primitive: the function is a helper that signatures skip.
	Primitive bool
	// GoFunc is the Go name, File and Line the place in the model, from the
	// root of the module; CFile is the C file.
	GoFunc string
	File   string
	Line   int
	CFile  string
}

// Place returns the first frame of stack that is no primitive: the function
// by which a signature knows the stack. It is "" for an empty stack.
func Place(stack []Frame) string {
	for _, f := range stack {
		if !f.Primitive {
			return f.Func
		}
	}
	if len(stack) > 0 {
		return stack[0].Func
	}
	return ""
}

// Caller returns the C function that called Place(stack): "" when a driver
// did.
func Caller(stack []Frame) string {
	place := Place(stack)
	for i := slices.IndexFunc(stack, func(f Frame) bool { return f.Func == place }) + 1; i < len(stack); i++ {
		if f := &stack[i]; f.CFile != "" && !f.Primitive && f.Func != place {
			return f.Func
		}
	}
	return ""
}

// A Life is what is known about one object.
type Life struct {
	// Type is the C name of the object's type, Size its bytes, Seq its number
	// in order of allocation.
	Type string
	Size int
	Seq  int
	// Start is its address, relative to the arena's base.
	Start uint64
	// Where is "inside", "before" or "after", Offset the distance in bytes:
	// from the start if inside or before, from the end if after. Field is the
	Where  string
	Offset int
	Field  string
	// AllocOp and FreeOp are ops; FreeOp is -1 while the object lives.
	AllocOp, FreeOp int
	Alloc, Free     []Frame
}

// A Nester is an Inspector that knows more of where a run has been than where
// objects were made and freed.
type Nester interface {
	Inspector
	// Passed returns the stacks of the last run's events, innermost frame first,
	// each once, in the order of their first time, while memory was Stacks.
	Passed() [][]Frame
}

// A Shipper is an Inspector whose Shipped memory can be read when a run is
// over.
type Shipper interface {
	Inspector
	// Base is the absolute address of the arena.
	Base() uint64
	// Object returns the object that was allocated as number seq, if no later
	// one has taken its place.
	Object(seq int) (Life, bool)
	// Peek returns the 8 bytes at a relative address.
	Peek(addr uint64) uint64
}
