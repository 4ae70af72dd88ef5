package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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
	ctx, stop := interruptible()
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	for _, b := range all {
		f, ok := fault.Lookup(b.Fault)
		if !ok {
			return hintf("lastwake nightly --rebase measures anew", "nightly: the baseline has %s, the catalogue has not", b.Fault)
		}
		missing, err := nightly.Missing(file, build, f.Name, seeds)
		if err != nil {
			return err
		}
		for _, seed := range missing {
			err := cell(ctx, cmd, bench.Options{Faults: []fault.Fault{f}, FirstSeed: seed, Ops: b.Budget(), Build: build})
			if ctx.Err() != nil {
				return nil // the next child goes on
			}
			if err != nil {
				return err
			}
		}
	}
	return printJSON(cmd.OutOrStdout(), map[string]string{"type": "done"})
}

// cell searches for one fault with one seed and prints the result.
func cell(ctx context.Context, cmd *cobra.Command, o bench.Options) error {
	o.Methods, o.Seeds = []string{"hunt"}, 1
	var err error
	if o.Target, err = targetOf(program.Mux, 0); err != nil {
		return err
	}
	b, err := bench.New(o)
	if err != nil {
		return err
	}
	defer b.Close()
	return b.Run(ctx, func(r bench.Result) {
		_ = printJSON(cmd.OutOrStdout(), struct { // an error is remembered by the writer
			Type string `json:"type"`
			bench.Result
		}{"cell", r})
	})
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

// The search of a fault that becomes part of a baseline: with so many seeds,
// each of which finds it within so many ops.
const (
	rebaseSeeds = 20
	rebaseOps   = 300_000
)

// rebase measures the power of the search and writes it to file.
func rebase(ctx context.Context, cmd *cobra.Command, file string) error {
	var results []bench.Result
	for _, f := range fault.All() {
		if f.Model != program.Mux {
			continue
		}
		rs, err := rebaseFault(ctx, f)
		if err != nil {
			return err
		}
		results = append(results, rs...)
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: found by %d of %d seeds\n", f.Name, found(rs), len(rs))
	}
	all := nightly.Rebase(results)
	if len(all) == 0 {
		return hintf("lastwake bench tells how far a search comes", "nightly: no fault was found by every seed")
	}
	if err := corpus.WriteFile(file, nightly.FormatBaseline(all)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d faults\n", file, len(all))
	return err
}

// rebaseFault searches for one fault until a seed does not find it.
func rebaseFault(ctx context.Context, f fault.Fault) ([]bench.Result, error) {
	o := bench.Options{Faults: []fault.Fault{f}, Methods: []string{"hunt"}, Seeds: rebaseSeeds, Ops: rebaseOps}
	var err error
	if o.Target, err = targetOf(program.Mux, 0); err != nil {
		return nil, err
	}
	b, err := bench.New(o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	missed := errors.New("a seed does not find it")
	err = b.Run(ctx, func(r bench.Result) {
		if !r.Found {
			cancel(missed)
		}
	})
	if errors.Is(err, missed) {
		err = nil
	}
	return b.Results(), err
}

func found(rs []bench.Result) int {
	return len(slices.DeleteFunc(slices.Clone(rs), func(r bench.Result) bool { return !r.Found }))
}
