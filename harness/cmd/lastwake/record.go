package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/triage"
	"github.com/lastwake/lastwake/reports"
)

// bases are where the memory of a run as shipped lies when --arena does not
// say: as in two processes that the system put in different places. Nothing
// else of this process lies there.
var bases = []uint64{0x7d4200000000, 0x561e00000000}

// examine runs in and returns what it found, both nil for nothing.
func examine(in *input, base uint64) (*exec.Finding, *reports.Record, error) {
	f, err := explain(in, base)
	if err != nil || f == nil {
		return nil, nil, err
	}
	rec := triage.NewRecord(f)
	rec.Base = reports.Addr(base)
	if err := complete(rec, f, base); err != nil {
		return nil, nil, err
	}
	if in.Crash != nil && in.Crash.Signature == rec.Signature {
		rec.File = in.Name
	}
	rec.Reproduce = []string{in.again()}
	return f, rec, nil
}

// explain runs in and returns what it found, nil for nothing.
func explain(in *input, base uint64) (*exec.Finding, error) {
	r, done, err := runner(in.Program, base)
	if err != nil {
		return nil, err
	}
	defer done() // as shipped, the memory may have to lie where it lies now
	return r.Explain(in.Program, in.faults)
}

// complete adds what a record has beyond its finding: whether it is known, and
// what a production build would have done.
func complete(rec *reports.Record, f *exec.Finding, base uint64) error {
	known, err := corpus.Embedded().Crashes(rec.Target)
	if err != nil {
		return err
	}
	rec.Known = isKnown(known, rec.Signature)
	if f.Stop.Kind != target.StopNone { // else a production build runs as the model does
		rec.AsShipped, err = ship(f, base)
	}
	return err
}

// isKnown reports whether a known crash bears signature.
func isKnown(known []*corpus.Crash, signature string) bool {
	for _, c := range known {
		if c.Signature == signature {
			return true
		}
	}
	return false
}

// ship runs f as shipped, with the memory at base, or at several that this
// machine can give if base is 0.
func ship(f *exec.Finding, base uint64) ([]reports.Consequence, error) {
	at := bases
	if base != 0 {
		at = []uint64{base}
	}
	var all []reports.Consequence
	if f.Stop.Kind == target.StopUnmap {
		t, err := targetOf(f.Program.Header.Target, base)
		if err != nil {
			return nil, err
		}
		return triage.Symptoms(t, f)
	}
	for _, b := range at {
		t, err := targetOf(f.Program.Header.Target, b)
		if err != nil {
			return nil, err
		}
		c, err := triage.AsShipped(t, f)
		switch {
		case err == nil:
			all = append(all, c)
		case base != 0:
			return nil, err
		}
	}
	return all, nil
}

// newCrash turns what a hunt found into a crash that will lie in file.
func newCrash(n *hunt.Found, file string) (*corpus.Crash, error) {
	rec := triage.NewRecord(n.Finding)
	if err := complete(rec, n.Finding, 0); err != nil {
		return nil, err
	}
	rec.Known = rec.Known || n.Known
	rec.Proof = proofOf(n)
	rec.File, rec.Reproduce = file, []string{"go tool lastwake run " + quote(file)}
	c, err := triage.NewCrash(n.Finding, n.Fault, rec)
	if err != nil {
		return nil, err
	}
	if f, ok := fault.Lookup(n.Fault); ok {
		c.FixedBy = "commit " + f.Commit
	}
	return c, nil
}

// saveCrash writes what a hunt found to dir. The report inside names the file,
// which depends on what is there.
func saveCrash(dir string, n *hunt.Found, status corpus.Status) (*corpus.Crash, error) {
	file := filepath.Join(dir, corpus.FileName(n.Signature()))
	for {
		c, err := newCrash(n, filepath.ToSlash(file))
		if err != nil {
			return nil, err
		}
		c.Status = status
		got, err := corpus.Save(dir, c)
		if err != nil || got == file {
			return c, err
		}
		file = got
	}
}

func proofOf(n *hunt.Found) *reports.Proof {
	p := &reports.Proof{Minimal: n.Minimal, Ops: len(n.Program.Ops), From: n.From}
	if n.Minimal {
		p.Text = fmt.Sprintf("1-minimal: no op can go, no value get smaller; %d programs run", n.Tried)
	} else {
		p.Text = fmt.Sprintf("not proved minimal; %d programs run", n.Tried)
	}
	return p
}

// digest is the beginning of a report: the half a dozen lines for a reader.
func digest(report string) string {
	d, _, _ := strings.Cut(report, "\n\n=")
	return d
}
