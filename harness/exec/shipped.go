package exec

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/target"
)

// Shipped is what a finding's program does on a production build: nothing is
// checked, and freed memory is used again.
type Shipped struct {
	// Base is the absolute address of the arena. It was chosen; so was all that
	// follows from it.
	Base uint64
	// Silent: the run came to its end. Otherwise Stop says how it ended, in op
	// Op, and Use is the stack.
	Silent bool
	Stop   target.Stop
	Op     int
	Use    []target.Frame

	// Stale: the freed object was still where it was when the run was over,
	// and what follows is what its memory read.
	Stale bool
	// Reused: a later object has taken the freed one's place.
	Reused bool
	// Link is the word that the pool's free list left at its start, an
	// absolute address, as the run left it.
	Link uint64
	// Field is the field that the finding is about, Value what it read, as a
	// signed number of its size.
	Field string
	Value int64
}

// Ship runs f's program as a production build would, at the base where r's
// session lies, and says what became of the stale pointer. The session must be
// a target.Shipper.
func (r *Runner) Ship(f *Finding) (*Shipped, error) {
	s, ok := r.session.(target.Shipper)
	if !ok {
		return nil, fmt.Errorf("run %s as shipped: the target has no memory of its own", f.Program.Header.Target)
	}
	defer r.Settle(r.settle)
	r.settle = f.NeedsSettle
	h := r.watched(f.Program, f.Faults, target.Shipped, 0)
	if h.Stop.Kind == target.StopHarness {
		return nil, r.harness(f.Program)
	}
	v := &Shipped{Base: s.Base(), Silent: h.Stop.Kind == target.StopNone, Stop: h.Stop, Op: len(h.Ops) - 1}
	if !v.Silent {
		v.Use = s.Frames(r.stack())
		v.Stop.Use = target.Place(v.Use)
	}
	if f.Object != nil && f.Object.FreeOp >= 0 {
		v.stale(s, f)
	}
	return v, nil
}

// stale reads what is left of the object that f is about.
func (v *Shipped) stale(s target.Shipper, f *Finding) {
	o, ok := s.Object(f.Object.Seq)
	if !ok {
		v.Reused = true
		return
	}
	v.Stale, v.Link, v.Field = true, s.Peek(o.Start), f.Object.Field
	at := o.Start + uint64(f.Object.Offset)
	v.Value = signed(s.Peek(at), int(f.Stop.Size))
}

// signed is the signed number in the first size bytes of a little-endian word.
func signed(word uint64, size int) int64 {
	if size <= 0 || size >= 8 {
		return int64(word)
	}
	shift := 64 - 8*size
	return int64(word<<shift) >> shift
}

// String says in one sentence how it ended.
func (v *Shipped) String() string {
	switch {
	case v.Silent:
		return "silent: the run goes on as if nothing had happened"
	case v.Stop.Kind == target.StopSegv && v.Stop.Null:
		return "null dereference in " + v.Stop.Use
	case v.Stop.Kind == target.StopSegv:
		return fmt.Sprintf("wild access at %#x in %s", v.Stop.Addr, v.Stop.Use)
	case v.Stop.Kind == target.StopBug:
		return fmt.Sprintf("bug condition %q matched in %s", v.Stop.Cond, v.Stop.Use)
	case v.Stop.Kind == target.StopBudget:
		return "endless loop in " + v.Stop.Use
	}
	return "ended in " + v.Stop.Use
}
