package triage

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
)

// Shrunk is a finding with a smaller program, and what was proved about it.
type Shrunk struct {
	Finding *exec.Finding
	Proof   program.Proof
}

// maxShrinkOps bounds the ops executed to shrink one finding: a program that
// does not come to rest plays ten thousand of them.
const maxShrinkOps = 20_000_000

// memoryCost is how many programs may be run in the time in which the memory
// that one keeps is judged.
const memoryCost = 200

// Shrink returns a finding with the same signature and the smallest program
// found as opts say. Cancel ends the search early; what was found until then is
// returned. f itself stays as it is.
func Shrink(r *exec.Runner, f *exec.Finding, opts program.MinimizeOptions) (Shrunk, error) {
	sig := f.Signature()
	if f.Verdict.Class == oracle.Memory {
		opts.Budget = max(1, opts.Budget/memoryCost)
	} else {
		r.Sample(true) // what streams keep says nothing of this finding
		defer r.Sample(false)
	}
	var fault error
	before := r.Executed()
	keep := func(p *program.Program) bool {
		got, err := Signature(r, p, f)
		if err != nil {
			fault = err
		}
		return err == nil && got == sig
	}
	cancel := opts.Cancel
	opts.Cancel = func() bool {
		return fault != nil || r.Executed()-before > maxShrinkOps || cancel != nil && cancel()
	}
	best, proof := program.Minimize(f.Program, keep, opts)
	if fault != nil {
		return Shrunk{}, fault
	}
	if !proof.Kept {
		return Shrunk{Finding: f, Proof: proof}, nil
	}
	small, err := Again(r, best, f)
	if err != nil {
		return Shrunk{}, err
	}
	if again := small != nil && small.Signature() == sig; !again && r.Whole() {
		return Shrunk{Finding: f, Proof: program.Proof{Kept: true, Tried: proof.Tried, Stop: "not the same each time"}}, nil
	} else if !again {
		return Shrunk{}, &exec.HarnessFault{What: fmt.Sprintf("the shrunk program no longer gives %s", sig), Program: best.String()}
	}
	return Shrunk{Finding: small, Proof: proof}, nil
}

// Again explains p in the way in which f was found: with its faults, and with
// settle only if f needs it.
func Again(r *exec.Runner, p *program.Program, f *exec.Finding) (*exec.Finding, error) {
	return r.ExplainAs(p, f.Faults, f.NeedsSettle)
}

// Signature returns the signature that p gives in the way in which f was
// found, and "" if nothing is wrong with it. Most programs cost one run.
func Signature(r *exec.Runner, p *program.Program, f *exec.Finding) (string, error) {
	r.Settle(f.NeedsSettle)
	defer r.Settle(true)
	h := r.Run(p, f.Faults)
	if !oracle.Suspect(h) || !like(h, f) {
		return "", nil
	}
	again, err := Again(r, p, f)
	if again == nil || err != nil {
		return "", err
	}
	return again.Signature(), nil
}
