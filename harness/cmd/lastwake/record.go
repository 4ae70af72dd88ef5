package main

import (
	"path/filepath"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
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
	f, lives, err := explain(in, base)
	if err != nil || f == nil {
		return nil, nil, err
	}
	rec := triage.NewRecord(f)
	rec.Lives = lives
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

// explain runs in and returns what it found, nil for nothing, and the lives of
// all objects of that run.
func explain(in *input, base uint64) (*exec.Finding, []reports.Lane, error) {
	r, done, err := runner(in.Program, base)
	if err != nil {
		return nil, nil, err
	}
	defer done() // as shipped, the memory may have to lie where it lies now
	f, err := r.Explain(in.Program, in.faults)
	if err != nil || f == nil {
		return nil, nil, err
	}
	lives, err := triage.Lanes(r, f)
	return f, lives, err
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

// saveCrash writes what a hunt found to dir.
func saveCrash(dir string, n *hunt.Found, status corpus.Status) (*corpus.Crash, error) {
	k := triage.Keep{Dir: filepath.ToSlash(dir), Status: status, Fault: n.Fault, Proof: n.Proof, From: n.From}
	k.Complete = func(rec *reports.Record) error {
		rec.Reproduce = []string{"go tool lastwake run " + played + quote(rec.File)}
		err := complete(rec, n.Finding, 0)
		rec.Known = rec.Known || n.Known
		return err
	}
	return k.Save(n.Finding)
}

// digest is the beginning of a report: the half a dozen lines for a reader.
func digest(report string) string {
	d, _, _ := strings.Cut(report, "\n\n=")
	return d
}
