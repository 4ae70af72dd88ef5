package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/program"
)

func newOps() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ops [VERB]",
		Short: "list the ops that programs are made of, or explain one",
		Example: `  lastwake ops
  lastwake ops peer.stream
  lastwake ops run.
  lastwake ops --dict > mux.dict`,
		Args: atMostOne,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return verbs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: runOps,
	}
	cmd.Flags().Bool("dict", false, "print a dictionary of their bytes for libFuzzer and AFL")
	targetFlag(cmd)
	return cmd
}

// runDict prints the words of a target's bytes in libFuzzer's form.
func runDict(cmd *cobra.Command) error {
	name, _ := cmd.Flags().GetString("target")
	if _, err := targetOf(name, 0); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "# The words of a program's bytes for target %s: lastwake ops --dict\n", name)
	for _, w := range program.Dictionary(name) {
		fmt.Fprintf(out, "# %s\n\"", w.Name)
		for _, b := range w.Data {
			fmt.Fprintf(out, "\\x%02x", b)
		}
		fmt.Fprint(out, "\"\n")
	}
	return nil
}

func runOps(cmd *cobra.Command, args []string) error {
	if dict, _ := cmd.Flags().GetBool("dict"); dict {
		return runDict(cmd)
	}
	want := ""
	if len(args) == 1 {
		want = args[0]
	}
	out, any := cmd.OutOrStdout(), false
	for _, r := range program.Rows() {
		if want == "" || r.Name == want || strings.HasSuffix(want, ".") && strings.HasPrefix(r.Name, want) {
			fmt.Fprint(out, r.Help())
			any = true
		}
	}
	if any {
		return nil
	}
	hint := "lastwake ops lists them all"
	if n := program.Nearest(want, verbs()); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	return hintf(hint, "unknown op %q", want)
}

func verbs() []string {
	var names []string
	for _, r := range program.Rows() {
		names = append(names, r.Name)
	}
	return names
}
