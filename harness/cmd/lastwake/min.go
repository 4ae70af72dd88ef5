package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/triage"
)

// shrinkTries bounds the programs that are run to shrink one.
const shrinkTries = 1_000_000

func newMin() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "min FILE",
		Short: "print the smallest program with the same finding",
		Long: `min shrinks a program that breaks its target and prints the smallest one with
the same signature, and what was proved about it. Ctrl-C ends it early.`,
		Example: `  lastwake min crash.txtar > small.prog`,
		Args:    oneFile,
		RunE:    runMin,
	}
	faultsFlag(cmd, "by default those of the program's header")
	quicgoFlag(cmd)
	return cmd
}

func runMin(cmd *cobra.Command, args []string) error {
	done, err := useQuicgo(cmd.Context(), cmd)
	if err != nil {
		return err
	}
	defer done()
	in, err := open(cmd, args[0])
	if err != nil {
		return err
	}
	r, done, err := runner(in.Program, 0)
	if err != nil {
		return err
	}
	defer done()
	f, err := r.Explain(in.Program, in.faults)
	if err != nil {
		return err
	}
	if f == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "lastwake: %s: nothing found, with faults %s: nothing to shrink\n", in.Name, in.faults)
		return nil
	}
	s, err := shrink(cmd, r, f)
	if err != nil {
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), shrunkText(s, len(in.Program.Ops)))
	return errFound
}

// shrink shrinks f until it is minimal or the user has had enough.
func shrink(cmd *cobra.Command, r *exec.Runner, f *exec.Finding) (triage.Shrunk, error) {
	t, err := targetOf(f.Program.Header.Target, 0)
	if err != nil {
		return triage.Shrunk{}, err
	}
	ctx, stop := interruptible()
	defer stop()
	o := hunt.ShrinkOptions{Tries: shrinkTries, Cancel: func() bool { return ctx.Err() != nil }}
	if w := cmd.ErrOrStderr(); isTerminal(w) {
		o.Progress = w
	}
	return hunt.Shrink(t, r, f, o)
}

// shrunkText is the shrunk program, with what is known about it in comments.
func shrunkText(s triage.Shrunk, from int) string {
	p := triage.Program(s.Finding)
	var b strings.Builder
	b.WriteString(p.String())
	fmt.Fprintf(&b, "# signature: %s\n", s.Finding.Signature())
	fmt.Fprintf(&b, "# %s; %d of %d ops left\n", s.Proof, len(p.Ops), from)
	fmt.Fprintf(&b, "# reproduce: %s\n", pipe(p))
	return b.String()
}

func newFmt() *cobra.Command {
	return &cobra.Command{
		Use:   "fmt FILE",
		Short: "print a program in its canonical form",
		Long: `fmt prints a program as text in its canonical form: defaults left out, operands
in order, comments where they were. Bytes become text.`,
		Example: `  lastwake fmt testdata/fuzz/FuzzMux/1a2b3c4d5e6f7081`,
		Args:    oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := read(cmd, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), f.Program)
			return err
		},
	}
}
