package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/program"
)

func newFaults() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "faults [ID]",
		Short: "list the faults that can be switched on, or explain one",
		Long: `A fault is a mistake that was made once, behind a switch: on, the model runs the
code as it was before the upstream commit that fixed it.`,
		Example: `  lastwake faults
  lastwake faults HAPROXY-bd384a359
  lastwake faults --symptom freeze --json`,
		Args: atMostOne,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return faultNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: runFaults,
	}
	cmd.Flags().String("symptom", "", "only those that show as `WHAT`: "+strings.Join(symptoms(), ", "))
	cmd.Flags().Bool("json", false, "print a line of JSON for each")
	_ = cmd.RegisterFlagCompletionFunc("symptom", cobra.FixedCompletions(symptoms(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runFaults(cmd *cobra.Command, args []string) error {
	asJSON, _ := cmd.Flags().GetBool("json")
	symptom, _ := cmd.Flags().GetString("symptom")
	if cmd.Flags().Changed("symptom") && !slices.Contains(symptoms(), symptom) {
		hint := "the symptoms are " + strings.Join(symptoms(), ", ")
		if n := program.Nearest(symptom, symptoms()); n != "" {
			hint = fmt.Sprintf("did you mean %q?", n)
		}
		return hintf(hint, "unknown symptom %q", symptom)
	}
	all := fault.All()
	if len(args) == 1 {
		f, err := lookup(args[0])
		if err != nil {
			return err
		}
		all = []fault.Fault{f}
	}
	if symptom != "" {
		all = slices.DeleteFunc(all, func(f fault.Fault) bool { return string(f.Symptom) != symptom })
	}
	switch {
	case asJSON:
		return faultLines(cmd.OutOrStdout(), all)
	case len(args) == 1 && len(all) == 1:
		return explainFault(cmd.OutOrStdout(), &all[0])
	}
	return faultTable(cmd.OutOrStdout(), all)
}

// lookup finds the fault called name, or says which was meant.
func lookup(name string) (fault.Fault, error) {
	if f, ok := fault.Lookup(name); ok {
		return f, nil
	}
	if _, err := fault.Parse(name); err != nil {
		return fault.Fault{}, err
	}
	return fault.Fault{}, &fault.UnknownError{Name: name}
}

func faultNames() []string {
	var names []string
	for _, f := range fault.All() {
		names = append(names, f.Name)
	}
	return names
}

func symptoms() []string {
	return []string{string(fault.Crash), string(fault.Freeze), string(fault.Leak), string(fault.BusyLoop), string(fault.BugOn)}
}

// faultLines prints a line of JSON for each fault.
func faultLines(w io.Writer, all []fault.Fault) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, f := range all {
		if err := e.Encode(struct {
			ID      string `json:"id"`
			Model   string `json:"model"`
			Commit  string `json:"commit"`
			Issue   string `json:"issue"`
			Class   string `json:"class"`
			Symptom string `json:"symptom"`
			Title   string `json:"title"`
		}{f.Name, f.Model, f.Commit, f.Issue, f.Class, string(f.Symptom), f.Title}); err != nil {
			return err
		}
	}
	return nil
}

// faultTable prints the faults, and how far to trust the model.
func faultTable(w io.Writer, all []fault.Fault) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tMODEL\tISSUE\tSYMPTOM\tCLASS\tFIXED IN")
	for _, f := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.Model, or(hash(f.Issue), "-"), f.Symptom, f.Class, f.Tag)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d %s; lastwake faults ID explains one\n"+
		"%d deviations of the mux model from the C code, each with its reason in harness/mux\n",
		len(all), plural(len(all), "fault"), len(mux.Deviations))
	return err
}

// explainFault prints everything that is known of one fault.
func explainFault(w io.Writer, f *fault.Fault) error {
	p := &page{}
	p.line("%s", f.Name)
	p.paragraph("  ", f.Title+".")
	p.line("")
	if f.Control {
		p.line("  shows as     nothing: a control, of which nothing may be found")
	} else {
		p.line("  shows as     %s, %s", f.Symptom, f.Class)
	}
	p.line("  issue        %s", or(hash(f.Issue), "none named"))
	if f.Introduced != "" {
		p.line("  made by      commit %s of %s, first in %s", f.Introduced, f.SinceDate, f.Since)
	}
	if f.Commit != "" {
		p.line("  fixed by     commit %s of %s, first in %s", f.Commit, f.FixDate, f.Tag)
		p.line("  backport     %s", backport(f))
	}
	p.line("  needs on     %s", or(idNames(f.Requires), "nothing else"))
	p.line("  needs off    %s", or(idNames(f.Excludes), "nothing"))
	p.section("what goes wrong", f.Mechanism)
	p.section("what the fix changed", f.Fix)
	p.steps("the order before the fix", f.Order.Before)
	p.steps("the order after it", f.Order.After)
	p.confirm(f.Confirm)
	if !f.Control {
		p.list("known by", append([]string{f.Primary}, f.Others...))
	}
	p.list("on the way to it", nearMissNames(f))
	if err := p.seed(f); err != nil {
		return err
	}
	_, err := io.WriteString(w, p.String())
	return err
}

func backport(f *fault.Fault) string {
	if f.Backport == "" {
		return "not said by the commit"
	}
	return "asked to " + f.Backport + " (git log --grep 'commit " + f.Commit + "' tells for your branch)"
}

// seed prints the program that walks up to the fault, and how to run it.
func (p *page) seed(f *fault.Fault) error {
	seeds, err := corpus.Embedded().Seeds(f.Model)
	if err != nil {
		return err
	}
	for _, s := range seeds {
		if strings.HasSuffix(s.File, f.Seed) {
			p.line("\na program that shows it, %s:", path.Join("corpus", f.Seed))
			for line := range strings.Lines(s.Text) {
				p.line("  %s", strings.TrimRight(line, "\n"))
			}
			p.line("\nreproduce: go tool lastwake run %s", path.Join("corpus", f.Seed))
			return nil
		}
	}
	return errors.New("no seed program " + f.Seed)
}

func idNames(ids []fault.ID) string {
	var names []string
	for _, id := range ids {
		names = append(names, id.String())
	}
	return strings.Join(names, ", ")
}

func hash(issue string) string {
	if issue == "" {
		return ""
	}
	return "#" + issue
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func nearMissNames(f *fault.Fault) []string {
	var names []string
	for _, n := range f.NearMisses {
		names = append(names, n.Name)
	}
	return names
}
