package said

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// A Sabotage frees an object behind the model's back. The model has as many
// ways to use freed memory as it has faults, which is few; with this it has as
// many as it has accesses.
type Sabotage struct {
	// After is the number of ops after which it strikes, 0 for never.
	After int
	// Nth chooses among the live objects, in order of allocation.
	Nth int
}

// A Saboteur is a session to which a Sabotage happens in every run.
type Saboteur struct {
	target.Inspector
	// Arena is the session's memory.
	Arena *shadow.Arena
	Sabotage

	ops int
}

// Reset implements target.Session.
func (s *Saboteur) Reset(h *program.Header, faults fault.Set) {
	s.ops = 0
	s.Inspector.Reset(h, faults)
}

// Step implements target.Session.
func (s *Saboteur) Step(op program.Op) target.Event {
	e := s.Inspector.Step(op)
	if s.ops++; s.ops == s.After {
		s.strike()
	}
	return e
}

func (s *Saboteur) strike() {
	var live []shadow.Chunk
	s.Arena.EachLive(func(c shadow.Chunk) bool {
		live = append(live, c)
		return true
	})
	if len(live) > 0 {
		c := live[s.Nth%len(live)]
		s.Arena.Free(c.Kind, *(*unsafe.Pointer)(unsafe.Pointer(&c.Addr)))
	}
}
