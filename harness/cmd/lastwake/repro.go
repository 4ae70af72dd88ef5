package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// expectations is where the file is, from the root of the module.
const expectations = "harness/bench/expected.txt"

func newRepro() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "repro",
		Short: "find every fault from nothing, and say which commits brought and mended it",
		Long: `repro looks for each fault, once, from an empty corpus, and prints a row for it with
the command that finds it again after exactly as many ops.

--check looks for a few of them with three seeds each and fails when one that used to
be found within its budget no longer is. The budgets are in executed ops and stand in
` + expectations + `; --update measures them anew. It takes the cells that
"lastwake bench" of the same build has kept in --out, and keeps its own there.`,
		Example: `  lastwake repro
  lastwake repro --check`,
		Args: noArgs,
		RunE: runRepro,
	}
	f := cmd.Flags()
	f.String("faults", "all", "`LIST` of the faults to look for, divided by commas, or all")
	f.Uint64("seed", 1, "`N` of the random generator")
	f.Uint64("ops", 200_000_000, "give up after `N` executed ops")
	f.Int("workers", 1, "look for `N` faults at a time")
	f.Bool("check", false, "judge against the file of expectations")
	f.Bool("update", false, "write the file of expectations")
	f.Int("seeds", 20, "--update measures with seeds 1 to `N`")
	f.String("file", expectations, "`FILE` of expectations")
	f.String("out", "reports/out/bench", "--update keeps results in `DIR`")
	f.Bool("json", false, "print a line of JSON for each fault")
	cmd.MarkFlagsMutuallyExclusive("check", "update")
	return cmd
}

func runRepro(cmd *cobra.Command, _ []string) error {
	f := cmd.Flags()
	list, _ := f.GetString("faults")
	o := bench.Options{Methods: []string{"hunt"}, Seeds: 1}
	var err error
	if o.Faults, err = benchFaults(list); err != nil {
		return err
	}
	if o.Target, err = targetOf(program.Mux, 0); err != nil {
		return err
	}
	o.FirstSeed, _ = f.GetUint64("seed")
	o.Ops, _ = f.GetUint64("ops")
	o.Workers, _ = f.GetInt("workers")
	if o.Ops == 0 || o.Workers < 1 {
		return hintf("each must be at least 1", "repro: --ops %d --workers %d runs nothing", o.Ops, o.Workers)
	}
	ctx, stop := interruptible()
	defer stop()
	file, _ := f.GetString("file")
	if check, _ := f.GetBool("check"); check {
		return checkExpected(ctx, cmd.OutOrStdout(), o, file)
	}
	if update, _ := f.GetBool("update"); update {
		return updateExpected(ctx, cmd, o, file)
	}
	rs, err := runCells(ctx, cmd, o)
	if err != nil {
		return err
	}
	if asJSON, _ := f.GetBool("json"); asJSON {
		return reproLines(cmd.OutOrStdout(), rs)
	}
	return reproTable(cmd.OutOrStdout(), rs)
}

// runCells runs a bench, with progress.
func runCells(ctx context.Context, cmd *cobra.Command, o bench.Options) ([]bench.Result, error) {
	b, err := bench.New(o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	w, n := cmd.ErrOrStderr(), 0
	err = b.Run(ctx, func(r bench.Result) {
		if n++; isTerminal(w) {
			fmt.Fprintf(w, "\r\033[K%d of %d  %s", n, len(b.Plan()), r.Cell)
		}
	})
	if isTerminal(w) {
		fmt.Fprint(w, "\r\033[K")
	}
	if errors.Is(err, context.Canceled) {
		hint := "nothing is kept of it"
		if o.File != "" {
			hint = "the same command goes on"
		}
		return nil, hintf(hint, "interrupted after %d of %d", n, len(b.Plan()))
	}
	return b.Results(), err
}

// A reproRow is a row of the table, and a line of its JSON form.
type reproRow struct {
	Type       string  `json:"type"`
	Fault      string  `json:"fault"`
	Issue      string  `json:"issue"`
	Introduced string  `json:"introduced"`
	Fixed      string  `json:"fixed"`
	LastWith   string  `json:"last_with"`
	Command    string  `json:"command"`
	Found      bool    `json:"found"`
	Signature  string  `json:"signature,omitempty"`
	Ops        uint64  `json:"ops"`
	Programs   uint64  `json:"programs"`
	Seconds    float64 `json:"seconds"`
}

func reproRowOf(r *bench.Result) reproRow {
	f, _ := fault.Lookup(r.Fault)
	on := bench.On(&f)
	return reproRow{"repro", f.Name, f.Issue, f.Introduced, f.Commit, f.LastWith,
		fmt.Sprintf("go tool lastwake hunt --faults %s --seed %d --until %s", on.String(), r.Seed, f.Name),
		r.Found, r.Signature, r.Ops, r.Programs, r.Seconds}
}

func reproLines(w io.Writer, rs []bench.Result) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range rs {
		if err := e.Encode(reproRowOf(&rs[i])); err != nil {
			return err
		}
	}
	return notAll(rs)
}

func reproTable(w io.Writer, rs []bench.Result) error {
	t := tabwriter.NewWriter(w, 0, 8, 1, ' ', 0)
	fmt.Fprintln(t, "ISSUE\t| INTRODUCED\t| FIXED\t| LAST COMMIT THAT HAS IT\t| COMMAND\t| FOUND AFTER")
	for i := range rs {
		r := reproRowOf(&rs[i])
		after := fmt.Sprintf("%d ops, %d programs", r.Ops, r.Programs)
		if !r.Found {
			after = "not in " + after
		}
		fmt.Fprintf(t, "%s\t| %s\t| %s\t| %s\t| %s\t| %s\n", or(hash(r.Issue), "-"), or(r.Introduced, "not known"), r.Fixed, or(r.LastWith, "not known"), r.Command, after)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return notAll(rs)
}

func notAll(rs []bench.Result) error {
	missed := 0
	for _, r := range rs {
		if !r.Found {
			missed++
		}
	}
	if missed > 0 {
		return hintf("lastwake bench tells how far a search came", "repro: %d of %d faults were not found", missed, len(rs))
	}
	return nil
}

func updateExpected(ctx context.Context, cmd *cobra.Command, o bench.Options, file string) error {
	o.Seeds, _ = cmd.Flags().GetInt("seeds")
	out, _ := cmd.Flags().GetString("out")
	o.File = filepath.Join(out, "cells.jsonl")
	rs, err := runCells(ctx, cmd, o)
	if err != nil {
		return err
	}
	all, err := bench.Expect(rs)
	if err != nil {
		return err
	}
	if err := corpus.WriteFile(file, []byte(bench.FormatExpected(o.Seeds, all))); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d faults\n", file, len(all))
	return err
}

func readExpected(file string) ([]bench.Expected, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, hintf("run it from the root of the module, or say where with --file", "read the expectations: %w", err)
	}
	return bench.ReadExpected(file, text)
}

// checkExpected runs the faults that are checked, each with its own budget.
func checkExpected(ctx context.Context, w io.Writer, o bench.Options, file string) error {
	all, err := readExpected(file)
	if err != nil {
		return err
	}
	o.Seeds = bench.CheckSeeds
	var rs []bench.Result
	for _, e := range all {
		if !e.Checked {
			continue
		}
		f, err := lookup(e.Fault)
		if err != nil {
			return err
		}
		o.Faults, o.Ops = []fault.Fault{f}, e.Budget
		b, err := bench.New(o)
		if err != nil {
			return err
		}
		err = b.Run(ctx, nil)
		rs = append(rs, b.Results()...)
		if b.Close(); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: mean %d ops, budget %d:", e.Fault, e.Mean, e.Budget)
		for _, r := range b.Results() {
			if r.Found {
				fmt.Fprintf(w, " %d", r.Ops)
			} else {
				fmt.Fprint(w, " missed")
			}
		}
		fmt.Fprintln(w)
	}
	lost := bench.Lost(all, rs)
	for _, l := range lost {
		fmt.Fprintf(w, "lost: %s\n", l)
	}
	if len(lost) > 0 {
		return hintf("git bisect with this command finds the change", "repro: %d of the faults that used to be found no longer are", len(lost))
	}
	_, err = fmt.Fprintf(w, "all are found within their budgets\n")
	return err
}
