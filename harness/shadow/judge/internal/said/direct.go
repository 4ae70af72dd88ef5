package said

import (
	"fmt"
	"hash/fnv"
	"runtime"
	"runtime/debug"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Direct plays the ops of p on a sabotaged session and says where the first bad
// access is. It does without package exec, whose replay writes down events and
// audits the model after every op: both read what a sabotage may have freed, of
// which the model knows nothing, and would stop first.
func Direct(s *Saboteur, p *program.Program, faults fault.Set) Said {
	s.SetMemory(target.Checked, 0)
	first := s.play(p, faults)
	if first.stop.Kind == target.StopNone {
		return Said{History: first.history}
	}
	var words []uint64
	if first.stop.Kind == target.StopTrap && !first.stop.InArena {
		for i := range s.Rounds() {
			s.SetMemory(target.Coded, i)
			words = append(words, s.play(p, faults).word)
		}
		s.SetMemory(target.Checked, 0)
	}
	s.Arena.KeepStacks(true)
	defer s.Arena.KeepStacks(false)
	r := s.play(p, faults)
	if r.history != first.history || r.stop.Kind != first.stop.Kind {
		return Said{Harness: "the replay differs from the run"}
	}
	return s.say(p, r, words)
}

// say describes the end of a run.
func (s *Saboteur) say(p *program.Program, r run, words []uint64) Said {
	h := target.History{Header: p.Header, Ops: p.Ops[:r.ops], Stop: r.stop}
	f := Said{History: r.history, Op: r.ops - 1, OpText: p.Ops[r.ops-1].String()}
	h.Stop.Use = target.Place(s.Frames(r.stack))
	if h.Stop.Kind == target.StopTrap && !s.Address(words, &h.Stop) {
		f.Harness = fmt.Sprintf("the address of the trap cannot be told from %x", words)
		return f
	}
	var life *target.Life
	if h.Stop.InArena {
		if l, ok := s.Life(h.Stop.Addr); ok {
			life = &l
			h.Stop.Object, h.Stop.Alloc, h.Stop.Free = l.Type, target.Place(l.Alloc), target.Place(l.Free)
		}
	}
	v := oracle.Judge(&h)[0]
	f.Class, f.Signature = string(v.Class), v.Signature()
	f.access(&h.Stop, life)
	return f
}

// A run is what one run was like.
type run struct {
	ops     int // begun
	stop    target.Stop
	word    uint64
	stack   []uintptr
	history uint64
}

func (s *Saboteur) play(p *program.Program, faults fault.Set) (r run) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	h := fnv.New64a()
	defer func() {
		r.history = h.Sum64()
		v := recover()
		if v == nil {
			return
		}
		r.stack = make([]uintptr, 64)
		r.stack = r.stack[:runtime.Callers(1, r.stack)]
		var ok bool
		if r.word, ok = s.Stopped(v, &r.stop); !ok {
			r.stop = target.Stop{Kind: target.StopHarness, Cond: fmt.Sprint(v)}
		}
	}()
	s.Reset(&p.Header, faults)
	for i := range p.Ops {
		r.ops++
		e := s.Step(p.Ops[i])
		fmt.Fprint(h, e.Outcome, e.State, " ")
	}
	return
}
