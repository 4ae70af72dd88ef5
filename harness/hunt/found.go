package hunt

import (
	"errors"
	"fmt"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage"
)

// shrinkTries is how many programs are run to shrink a finding by default.
const shrinkTries = 100_000

// explain finds out what a hit is. before has the totals of what ran ahead of
// the lane that it is from.
func (h *hunter) explain(b *hit, before Summary) error {
	r := h.runners[0]
	f, err := r.Explain(b.prog, h.o.Faults)
	if err != nil {
		return err
	}
	if f == nil && r.Whole() {
		return nil // a real stack need not do it again
	}
	if f == nil {
		return &exec.HarnessFault{What: "a violation is gone when the program runs again", Program: b.prog.String()}
	}
	h.detected(f, before.Ops+b.ops)
	if old := h.bySig[f.Signature()]; old != nil {
		old.Count++
		h.byKey[b.key] = old
		return nil
	}
	n := &Found{Finding: f, From: len(f.Program.Ops), Count: 1, Seconds: time.Since(h.start).Seconds(),
		Programs: before.Programs + b.programs, Ops: before.Ops + b.ops}
	h.bySig[f.Signature()], h.byKey[b.key] = n, n
	h.found = append(h.found, n)
	if err := h.work(n); err != nil {
		return err
	}
	if h.o.Until != nil && h.o.Until(n) {
		h.ended = true
		h.stop.Store(true)
	}
	return nil
}

// work shrinks a new finding, names its fault and writes it down. A finding is
// kept whatever happens here.
func (h *hunter) work(n *Found) error {
	sig := n.Signature()
	n.Known = h.o.Known != nil && h.o.Known(sig)
	var err error
	if h.o.Old != nil {
		n.File = h.o.Old(sig)
	}
	if n.File == "" {
		err = h.shrink(n)
	} else {
		n.Fault = h.owner(sig)
	}
	if h.o.Crash != nil {
		var cerr error
		if n.File, cerr = h.o.Crash(n); cerr != nil {
			err = errors.Join(err, fmt.Errorf("write finding %q: %w", sig, cerr))
		}
	}
	return err
}

// shrink shrinks a finding and names its fault. A hunt that ticks keeps the
// program first, as it is: if it is killed now, the next one begins with it.
func (h *hunter) shrink(n *Found) error {
	r := h.runners[0]
	if h.o.Tick != nil && h.o.Keep != nil {
		if err := h.o.Keep([]*program.Program{n.Program}); err != nil {
			return err
		}
	}
	if h.o.Shrink >= 0 {
		tries := h.o.Shrink
		if tries == 0 {
			tries = shrinkTries
		}
		s, err := Shrink(h.o.Target, r, n.Finding, ShrinkOptions{Tries: tries, Cancel: h.stop.Load, Progress: h.o.Progress})
		if err != nil {
			return err
		}
		n.Finding, n.Minimal, n.Tried, n.Proof = s.Finding, s.Proof.Minimal, s.Proof.Tried, s.Proof
	}
	var err error
	n.Fault, err = triage.Attribute(r, n.Finding)
	return err
}
