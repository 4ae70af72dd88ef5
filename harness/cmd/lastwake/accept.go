package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage"
	"github.com/lastwake/lastwake/reports"
)

func newAccept() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "accept FILE --status known|fixed|flaky",
		Short: "decide about a crash: it is known, fixed or flaky",
		Long: `accept gives a crash file a status and moves it to the corpus. Known: the fault is
there and nobody needs to hear of it again. Fixed: it must not come back. Flaky: it
does not show in every run. The program is run before anything is written: what is
known has to show; what is fixed must not, unless a fault of the catalogue brings it
back.

With --fault the crash is one of that fault: its program is run with it on.`,
		Example: `  lastwake corpus accept reports/out/crashes/leak-qcs_new.txtar --status known
  lastwake corpus accept corpus/crash/mux/leak-qcs_new.txtar --status fixed`,
		Args: oneFile,
		RunE: runAccept,
	}
	f := cmd.Flags()
	f.String("status", "", "`WHAT` was decided: known, fixed or flaky")
	f.String("fault", "", "the fault that it needs, `ID`")
	f.String("corpus", "corpus", "the `DIR` with the folder crash")
	stateFlags(cmd)
	return cmd
}

func runAccept(cmd *cobra.Command, args []string) error {
	status, _ := cmd.Flags().GetString("status")
	if err := checkStatus(status, false); err != nil {
		return err
	}
	f, err := read(cmd, args[0])
	if err != nil {
		return err
	}
	if f.Crash == nil {
		return hintf("lastwake corpus import makes a crash of it", "%s: it is no crash file but %s", args[0], f.Kind)
	}
	name, err := faultOf(cmd, f.Crash)
	if err != nil {
		return err
	}
	c, err := accepted(f.Crash, name, corpus.Status(status), placeFor(cmd, f.Crash))
	if err != nil {
		return err
	}
	return place(cmd, args[0], c)
}

// faultOf is the name of the fault that the crash needs: that of --fault, or
// else its own.
func faultOf(cmd *cobra.Command, c *corpus.Crash) (string, error) {
	name, _ := cmd.Flags().GetString("fault")
	if name == "" {
		return c.Fault, nil
	}
	f, err := lookup(name)
	if err != nil {
		return "", fmt.Errorf("--fault: %w", err)
	}
	return f.Name, nil
}

// placeFor is the folder of the corpus for the crash.
func placeFor(cmd *cobra.Command, c *corpus.Crash) string {
	dir, _ := cmd.Flags().GetString("corpus")
	return filepath.ToSlash(filepath.Join(dir, "crash", c.Target()))
}

// settles reports whether a crash of this target is judged behind settle. A
// model's has settle's ops written out as far as it needs them; a real stack
// owes what it owes when everything has ended, however it was ended.
func settles(target string) bool { return target == program.Quicgo }

// accepted is the crash as it will lie in the corpus. A run of it decides
// whether the status can be.
func accepted(old *corpus.Crash, name string, status corpus.Status, dir string) (*corpus.Crash, error) {
	p := old.Program.Clone()
	if name != "" && name != old.Fault {
		p.Header.Faults = []string{name}
	}
	on, err := fault.Parse(strings.Join(p.Header.Faults, ","))
	if err != nil {
		return nil, err
	}
	r, done, err := runner(p, 0)
	if err != nil {
		return nil, err
	}
	defer done()
	r.Settle(settles(p.Header.Target))
	f, err := r.Explain(p, on)
	if err != nil {
		return nil, err
	}
	switch shows := f != nil && f.Signature() == old.Signature; {
	case status == corpus.Fixed && name == "" && f != nil:
		return nil, hintf("mend the model first, or name the fault that brings it back with --fault",
			"%s: it is not fixed: a run gives %s", old.File, f.Signature())
	case status == corpus.Fixed && name == "", status == corpus.Flaky && !shows:
		return decided(old, status), nil
	case !shows:
		return nil, hintf("lastwake corpus import looks at it anew", "%s: a run gives %q, not its signature", old.File, signatureOf(f))
	}
	return rewritten(old, f, name, status, dir)
}

func signatureOf(f *exec.Finding) string {
	if f == nil {
		return ""
	}
	return f.Signature()
}

// decided is the crash with another status and nothing else changed: what it
// shows is a thing of the past.
func decided(old *corpus.Crash, status corpus.Status) *corpus.Crash {
	c := *old
	c.Status = status
	return &c
}

// rewritten is the crash with a report of the place where it will lie.
func rewritten(old *corpus.Crash, f *exec.Finding, name string, status corpus.Status, dir string) (*corpus.Crash, error) {
	k := triage.Keep{Dir: dir, Status: status, Known: status == corpus.Known, Fault: name, From: len(f.Program.Ops)}
	k.Complete = func(rec *reports.Record) error {
		if !strings.Contains(old.Report, "not proved minimal") && strings.Contains(old.Report, "1-minimal") {
			rec.Proof.Minimal = true
		}
		rec.Proof.Text = proofLine(old.Report)
		rec.Reproduce = []string{"go tool lastwake run " + quote(rec.File)}
		known := rec.Known
		err := complete(rec, f, 0)
		rec.Known = known || rec.Known
		return err
	}
	file := filepath.ToSlash(filepath.Join(dir, filepath.Base(corpus.FileName(old.Signature))))
	c, err := k.Crash(f, file)
	if err == nil && old.FixedBy != "" && c.FixedBy == "" {
		c.FixedBy = old.FixedBy
	}
	return c, err
}

// proofLine is the sentence about the program in a report.
func proofLine(report string) string {
	for line := range strings.Lines(report) {
		if s := strings.TrimSpace(line); strings.Contains(s, "minimal") && strings.Contains(s, "programs run") {
			return s
		}
	}
	return "not shrunk by this command"
}

// place writes the crash to the corpus, notes its state, and then takes the
// old file away: killed in between it leaves both, and never none.
func place(cmd *cobra.Command, from string, c *corpus.Crash) error {
	dir := placeFor(cmd, c)
	to, err := corpus.Save(dir, c)
	if err != nil {
		return err
	}
	if err := remember(cmd, c, string(c.Status)); err != nil {
		return err
	}
	if !same(from, to) {
		if err := os.Remove(from); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, %s\nreproduce: go tool lastwake run %s\n", filepath.ToSlash(to), c.Status, c.Signature, quote(filepath.ToSlash(to)))
	return err
}

// same reports whether two names are of one file.
func same(a, b string) bool {
	x, err := os.Stat(a)
	y, yerr := os.Stat(b)
	return err == nil && yerr == nil && os.SameFile(x, y)
}

// wants is what a run of a known crash has to give: nothing when it is fixed
// and no fault brings it back.
func wants(c *corpus.Crash) string {
	if c.Status == corpus.Fixed && c.Fault == "" {
		return ""
	}
	return c.Signature
}
