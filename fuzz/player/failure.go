package player

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage"
)

// crashes is the folder for findings, from the root of the module.
const crashes = "reports/out/crashes"

// shrinkTries bounds the programs run to shrink a finding. An engine that
// minimises its input comes by often.
const shrinkTries = 20_000

// shrunk returns f with the smallest program that has its signature, and how to
// keep it.
func (p *Player) shrunk(f *exec.Finding) (*exec.Finding, *triage.Keep, error) {
	s, err := triage.Shrink(p.runner, f, program.MinimizeOptions{Budget: shrinkTries})
	if err != nil {
		return nil, nil, err
	}
	name, err := triage.Attribute(p.runner, s.Finding)
	if err != nil {
		return nil, nil, err
	}
	return s.Finding, &triage.Keep{Dir: crashes, Fault: name, Known: p.isKnown(s.Finding.Signature()), Proof: s.Proof, From: len(f.Program.Ops)}, nil
}

// isKnown reports whether a known crash bears signature, excused or not.
func (p *Player) isKnown(signature string) bool {
	for _, c := range p.all {
		if c.Signature == signature {
			return true
		}
	}
	return false
}

// Save shrinks f and writes it below root, the way from here to the root of the
// module. The crash is whole even if it could not be written.
func (p *Player) Save(f *exec.Finding, root string) (*corpus.Crash, error) {
	small, keep, err := p.shrunk(f)
	if err != nil {
		return nil, err
	}
	keep.Root = root
	return keep.Save(small)
}

// Digest is the beginning of a report: the half a dozen lines for a reader.
func Digest(report string) string {
	d, _, _ := strings.Cut(report, "\n\n=")
	return d
}

// Again returns the command line that runs the input called name once more.
func (p *Player) Again(name string) string {
	vars := faultsVar + "=" + p.faults.String()
	if off(knownVar) {
		vars += " " + knownVar + "=none"
	}
	return fmt.Sprintf("%s go test %s -run '%s'", vars, p.pkg, name)
}
