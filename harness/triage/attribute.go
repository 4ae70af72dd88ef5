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
