package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain FILE",
		Short: "print what each op of a program did, and what lives after it",
		Long: `explain runs a program and prints its history: each op with its number and its
outcome, the events inside, and how many objects of each type live after it
(with what changed in brackets). The ops that bring the target to rest
afterwards stand below "# settle". A history is itself a program.`,
		Example: `  lastwake explain corpus/seed/mux/h3-get.prog | less`,
		Args:    oneFile,
		RunE:    runExplain,
	}
	faultsFlag(cmd, "by default those of the program's header")
	return cmd
}

func runExplain(cmd *cobra.Command, args []string) error {
	in, err := open(cmd, args[0])
	if err != nil {
		return err
	}
	r, done, err := runner(in.Program, 0)
	if err != nil {
		return err
	}
	defer done()
	lines, err := r.Record(in.Program, in.faults)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprint(out, historyText(&in.Program.Header, lines))
	f, err := r.Explain(in.Program, in.faults)
	if err != nil || f == nil {
		return err
	}
	fmt.Fprintf(out, "# finding: %s\n", f.Signature())
	for _, other := range f.Others {
		fmt.Fprintf(out, "# also: %s\n", other.Signature())
	}
	fmt.Fprintf(out, "# reproduce: %s\n", in.again())
	return errFound
}

// historyText is a history as a program, everything but the ops in comments.
func historyText(h *program.Header, lines []exec.Line) string {
	p := program.Program{Header: *h}
	var before []exec.Live
	for i := range lines {
		l := &lines[i]
		if l.Settle && (i == 0 || !lines[i-1].Settle) {
			p.Notes = append(p.Notes, program.Note{Op: i, Text: "# settle"})
		}
		outcome := "stopped"
		if !l.Stopped {
			outcome = l.Outcome.String()
		}
		p.Ops = append(p.Ops, l.Op)
		p.Notes = append(p.Notes, program.Note{Op: i, Inline: true, Text: fmt.Sprintf("# %d %s", i, outcome)})
		for _, e := range l.Events {
			p.Notes = append(p.Notes, program.Note{Op: i + 1, Text: "#   " + e})
		}
		if !l.Stopped {
			p.Notes = append(p.Notes, program.Note{Op: i + 1, Text: "#   live: " + liveText(before, l.Live)})
			before = l.Live
		}
	}
	return p.String()
}

// liveText counts the objects that live now: "qcc 1, qcs 2 (+1), stconn 0 (-1)".
func liveText(before, now []exec.Live) string {
	count := func(ls []exec.Live, name string) int {
		for _, l := range ls {
			if l.Type == name {
				return l.Count
			}
		}
		return 0
	}
	var parts []string
	add := func(name string) {
		n, old := count(now, name), count(before, name)
		part := fmt.Sprintf("%s %d", name, n)
		if n != old {
			part += fmt.Sprintf(" (%+d)", n-old)
		}
		parts = append(parts, part)
	}
	for _, l := range now {
		add(l.Type)
	}
	for _, l := range before {
		if count(now, l.Type) == 0 {
			add(l.Type)
		}
	}
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
