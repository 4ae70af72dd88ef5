package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lastwake/lastwake/harness/program"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "lastwake",
		Short: "find, shrink, explain and keep teardown crashes of QUIC connections",
		Long: `lastwake finds, shrinks, explains and keeps the crashes that happen when a QUIC
connection and its streams are torn down in the wrong order.

FILE is a program's text, a crash (txtar), a "go test fuzz v1" file or raw
bytes, recognised by its content; "-" is standard input.

Exit status: 0 nothing found, 1 a finding, 2 usage or harness fault.`,
		Args:          cobra.ArbitraryArgs,
		RunE:          group,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newHunt(), newRun(), newMin(), newFmt(), newExplain(), newFaults(), newOps(), newTriage(), newReport(), newExport(), newCorpus(), newProc(), newLive(), newBench(), newRepro(), newNightly())
	root.SetFlagErrorFunc(flagError)
	return root
}

// group is the RunE of a command that only has others below it.
func group(cmd *cobra.Command, args []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if len(args) == 0 {
		return hintf(cmd.CommandPath()+" --help tells what each does", "which command? one of %s", strings.Join(names, ", "))
	}
	hint := cmd.CommandPath() + " --help lists the commands"
	if n := program.Nearest(args[0], names); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	return hintf(hint, "unknown command %q", strings.TrimSpace(within(cmd)+" "+args[0]))
}

// within is what cmd is called below lastwake: "corpus import", "" for itself.
func within(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), "lastwake"), " ")
}

// flagError makes the hint of an unknown flag.
func flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if n := program.Nearest(name, names); n != "" {
			hint = "did you mean --" + n + "?"
		}
	}
	return hinted{err, hint}
}

// noArgs is the Args of a command that takes flags only.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return hintf(cmd.CommandPath()+" --help lists the flags", "%s: unexpected argument %q", within(cmd), args[0])
}

// oneFile is the Args of a command that takes one FILE.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return hintf(fmt.Sprintf("%s FILE, or - for standard input", cmd.CommandPath()),
		"%s: one file is needed, not %d", within(cmd), len(args))
}

// atMostOne is the Args of a command that takes a name or nothing.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return hintf(cmd.UseLine(), "%s: at most one name is needed, not %d", within(cmd), len(args))
}
