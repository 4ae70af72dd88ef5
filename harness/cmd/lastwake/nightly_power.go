package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/nightly"
	"github.com/lastwake/lastwake/harness/program"
)

// newCells is what a child of a night runs to measure the power of the search.
func newCells() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "cells",
		Short:  "search for each fault of the baseline from nothing, and go on where it was left",
		Hidden: true,
		Args:   noArgs,
		RunE:   runCellsOf,
	}
	f := cmd.Flags()
	f.Int("seeds", 5, "seeds 1 to `N` for each fault")
	f.Int("workers", 1, "`N` searches at a time")
	f.String("power", "", "the baseline, `FILE`, instead of what is compiled in")
	f.String("done", "", "leave out the results that are in `FILE`")
	f.Duration("budget", time.Hour, "stop after this `TIME`")
	return cmd
}

func runCellsOf(cmd *cobra.Command, _ []string) error {
	all, err := baselineFlag(cmd)
	if err != nil {
		return err
	}
	seeds, _ := cmd.Flags().GetInt("seeds")
	file, _ := cmd.Flags().GetString("done")
	budget, _ := cmd.Flags().GetDuration("budget")
	build, err := buildName()
	if err != nil {
		return err
	}
	missing, err := nightly.Missing(file, build, all, seeds)
	if err != nil {
		return err
	}
	o, err := powerOptions(cmd, missing)
	if err != nil {
		return err
	}
	o.Build = build
	ctx, stop := interruptible()
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	b, err := bench.New(o)
	if err != nil {
		return err
	}
	defer b.Close()
	err = b.Run(ctx, func(r bench.Result) {
		_ = printJSON(cmd.OutOrStdout(), struct { // an error is remembered by the writer
			Type string `json:"type"`
			bench.Result
		}{"cell", r})
	})
	if ctx.Err() != nil {
		return nil // the next child goes on
	}
	if err != nil {
		return err
	}
	return printJSON(cmd.OutOrStdout(), map[string]string{"type": "done"})
}

// powerOptions are for a bench of cells of a baseline.
func powerOptions(cmd *cobra.Command, cells []bench.Cell) (bench.Options, error) {
	o := bench.Options{Methods: []string{"hunt"}, Cells: cells}
	for _, c := range cells {
		if _, ok := fault.Lookup(c.Fault); !ok {
			return o, hintf("lastwake nightly --rebase measures anew", "nightly: the baseline has %s, the catalogue has not", c.Fault)
		}
	}
	o.Workers, _ = cmd.Flags().GetInt("workers")
	var err error
	o.Target, err = targetOf(program.Mux, 0)
	return o, err
}

// buildName tells this program from another one, or from itself before it was
// built anew.
func buildName() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	info, err := os.Stat(self)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes, %s", info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano)), nil
}

// rebase measures the power of the search and writes it to file.
func rebase(ctx context.Context, cmd *cobra.Command, file string) error {
	expected, err := readExpected(expectations)
	if err != nil {
		return err
	}
	chosen := nightly.Choose(expected)
	o, err := powerOptions(cmd, nightly.Cells(chosen, nightly.BaselineSeeds))
	if err != nil {
		return err
	}
	results, err := runCells(ctx, cmd, o)
	if err != nil {
		return err
	}
	if err := corpus.WriteFile(file, nightly.FormatBaseline(nightly.Rebase(chosen, results))); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d faults\n", file, len(chosen))
	return err
}
