package exec

import (
	"runtime/debug"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// MaxSettle bounds the ops that settle plays.
const MaxSettle = 10_000

// maxStack bounds the frames kept of the stack on which a run stopped.
const maxStack = 48

// A Runner plays programs on one session, one after the other. It is not safe
// for concurrent use, and no more is its session.
type Runner struct {
	session   target.Session
	inspector target.Inspector // the session, if it can be looked into
	asker     target.Asker     // the session, if it counts the faults that it comes by
	player    target.Player    // the session, if it plays whole programs
	h         target.History
	first     trace          // the run that a replay is compared with
	checks    []target.Check // of that run, where they are compared too

	executed uint64

	settle bool // play settle's ops after the last op
	trail  bool // audit after every op

	// How the last run stopped: the panic value, what a trap said besides,
	// the stack.
	cause any
	word  uint64
	pcs   [maxStack]uintptr
	depth int
}

// New returns a Runner for s.
func New(s target.Session) *Runner {
	r := &Runner{session: s, settle: true}
	if i, ok := s.(target.Inspector); ok {
		r.inspector, r.h.Names = i, i.Names()
	}
	r.asker, _ = s.(target.Asker)
	r.player, _ = s.(target.Player)
	return r
}

// Whole reports whether r plays on a real stack, which takes whole programs.
func (r *Runner) Whole() bool { return r.player != nil }

// Session returns the session that r plays on.
func (r *Runner) Session() target.Session { return r.session }

// Cov returns the edge counters of the last run, nil if the session has none.
func (r *Runner) Cov() []uint8 {
	if r.inspector == nil {
		return nil
	}
	return r.inspector.Cov()
}

// Parts returns the states of parts of the last run, see target.Parter; nil if
// the session does not know.
func (r *Runner) Parts() []uint8 {
	if p, ok := r.session.(target.Parter); ok {
		return p.Parts()
	}
	return nil
}

// Settle switches settle on or off; it is on in a new Runner. Off, the ops of
// the program are all that is played: what is judged at rest or at the end is
// judged if settle would have had nothing left to do.
func (r *Runner) Settle(on bool) { r.settle = on }

// Sample switches on that of a real stack, what takes many times as long as a
// program is judged in a sample of the runs only. It is off in a new Runner.
func (r *Runner) Sample(on bool) {
	if r.player != nil {
		r.player.Sample(on)
	}
}

// Run plays p with the given faults on and returns what it was like. The
// history is the Runner's own: it holds until the next run.
func (r *Runner) Run(p *program.Program, faults fault.Set) *target.History {
	r.h.Reset(&p.Header, faults)
	r.cause, r.depth, r.word = nil, 0, 0
	if r.player != nil {
		r.player.Play(p, r.settle, &r.h)
	} else {
		r.play(p)
	}
	r.executed += uint64(len(r.h.Events))
	return &r.h
}

// Executed is the number of ops that r has played to their end in all its
// runs, replays among them.
func (r *Runner) Executed() uint64 { return r.executed }

// play runs p until it is settled or stopped. A panic ends it: an access to
// freed memory is a runtime error, raised where the access is.
func (r *Runner) play(p *program.Program) {
	r.h.Settle = -1
	old := debug.SetPanicOnFault(true)
	defer func() {
		if v := recover(); v != nil {
			r.stopped(v)
		}
		debug.SetPanicOnFault(old)
		if r.h.Settle < 0 {
			r.h.Settle = len(r.h.Ops)
		}
	}()
	r.session.Reset(&p.Header, r.h.Faults)
	for i := range p.Ops {
		r.step(p.Ops[i])
	}
	r.h.Settle = len(r.h.Ops)
	r.playSettle()
}

func (r *Runner) step(op program.Op) {
	r.h.Ops = append(r.h.Ops, op)
	r.h.Events = append(r.h.Events, r.session.Step(op))
	if r.trail {
		r.check(target.Between)
	}
}

// moments are the checks after the phases of settle; Between is no check.
var moments = [target.NumPhases]target.Moment{
	target.PhaseQuiet:  target.Rest,
	target.PhaseTimers: target.Expired,
	target.PhaseClose:  target.Closed,
}

// playSettle brings the session to rest and closes it, auditing on the way.
// With settle off it goes as far as there is nothing to play.
func (r *Runner) playSettle() {
	r.check(target.Settling)
	left := MaxSettle
	for phase := range target.NumPhases {
		for {
			op, more := r.session.Next(phase)
			if !more {
				break
			}
			if !r.settle {
				return
			}
			if left--; left < 0 {
				r.h.Settled = target.SettleShort
				return
			}
			r.step(op)
		}
		if m := moments[phase]; m != target.Between {
			r.check(m)
		}
	}
	r.h.Settled = target.SettleDone
}

// check audits the session, unless nothing has happened since the last audit:
// then that one is of this moment too.
func (r *Runner) check(m target.Moment) {
	if n := len(r.h.Checks); n > 0 && r.h.Checks[n-1].After == len(r.h.Events) {
		if c := &r.h.Checks[n-1]; m != target.Expired {
			c.Moment = m
		}
		return
	}
	r.session.Audit(&r.h.Check(m).Audit)
}
