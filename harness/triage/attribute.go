package triage

import (
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/target"
)

// like reports whether a run may have f's signature, without explaining it.
func like(h *target.History, f *exec.Finding) bool { return h.Stop.Kind == f.Stop.Kind }

// Attribute returns the name of the one fault that f needs: switched off alone,
// it makes f's signature vanish. It returns "" if f's program gives the
// signature with every fault off, or if no single fault decides.
func Attribute(r *exec.Runner, f *exec.Finding) (string, error) {
	name := ""
	for _, x := range fault.All() {
		if !f.Faults.Has(x.ID) {
			continue
		}
		g := *f
		g.Faults = f.Faults.Without(x.ID)
		sig, err := Signature(r, f.Program, &g)
		if err != nil {
			return "", err
		}
		if sig == f.Signature() {
			continue
		}
		if name != "" {
			return "", nil
		}
		name = x.Name
	}
	return name, nil
}

// vanishMost bounds the faults that are switched off together.
const vanishMost = 3

// Vanish returns the smallest set of faults that, switched off together, make
// f's signature vanish: one where one is enough. It returns nil if the
// signature is there with every fault off, or if more than three are needed.
// Of several sets of one size it is the first in the order of the catalogue.
func Vanish(r *exec.Runner, f *exec.Finding) ([]string, error) {
	on := FaultNames(f.Faults)
	for size := 1; size <= min(vanishMost, len(on)); size++ {
		found, err := vanish(r, f, on, size, nil)
		if found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

// vanish tries every set of off and size more of the faults in on.
func vanish(r *exec.Runner, f *exec.Finding, on []string, size int, off []string) ([]string, error) {
	if size == 0 {
		g := *f
		for _, name := range off {
			x, _ := fault.Lookup(name) // it comes from the catalogue
			g.Faults = g.Faults.Without(x.ID)
		}
		sig, err := Signature(r, f.Program, &g)
		if err != nil || sig == f.Signature() {
			return nil, err
		}
		return append([]string(nil), off...), nil
	}
	for i, name := range on {
		found, err := vanish(r, f, on[i+1:], size-1, append(off, name))
		if found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}
