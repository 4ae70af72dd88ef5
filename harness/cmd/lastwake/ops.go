package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/program"
)

func newOps() *cobra.Command {
	return &cobra.Command{
		Use:   "ops [VERB]",
		Short: "list the ops that programs are made of, or explain one",
		Example: `  lastwake ops
  lastwake ops peer.stream
  lastwake ops run.`,
		Args: atMostOne,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return verbs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: runOps,
	}
}

func runOps(cmd *cobra.Command, args []string) error {
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
