package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/triage"
)

func newCorpus() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "corpus",
		Short: "keep programs in files",
		Args:  cobra.ArbitraryArgs,
		RunE:  group,
	}
	cmd.AddCommand(newImport(), newConvert(), newMerge(), newPrune(), newStats(), newVerify())
	return cmd
}

func newImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "shrink findings, name their fault and write them as crash files",
		Long: `import runs each FILE (any kind, a fresh crasher of "go test -fuzz" for example),
shrinks what it finds, and writes one crash file for each signature. Without
--status nobody has decided about it yet, and it goes to --crashes; with it, it is
a known crash and goes to the corpus.`,
		Example: `  lastwake corpus import fuzz/mux/testdata/fuzz/FuzzMux/1a2b3c4d5e6f7081
  lastwake corpus import --status known --crashes corpus/crash/mux crash.prog`,
		RunE: runImport,
	}
	f := cmd.Flags()
	faultsFlag(cmd, "by default those of each program's header")
	f.String("crashes", "reports/out/crashes", "write to `DIR`")
	f.String("status", "", "`WHAT` was decided about it: known, fixed or flaky")
	return cmd
}

func runImport(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return hintf("lastwake corpus import FILE...", "corpus import: a file is needed")
	}
	dir, _ := cmd.Flags().GetString("crashes")
	status, _ := cmd.Flags().GetString("status")
	switch corpus.Status(status) {
	case corpus.New, corpus.Known, corpus.Fixed, corpus.Flaky:
	default:
		return hintf("it is known, fixed or flaky", "unknown status %q", status)
	}
	found := false
	for _, name := range args {
		any, err := importFile(cmd, name, dir, corpus.Status(status))
		if err != nil {
			return err
		}
		found = found || any
	}
	if found {
		return errFound
	}
	return nil
}

// importFile imports one file and reports whether it held a finding.
func importFile(cmd *cobra.Command, name, dir string, status corpus.Status) (bool, error) {
	out := cmd.OutOrStdout()
	in, err := open(cmd, name)
	if err != nil {
		return false, err
	}
	n, err := found(in)
	if err != nil {
		return false, err
	}
	if n == nil {
		_, err := fmt.Fprintf(out, "%s: nothing found, with faults %s\n", name, in.faults)
		return false, err
	}
	n.Known = status == corpus.Known
	crash, err := saveCrash(dir, n, status)
	if err != nil {
		return false, err
	}
	_, err = fmt.Fprintf(out, "%s: %s\nreproduce: go tool lastwake run %s\n", name, crash.Signature, quote(crash.File))
	return true, err
}

// found does with one program what a hunt does with a finding: shrinks it and
// names its fault. It returns nil when nothing is wrong.
func found(in *input) (*hunt.Found, error) {
	r, done, err := runner(in.Program, 0)
	if err != nil {
		return nil, err
	}
	defer done() // as shipped, the memory may have to lie where it lies now
	f, err := r.Explain(in.Program, in.faults)
	if err != nil || f == nil {
		return nil, err
	}
	s, err := shrink(r, f)
	if err != nil {
		return nil, err
	}
	n := &hunt.Found{Finding: s.Finding, Minimal: s.Proof.Minimal, Tried: s.Proof.Tried, From: len(f.Program.Ops), Count: 1}
	n.Fault, err = triage.Attribute(r, n.Finding)
	return n, err
}
