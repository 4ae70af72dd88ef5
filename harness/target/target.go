package target

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A Target makes sessions: the model, quic-go, a live server.
type Target interface {
	// Name is the target's name in a program's header, such as "mux".
	Name() string
	// Actors is the target's capability: bit 1<<actor for each actor it plays.
	Actors() uint
	// NewSession returns a session of its own; who made it closes it.
	NewSession() (Session, error)
}

// A Phase is a part of settle, the driver's way to bring a session to rest
// after the last op.
type Phase uint8

// The phases of settle, in order.
const (
	PhaseDetach Phase = iota // every attached stream goes away
	PhaseNet                 // the network works again
	PhaseQuiet               // acknowledge everything, run everything that is queued
	PhaseTimers              // fire timers in order of expiry, run what they queue
	PhaseClose               // the peer closes; run and fire what is left
	NumPhases
)

// A Session runs one program at a time. It is not safe for concurrent use.
type Session interface {
	// Reset makes the session ready for a program with header h and the given
	// faults on. What an earlier run left behind is gone.
	Reset(h *program.Header, faults fault.Set)
	// Step plays op. It may panic: with a runtime error for a shadow trap, or
	// with one of the typed values that exec knows.
	Step(op program.Op) Event
	// Next returns the next op that settle plays in phase, and false when
	// the phase is over. What it returns follows from the session's state
	// alone: a program that ends with the ops that settle would play leaves
	// settle nothing to play.
	Next(phase Phase) (program.Op, bool)
	// Audit fills a, which is zero, with what the oracles need from live
	// memory. It changes nothing.
	Audit(a *Audit)
	// Close gives back what the session holds.
	Close() error
}

// An Event is what one op did.
type Event struct {
	Outcome program.Outcome
	// State is a digest of the session's state after the op, for coverage. It
	// must not depend on addresses.
	State uint32
}

// An Asker is a Session that knows which switches of faults a run has come
// by. It serves to count, and leads nobody.
type Asker interface {
	// Asked returns the faults whose code the last run came by, on or off.
	Asked() fault.Set
}

// Played is what a report says of a real stack.
type Played struct {
	// On is what it was, with its version: "quic-go v0.65.0".
	On string
	// Rules are those of the stack's interface to which every program keeps,
	// whatever its ops are.
	Rules []string
}

// A Player is a session that plays whole programs: a real stack, whose ops
// cannot be handed over one by one. Its Step, Next and Audit are not called.
type Player interface {
	Session
	// Play plays p, with settle's ops after the last one or without, and
	// writes what happened to h, which is empty but for the header.
	Play(p *program.Program, settle bool, h *History)
	// Sample makes the next runs judge what takes many times as long as the
	// program in a sample of them only, which the program alone decides.
	Sample(on bool)
	// Played says what the last run was played on, and how.
	Played() Played
	// Record makes the next runs keep what Events returns, or not.
	Record(on bool)
	// Events calls yield with what happened inside the ops of the last run, in
	// order, until yield returns false.
	Events(yield func(op int, text string) bool)
}

// A Parter is a session that tells what its parts are in, one by one: a
// connection or a stream has a few hundred states, all of them together more
// than a search can tell apart.
type Parter interface {
	// Parts returns a byte for each state that a part can be in, by a hash of
	// it: 0, or the number of ops after which one first was, 255 from there on.
	// nil means that the session does not know.
	Parts() []uint8
}

// NumParts is the length of Parter.Parts.
const (
	PartBits = 12
	NumParts = 1 << PartBits
)
