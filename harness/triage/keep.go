package triage

import (
	"path/filepath"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/reports"
)

// A Keep says how a finding is kept as a crash in a file.
type Keep struct {
	// Dir is the folder, as the crash names it; Root the way from here to
	// where Dir starts, "" for the same place.
	Dir, Root string
	// Status is what was decided about it, Known whether a known crash bears
	// its signature, Fault the fault that it needs, "" for none.
	Status corpus.Status
	Known  bool
	Fault  string
	// Proof is what was proved of its program, From how many ops it was shrunk
	// from.
	Proof program.Proof
	From  int
	// Complete, when not nil, adds to the record what is known only here. The
	// record bears its file then.
	Complete func(*reports.Record) error
}

// Crash returns f as the crash that will lie in file.
func (k *Keep) Crash(f *exec.Finding, file string) (*corpus.Crash, error) {
	rec := NewRecord(f)
	rec.File, rec.Known = file, k.Known
	rec.Proof = &reports.Proof{Minimal: k.Proof.Minimal, Ops: len(f.Program.Ops), From: k.From, Text: k.Proof.String()}
	rec.Reproduce = []string{"go tool lastwake run " + file}
	if k.Complete != nil {
		if err := k.Complete(rec); err != nil {
			return nil, err
		}
	}
	c, err := NewCrash(f, k.Fault, rec)
	if err != nil {
		return nil, err
	}
	c.Status = k.Status
	if x, ok := fault.Lookup(k.Fault); ok {
		c.FixedBy = "commit " + x.Commit
	}
	return c, nil
}

// Save writes f to the folder. The report inside names the file, which depends
// on what is there. The crash is whole even if it could not be written.
func (k *Keep) Save(f *exec.Finding) (*corpus.Crash, error) {
	file := filepath.ToSlash(filepath.Join(k.Dir, corpus.FileName(f.Signature())))
	for {
		c, err := k.Crash(f, file)
		if err != nil {
			return nil, err
		}
		at, err := corpus.Save(filepath.Join(k.Root, k.Dir), c)
		c.File = file
		if err != nil || filepath.Base(at) == filepath.Base(file) {
			return c, err
		}
		file = filepath.ToSlash(filepath.Join(k.Dir, filepath.Base(at))) // another signature has the name
	}
}
