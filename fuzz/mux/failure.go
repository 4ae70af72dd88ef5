package mux

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/triage"
)

// crashes is the folder for findings, from the root of the module.
const crashes = "reports/out/crashes"

// shrinkTries bounds the programs run to shrink a finding. An engine that
// minimises its input comes by often.
const shrinkTries = 20_000

// shrunk returns f with the smallest program that has its signature, and how to
// keep it.
func (p *player) shrunk(f *exec.Finding) (*exec.Finding, *triage.Keep, error) {
	s, err := triage.Shrink(p.runner, f, shrinkTries, nil)
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
func (p *player) isKnown(signature string) bool {
	for _, c := range p.all {
		if c.Signature == signature {
			return true
		}
	}
	return false
}

// save shrinks f and writes it below root, the way from here to the root of the
// module. The crash is whole even if it could not be written.
func (p *player) save(f *exec.Finding, root string) (*corpus.Crash, error) {
	small, keep, err := p.shrunk(f)
	if err != nil {
		return nil, err
	}
	keep.Root = root
	return keep.Save(small)
}

// digest is the beginning of a report: the half a dozen lines for a reader.
func digest(report string) string {
	d, _, _ := strings.Cut(report, "\n\n=")
	return d
}

// again returns the command line that runs the input called name once more.
func (p *player) again(name string) string {
	vars := faultsVar + "=" + p.faults.String()
	if off(knownVar) {
		vars += " " + knownVar + "=none"
	}
	return fmt.Sprintf("%s go test ./fuzz/mux -run '%s'", vars, name)
}

// fileName is the name under which "go test -fuzz" keeps an input.
func fileName(data []byte) string {
	sum := sha256.Sum256(corpus.FormatInput(data))
	return hex.EncodeToString(sum[:])[:16]
}
