package target

import (
	"strconv"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A History is what one run was like: facts, no judgement. The package exec
// writes it and keeps its slices from run to run; the package oracle reads it.
type History struct {
	Header program.Header
	Faults fault.Set
	// Ops are the ops that were started: the program's, then settle's.
	// Events has one entry for each op that came to its end: as many as Ops,
	// or one less where Stop says why.
	Ops    []program.Op
	Events []Event
	// Settle is the index in Ops of settle's first op: len(Ops) when settle
	// played none.
	Settle int
	// Settled says how far settle got. A run without settle has NoSettle.
	Settled Settled
	// Checks are the audits, in order of time.
	Checks []Check
	// Stop is why the run ended inside an op; Stop.Kind is StopNone when it
	// came to its end.
	Stop Stop
	// Leaks are the objects that were live when settle was over and that no
	// other leaked object points at, in order of allocation. Only a replay
	// fills it; Audit.Live tells the number otherwise.
	Leaks []Leak
	// Names are the names of the session's kinds and edges.
	Names *Names
	// Disputes are what a real stack did that its reference does not allow, in
	// order of time. Models have audits instead.
	Disputes []Dispute
}

// A Dispute is what a real stack did and its reference does not allow. Its
// first five fields are what it is known by.
type Dispute struct {
	// Oracle is what was looked at: "stream-credit", "blocked-call", "panic".
	Oracle string
	// Side is "client" or "server", Stream the kind of stream, Field the state,
	// account or function that is wrong, Call the last API call that matters;
	// "" where there is none.
	Side, Stream, Field, Call string
	// Op is the index of the op after which it was seen, Seen the number of ops
	// that it takes to see it.
	Op, Seen int
	// Text says it in words; Report is more of it, in lines.
	Text, Report string
}

// Names are what a session calls its object types and its edges: C names, by
// index into Audit.Live and Audit.Edge.
type Names struct {
	Kinds []string
	// Edges are an object's type and its field: "quic_conn.subs".
	Edges []string
}

// Settled says how far settle got.
type Settled uint8

// How far settle got.
const (
	NoSettle    Settled = iota // the driver did not settle
	SettleShort                // it used up its steps, or an op stopped it
	SettleDone                 // the session is closed and at rest
)

// A Moment is the time of a check.
type Moment uint8

// The moments.
const (
	Between  Moment = iota // between two ops, settle's among them; replay only
	Settling               // after the program's last op
	Detached               // after PhaseDetach and PhaseNet
	Rest                   // after PhaseQuiet: everything is acked, nothing is queued
	Expired                // after PhaseTimers
	Closed                 // after PhaseClose: nothing should be left
)

// A Check is an audit with its time.
type Check struct {
	Moment Moment
	// After is the number of ops that came before it.
	After int
	Audit Audit
}

// Check appends a check of this moment to h and returns it, to be filled. The
// pointer holds until the next call.
func (h *History) Check(m Moment) *Check {
	n := len(h.Checks)
	if n < cap(h.Checks) {
		h.Checks = h.Checks[:n+1]
	} else {
		h.Checks = append(h.Checks, Check{})
	}
	c := &h.Checks[n]
	c.Moment, c.After, c.Audit = m, len(h.Events), Audit{}
	return c
}

// Reset empties h for a run of p and keeps its memory.
func (h *History) Reset(header *program.Header, faults fault.Set) {
	h.Header, h.Faults = *header, faults
	h.Ops, h.Events = h.Ops[:0], h.Events[:0]
	h.Settle, h.Settled = 0, NoSettle
	h.Checks, h.Leaks = h.Checks[:0], h.Leaks[:0]
	h.Disputes = h.Disputes[:0]
	h.Stop = Stop{}
}

// A StopKind is a way for an op not to come to its end.
type StopKind uint8

// The ways.
const (
	StopNone    StopKind = iota
	StopTrap             // an access that the shadow refused
	StopSegv             // an access outside any mapping
	StopBadFree          // a free that the arena refused
	StopBug              // a BUG_ON that halts
	StopBudget           // the op used up its steps
	StopFull             // the run used up the session's memory: nothing is wrong
	StopHarness          // anything else: the harness is broken, not the program
	StopUnmap            // a munmap of what is not just one mapping
	StopDied             // the process that played it died, or was ended: Disputes says why
)

// A Stop says why a run ended inside an op. Kind, Code, Write, Size, Cond,
// Func and Hot are known at once, Caller comes with Func. What follows them is found by the replay.
type Stop struct {
	Kind StopKind
	// Code is the shadow byte that refused the access (StopTrap), of the first
	// refused byte.
	Code byte
	// Write and Size are the kind of access and its bytes.
	Write bool
	Size  uint8
	// BadFree is what was wrong with a free.
	BadFree FreeFault
	// Cond and Func are the condition of a BUG_ON and the C function it is in,
	// Caller the one that called that; for StopBudget, Func is the handler or
	// walk that did not end.
	Cond, Func, Caller string
	// Hot: it is a BUG_ON_HOT.
	Hot bool
	// Null: the address of a StopSegv lies in the first page.
	Null bool

	// Refused: the range of a StopUnmap lies inside a mapping, which stays. Cond
	// says what the kernel makes of the call, Victims what lies in the range.
	Refused bool
	Victims []string

	// Addr is the address: relative to the arena's base if InArena.
	Addr    uint64
	InArena bool
	// Object is the type of the object that the address belongs to, Field the
	// field of it that was used.
	Object, Field string
	// Use, Free, Alloc are C functions: the innermost one that is no primitive
	// of the access, and of the object's free and allocation.
	Use, Free, Alloc string
}

// A FreeFault is what is wrong with a free.
type FreeFault uint8

// The faults of a free.
const (
	FreeOK       FreeFault = iota
	FreeTwice              // the object was free already
	FreeNotBase            // the address is not the start of an object
	FreeMismatch           // the object is of another pool
)

// A Leak is an object that outlived everything.
type Leak struct {
	Life
	// Owner is the freed object that still holds the leaked object's address,
	// at Owner.Field; its Type is "" when there is none.
	Owner Life
	// Others counts the live objects that are reached only through this one.
	Others int
}

// Kind returns the name of kind k, "kind 7" where it has none.
func (n *Names) Kind(k int) string {
	if n != nil && k < len(n.Kinds) {
		return n.Kinds[k]
	}
	return "kind " + strconv.Itoa(k)
}

// Edge returns the name of edge e, "edge 7" where it has none.
func (n *Names) Edge(e int) string {
	if n != nil && e < len(n.Edges) {
		return n.Edges[e]
	}
	return "edge " + strconv.Itoa(e)
}
