package main

import (
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
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
	cmd.AddCommand(newImport(), newAccept(), newConvert(), newMerge(), newPrune(), newStats(), newVerify())
	return cmd
}

func newImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE|DIR...",
		Short: "shrink findings, name their fault and write them as crash files",
		Long: `import runs each FILE (any kind, a fresh crasher of "go test -fuzz" for example)
several times, shrinks what it finds with the signature kept, and writes one crash
file for each signature. Which fault it needs is found by switching faults off: the
one, or the smallest set, without which it vanishes. Without --status nobody has
decided about it yet, and it goes to --crashes; with it, it is a known crash and
goes to the corpus. A finding that does not show in every run is flaky.

An import that is cut short loses nothing: what is written is whole, the crashers
stay where they are, and the next import goes on.`,
		Example: `  lastwake corpus import fuzz/mux/testdata/fuzz/FuzzMux/1a2b3c4d5e6f7081
  lastwake corpus import --status known --crashes corpus/crash/mux crash.prog`,
		RunE: runImport,
	}
	f := cmd.Flags()
	faultsFlag(cmd, "by default those of each program's header")
	f.String("crashes", "reports/out/crashes", "write to `DIR`")
	f.String("status", "", "`WHAT` was decided about it: known, fixed or flaky")
	f.Int("runs", 3, "run each crasher `N` times")
	stateFlags(cmd)
	return cmd
}

// stateFlags adds the flags of the commands that write the file of states.
func stateFlags(cmd *cobra.Command) {
	cmd.Flags().String("state", path.Join("corpus/crash", corpus.StateFile), "the `FILE` of states; one that is in no folder is left out")
	cmd.Flags().String("today", "", "the `DAY`, YYYY-MM-DD; by default the clock's")
	_ = cmd.Flags().MarkHidden("today")
}

// today is the day that goes into the file of states.
func today(cmd *cobra.Command) string {
	if day, _ := cmd.Flags().GetString("today"); day != "" {
		return day
	}
	return time.Now().UTC().Format(time.DateOnly)
}

// remember notes c in the file of states, if there is a folder for one.
func remember(cmd *cobra.Command, c *corpus.Crash, state string) error {
	file, _ := cmd.Flags().GetString("state")
	if file == "" || !isDir(filepath.Dir(file)) {
		return nil
	}
	return corpus.UpdateStates(file, func(all *corpus.States) { all.Seen(c, state, today(cmd)) })
}

// An importer imports files and counts them.
type importer struct {
	cmd    *cobra.Command
	dir    string
	status corpus.Status
	runs   int
	found  bool
	seen   map[string]int // files by signature
	of     int
}

func runImport(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return hintf("lastwake corpus import FILE...", "corpus import: a file is needed")
	}
	m := &importer{cmd: cmd, seen: map[string]int{}}
	m.dir, _ = cmd.Flags().GetString("crashes")
	m.runs, _ = cmd.Flags().GetInt("runs")
	status, _ := cmd.Flags().GetString("status")
	if err := checkStatus(status, true); err != nil {
		return err
	}
	m.status = corpus.Status(status)
	if m.runs < 1 {
		return hintf("3 tells most flaky ones", "corpus import: --runs %d runs nothing", m.runs)
	}
	for _, arg := range args {
		names := []string{arg}
		if isDir(arg) {
			var err error
			if names, err = filesBelow(arg); err != nil {
				return err
			}
		}
		for _, name := range names {
			if err := m.file(name); err != nil {
				return err
			}
		}
	}
	if m.of > 1 {
		m.summary()
	}
	if m.found {
		return errFound
	}
	return nil
}

// checkStatus returns an error for what is no status.
func checkStatus(status string, orNew bool) error {
	switch corpus.Status(status) {
	case corpus.Known, corpus.Fixed, corpus.Flaky:
		return nil
	case corpus.New:
		if orNew {
			return nil
		}
	}
	return hintf("it is known, fixed or flaky", "unknown status %q", status)
}

// file imports one file.
func (m *importer) file(name string) error {
	out := m.cmd.OutOrStdout()
	in, err := open(m.cmd, name)
	if err != nil {
		return err
	}
	m.of++
	n, shown, set, err := m.work(in)
	if err != nil {
		return err
	}
	if n == nil {
		_, err := fmt.Fprintf(out, "%s: nothing found, with faults %s\n", name, in.faults)
		return err
	}
	m.found = true
	status := m.status
	if shown < m.runs {
		status = corpus.Flaky
	}
	n.Known = status == corpus.Known
	c, err := saveCrash(m.dir, n, status)
	if err != nil {
		return err
	}
	if err := remember(m.cmd, c, string(status)); err != nil {
		return err
	}
	m.seen[c.Signature]++
	m.tell(out, name, c, n, shown, set)
	return nil
}

// tell prints what became of one file.
func (m *importer) tell(out io.Writer, name string, c *corpus.Crash, n *hunt.Found, shown int, set []string) {
	fmt.Fprintf(out, "%s: %s\n", name, c.Signature)
	if shown < m.runs {
		fmt.Fprintf(out, "  flaky: it shows in %d of %d runs\n", shown, m.runs)
	}
	if len(set) > 1 {
		fmt.Fprintf(out, "  it vanishes without %s together, and without none of them alone\n", strings.Join(set, ", "))
	}
	if n.From > len(n.Program.Ops) {
		fmt.Fprintf(out, "  shrunk from %d ops to %d\n", n.From, len(n.Program.Ops))
	}
	fmt.Fprintf(out, "reproduce: go tool lastwake run %s\n", quote(c.File))
}

// summary counts what was imported by signature.
func (m *importer) summary() {
	out := m.cmd.OutOrStdout()
	fmt.Fprintf(out, "\nimport: %d files, %d signatures\n", m.of, len(m.seen))
	for _, s := range slices.Sorted(maps.Keys(m.seen)) {
		fmt.Fprintf(out, "  %6d  %s\n", m.seen[s], s)
	}
}

// work does with one program what a hunt does with a finding: runs it so many
// times, shrinks it and names the faults that it needs. It returns nil when
// nothing is wrong.
func (m *importer) work(in *input) (n *hunt.Found, shown int, set []string, err error) {
	r, done, err := runner(in.Program, 0)
	if err != nil {
		return nil, 0, nil, err
	}
	defer done() // as shipped, the memory may have to lie where it lies now
	f, shown, err := again(r, in, m.runs)
	if err != nil || f == nil {
		return nil, 0, nil, err
	}
	s, err := shrink(m.cmd, r, f)
	if err != nil {
		return nil, 0, nil, err
	}
	n = &hunt.Found{Finding: s.Finding, Minimal: s.Proof.Minimal, Tried: s.Proof.Tried, Proof: s.Proof, From: len(f.Program.Ops), Count: 1}
	if set, err = triage.Vanish(r, n.Finding); len(set) == 1 {
		n.Fault = set[0]
	}
	return n, shown, set, err
}

// again runs in n times and returns its finding, with how many of the runs
// showed the same.
func again(r *exec.Runner, in *input, n int) (*exec.Finding, int, error) {
	var first *exec.Finding
	shown := 0
	for range n {
		f, err := r.Explain(in.Program, in.faults)
		if err != nil {
			return nil, 0, err
		}
		switch {
		case f == nil:
		case first == nil:
			first, shown = f, 1
		case f.Signature() == first.Signature():
			shown++
		}
	}
	return first, shown, nil
}
