package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/triage"
	"github.com/lastwake/lastwake/reports"
)

// crashes is the folder for findings, from the root of the module.
const crashes = "reports/out/crashes"

// shrinkTries bounds the programs run to shrink a finding. An engine that
// minimises its input comes by often.
const shrinkTries = 20_000

// shrunk returns f with the smallest program that has its signature, as a
// crash that will lie in file, a path from the root of the module.
func (p *player) shrunk(f *exec.Finding, file string) (*corpus.Crash, error) {
	s, err := triage.Shrink(p.runner, f, shrinkTries, nil)
	if err != nil {
		return nil, err
	}
	name, err := triage.Attribute(p.runner, s.Finding)
	if err != nil {
		return nil, err
	}
	rec := triage.NewRecord(s.Finding)
	rec.File, rec.Known = file, p.isKnown(rec.Signature)
	rec.Proof = &reports.Proof{Minimal: s.Proof.Minimal, Ops: len(s.Finding.Program.Ops), From: len(f.Program.Ops), Text: s.Proof.String()}
	rec.Reproduce = []string{"go tool lastwake run " + file}
	c, err := triage.NewCrash(s.Finding, name, rec)
	if x, ok := fault.Lookup(name); ok && err == nil {
		c.FixedBy = "commit " + x.Commit
	}
	return c, err
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
	file := crashes + "/" + corpus.FileName(f.Signature())
	for {
		c, err := p.shrunk(f, file)
		if err != nil {
			return nil, err
		}
		at, err := corpus.Save(filepath.Join(root, crashes), c)
		c.File = file
		if err != nil || filepath.Base(at) == filepath.Base(file) {
			return c, err
		}
		file = crashes + "/" + filepath.Base(at) // another signature has the name
	}
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
	return fmt.Sprintf("%s go test ./fuzz/process -run '%s'", vars, name)
}

// fileName is the name under which "go test -fuzz" keeps an input.
func fileName(data []byte) string {
	sum := sha256.Sum256(corpus.FormatInput(data))
	return hex.EncodeToString(sum[:])[:16]
}
