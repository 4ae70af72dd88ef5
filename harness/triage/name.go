package triage

import (
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A Named is a crasher with what is found out about it.
type Named struct {
	// Finding is what a run of it shows, nil when nothing is wrong.
	Finding *exec.Finding
	// Faults are those with which it was run.
	Faults fault.Set
	// Cause is the name of the fault that it needs, "" when none is known.
	Cause string
	// Why says in words how the cause is known.
	Why string
}

// Group is what the crasher is counted under: its cause, or its signature when
// nobody knows it, or "" when nothing is wrong.
func (n *Named) Group() string {
	switch {
	case n.Cause != "":
		return n.Cause
	case n.Finding != nil:
		return n.Finding.Signature()
	}
	return ""
}

// Name runs p and names its cause. Without faults, as for bytes that an engine
// has left, it is run with none, and if that shows nothing with each of the
// catalogue in turn: bytes do not say what was on.
func Name(r *exec.Runner, p *program.Program, faults fault.Set, search bool) (Named, error) {
	n := Named{Faults: faults}
	var err error
	if n.Finding, err = r.Explain(p, faults); err != nil {
		return n, err
	}
	if n.Finding == nil && search {
		if err := n.look(r, p); err != nil {
			return n, err
		}
	}
	if n.Finding == nil {
		return n, nil
	}
	return n, n.name(r)
}

// look runs p with one fault after the other until one shows.
func (n *Named) look(r *exec.Runner, p *program.Program) error {
	for _, f := range fault.All() {
		if f.Model != p.Header.Target {
			continue
		}
		on := fault.Set{}.With(f.ID)
		for _, id := range f.Requires {
			on = on.With(id)
		}
		found, err := r.Explain(p, on)
		if err != nil {
			return err
		}
		// Another fault's finding would be named wrongly: only one that the
		// fault is known by counts.
		if found != nil && owns(&f, found.Signature()) {
			n.Finding, n.Faults = found, on
			return nil
		}
	}
	return nil
}

func owns(f *fault.Fault, signature string) bool {
	g, ok := fault.Match(signature)
	return ok && g.ID == f.ID
}

// name finds the cause: the owner of the signature, or the fault without which
// it vanishes.
func (n *Named) name(r *exec.Runner) error {
	sig := n.Finding.Signature()
	if f, ok := fault.Match(sig); ok && n.Faults.Has(f.ID) {
		n.Cause, n.Why = f.Name, "it is known by the signature "+sig
		return nil
	}
	names, err := Vanish(r, n.Finding)
	if err != nil {
		return err
	}
	if len(names) == 1 {
		n.Cause, n.Why = names[0], "with it off the signature vanishes: "+sig
	}
	return nil
}
