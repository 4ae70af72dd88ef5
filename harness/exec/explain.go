package exec

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Explain runs p and, if something is wrong, runs it again until everything is
// known about it. It returns nil when nothing is wrong, and a *HarnessFault as
// error when a replay differs from the run before it.
//
// What settle's ops brought to light is turned into a program that ends with
// these ops and needs no settle any more. On a target.Player it is left as it
// is: there settle ends every stream at both sides, in more ops than the
// program has.
func (r *Runner) Explain(p *program.Program, faults fault.Set) (*Finding, error) {
	h := r.Run(p, faults)
	if h.Stop.Kind == target.StopHarness {
		return nil, r.harness(p)
	}
	vs := oracle.Judge(h)
	if len(vs) == 0 {
		return nil, nil
	}
	if vs[0].Seen > program.MaxOps || r.player != nil {
		return r.ExplainAs(p, faults, r.settle)
	}
	q := &program.Program{Header: p.Clone().Header, Ops: append([]program.Op(nil), h.Ops[:vs[0].Seen]...)}
	appended := max(0, vs[0].Seen-h.Settle)
	f, err := r.ExplainAs(q, faults, false)
	switch {
	case err != nil:
		return nil, err
	case f == nil:
		return nil, &HarnessFault{What: fmt.Sprintf("%s: gone when settle's ops are written out", vs[0].Signature()), Program: q.String()}
	}
	f.Appended = appended
	return f, nil
}

// ExplainAs explains p as it stands, with settle or without. It returns nil
// when nothing is wrong.
func (r *Runner) ExplainAs(p *program.Program, faults fault.Set, settle bool) (*Finding, error) {
	defer r.Settle(r.settle)
	r.settle = settle
	h := r.Run(p, faults)
	if h.Stop.Kind == target.StopHarness {
		return nil, r.harness(p)
	}
	if !oracle.Suspect(h) {
		return nil, nil
	}
	r.first.keep(h, r.stack())
	words, err := r.coded(p, faults)
	if err != nil {
		return nil, err
	}
	h = r.watched(p, faults, target.Stacks, 0)
	if err := r.same(p); err != nil {
		return nil, err
	}
	f := &Finding{Program: p.Clone(), NeedsSettle: settle, Faults: faults}
	if err := r.look(f, words); err != nil {
		return nil, err
	}
	vs := oracle.Judge(h)
	if len(vs) == 0 && r.player != nil {
		return nil, nil // what a real stack does not do again is no finding
	}
	if len(vs) == 0 {
		return nil, &HarnessFault{What: "a violation is gone in the replay", Program: p.String()}
	}
	f.Verdict, f.Others, f.Stop = vs[0], vs[1:], h.Stop
	f.leaked(h)
	if len(h.Disputes) > 0 {
		f.Extra = h.Disputes[0].Report
	}
	if r.player != nil {
		f.Played = r.player.Played()
	}
	f.Lines = r.lines()
	return f, nil
}

// maxTrail bounds the ops of a run that is audited after each of them. In a
// longer one, what a rule says of the op that broke it is as coarse as the
// phases of settle.
const maxTrail = 2000

// watched runs p with the memory watched in another way, then goes back to
// the fast one.
func (r *Runner) watched(p *program.Program, faults fault.Set, m target.Memory, round int) *target.History {
	r.trail = m == target.Stacks && len(r.first.h.Ops) <= maxTrail
	defer func() { r.trail = false }()
	if r.player != nil {
		r.player.Record(true)
		defer r.player.Record(false)
	}
	if r.inspector == nil {
		return r.Run(p, faults)
	}
	r.inspector.SetMemory(m, round)
	defer r.inspector.SetMemory(target.Checked, 0)
	return r.Run(p, faults)
}

// coded runs p as often as it takes to learn the address of its trap, which is
// not at all when the trap knew it.
func (r *Runner) coded(p *program.Program, faults fault.Set) ([]uint64, error) {
	if r.inspector == nil || r.h.Stop.Kind != target.StopTrap || r.h.Stop.InArena {
		return nil, nil
	}
	words := make([]uint64, r.inspector.Rounds())
	for i := range words {
		r.watched(p, faults, target.Coded, i)
		if err := r.same(p); err != nil {
			return nil, err
		}
		words[i] = r.word
	}
	return words, nil
}

// same returns an error if the last run differs from the first one. A real stack
// may go through a map in another order and put other frames in a packet; there
// the verdict has to be the same, not the run.
func (r *Runner) same(p *program.Program) error {
	if r.player != nil {
		return nil
	}
	d := Diff(&r.first.h, &r.h)
	if d == "" && !sameStack(r.first.pcs, r.stack()) {
		d = fmt.Sprintf("op %d stopped by %s in another place", len(r.h.Ops)-1, stopText(&r.h.Stop))
	}
	if d != "" {
		return &HarnessFault{What: "the replay differs from the run: " + d, Program: p.String(), Stack: goStack(r.stack())}
	}
	return nil
}

// look completes the Stop of the last run, and f, with what the session knows
// about the place where it stopped and about what is left.
func (r *Runner) look(f *Finding, words []uint64) error {
	s := &r.h.Stop
	if r.inspector == nil {
		return nil
	}
	f.Use = r.inspector.Frames(r.stack())
	s.Use = target.Place(f.Use)
	switch {
	case s.Func != "":
	case s.Kind == target.StopBudget:
		s.Func = entry(f.Use)
	case s.Kind == target.StopBug:
		s.Func, s.Caller = s.Use, target.Caller(f.Use)
	}
	if s.Kind == target.StopTrap && !r.inspector.Address(words, s) {
		return &HarnessFault{What: fmt.Sprintf("the address of the trap cannot be told from %x", words), Program: f.Program.String()}
	}
	if s.InArena {
		f.Shadow = r.inspector.Shadow(s.Addr)
		if l, ok := r.inspector.Life(s.Addr); ok {
			f.Object = &l
			s.Object, s.Field = l.Type, l.Field
			s.Alloc, s.Free = target.Place(l.Alloc), target.Place(l.Free)
		}
	}
	if s.Kind == target.StopNone && r.h.Settled == target.SettleDone {
		r.h.Leaks = append(r.h.Leaks[:0], r.inspector.Leaked()...)
	}
	return nil
}

// leaked sets the object of a finding that is a leak.
func (f *Finding) leaked(h *target.History) {
	if f.Verdict.Class != oracle.Leak {
		return
	}
	for i := range h.Leaks {
		if l := h.Leaks[i]; l.Type == f.Verdict.Object && target.Place(l.Alloc) == f.Verdict.Alloc {
			f.Leak, f.Object = &l, &l.Life
			return
		}
	}
}

// entry is the outermost C function of a stack, below the scheduler and the
// handler that it has called: where an op that does not end happens to be when
// its steps are used up says nothing, where it came from does.
func entry(stack []target.Frame) string {
	place, handler := "", false
	for i := len(stack) - 1; i >= 0; i-- {
		f := &stack[i]
		switch {
		case f.CFile == "" || f.Primitive:
		case f.CFile == schedulerFile:
			place, handler = f.Func, true
		case handler:
			place, handler = f.Func, false
		default:
			return f.Func
		}
	}
	if place != "" {
		return place
	}
	return target.Place(stack)
}

// schedulerFile is where the C code of a scheduler stands.
const schedulerFile = "src/task.c"
