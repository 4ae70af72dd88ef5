package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

func newBench() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure how long it takes to find each fault, from nothing",
		Long: `bench looks for each fault with each seed from an empty corpus, until it is found or
--ops ops are executed, and prints medians and restricted means (Kaplan-Meier,
95 % intervals). It prints its cost first. Results are kept in --out as they come:
the same command goes on where Ctrl-C ended it.

The methods:
` + methodLines(),
		Example: `  lastwake bench --plan
  lastwake bench --seeds 20
  lastwake bench --compare
  lastwake bench --faults HAPROXY-bd384a359 --methods hunt,uniform --seeds 5 --ops 20000000`,
		Args: noArgs,
		RunE: runBench,
	}
	f := cmd.Flags()
	f.String("faults", "all", "`LIST` of the faults to look for, divided by commas; all, or ten: those of the comparison")
	f.String("methods", "hunt", "`LIST` of methods, divided by commas, or all")
	f.Int("seeds", 20, "seeds 1 to `N` for each fault and method")
	f.Uint64("ops", 200_000_000, "the budget of a cell: `N` executed ops")
	f.Int("workers", 1, "run `N` cells at a time, each on one core")
	f.String("out", "reports/out/bench", "keep results, table, JSON and plot in `DIR`")
	f.Bool("compare", false, "--faults ten --methods hunt,uniform,bytes,native,rapid --seeds 10 --ops 20000000")
	f.Bool("depth", false, "--methods uniform --seeds 5 --ops 2000000 --out "+depthDir+", and write "+depths)
	f.Bool("plan", false, "print the cost and run nothing")
	f.Bool("json", false, "print JSON lines: the cost, every result, the summary")
	cmd.MarkFlagsMutuallyExclusive("compare", "depth")
	return cmd
}

// depths is the file of depths, from the root of the module, and depthDir where
// the results lie from which it is made.
const (
	depths   = "harness/bench/depth.txt"
	depthDir = "reports/out/bench/depth"
)

func methodLines() string {
	var b strings.Builder
	for _, m := range bench.Methods() {
		fmt.Fprintf(&b, "  %-8s %s\n", m.Name, m.About)
	}
	return b.String()
}

// A benchJob is a bench with where its figures go.
type benchJob struct {
	bench.Options
	dir      string
	depth    bool
	json     bool
	plan     bool
	out      io.Writer
	progress io.Writer
	last     time.Time
}

func runBench(cmd *cobra.Command, _ []string) error {
	j, err := benchOptions(cmd)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	b, err := bench.New(j.Options)
	if err != nil {
		return err
	}
	defer b.Close()
	cost, err := b.Cost(ctx)
	if err != nil {
		return err
	}
	if err := j.cost(&cost); err != nil || j.plan {
		return err
	}
	total, n, since := cost.Cells+cost.Kept, 0, time.Now()
	err = b.Run(ctx, func(r bench.Result) { n++; j.done(r, n, total, since) })
	if j.progress != nil {
		fmt.Fprint(j.progress, "\r\033[K")
	}
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	s := bench.Summarize(b.Results())
	if err := j.write(s); err != nil {
		return err
	}
	if interrupted {
		return hintf("the same command goes on", "bench: interrupted after %d of %d cells", n, total)
	}
	if j.depth {
		if err := corpus.WriteFile(depths, []byte(bench.FormatDepths(b.Results()))); err != nil {
			return err
		}
	}
	if len(s.Foreign) > 0 {
		return errFound
	}
	return nil
}

// benchOptions reads the flags.
func benchOptions(cmd *cobra.Command) (*benchJob, error) {
	f := cmd.Flags()
	j := &benchJob{out: cmd.OutOrStdout()}
	j.Lengths = true
	faults, _ := f.GetString("faults")
	methods, _ := f.GetString("methods")
	j.Seeds, _ = f.GetInt("seeds")
	j.Ops, _ = f.GetUint64("ops")
	j.Workers, _ = f.GetInt("workers")
	j.dir, _ = f.GetString("out")
	j.plan, _ = f.GetBool("plan")
	j.json, _ = f.GetBool("json")
	preset := func(name string, set func()) {
		if !f.Changed(name) {
			set()
		}
	}
	if compare, _ := f.GetBool("compare"); compare {
		preset("faults", func() { faults = "ten" })
		preset("methods", func() { methods = "hunt,uniform,bytes,native,rapid" })
		preset("seeds", func() { j.Seeds = 10 })
		preset("ops", func() { j.Ops = 20_000_000 })
	}
	if j.depth, _ = f.GetBool("depth"); j.depth {
		methods = "uniform"
		preset("seeds", func() { j.Seeds = 5 })
		preset("ops", func() { j.Ops = 2_000_000 })
		preset("out", func() { j.dir = depthDir })
	}
	if j.Seeds < 1 || j.Ops == 0 || j.Workers < 1 {
		return nil, hintf("each must be at least 1", "bench: --seeds %d --ops %d --workers %d runs nothing", j.Seeds, j.Ops, j.Workers)
	}
	var err error
	if j.Methods, err = benchMethods(methods); err != nil {
		return nil, err
	}
	if j.Faults, err = benchFaults(faults); err != nil {
		return nil, err
	}
	j.Target, err = targetOf(program.Mux, 0)
	j.File = filepath.Join(j.dir, "cells.jsonl")
	if w := cmd.ErrOrStderr(); isTerminal(w) {
		j.progress = w
	}
	return j, err
}

func benchMethods(list string) ([]string, error) {
	var names []string
	for _, m := range bench.Methods() {
		names = append(names, m.Name)
	}
	if list == "all" {
		return names, nil
	}
	var chosen []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); !slices.Contains(names, name) {
			return nil, hintf("the methods are "+strings.Join(names, ", "), "unknown method %q", name)
		}
		chosen = append(chosen, name)
	}
	return chosen, nil
}

// benchFaults reads --faults: what the mux model has of them.
func benchFaults(list string) ([]fault.Fault, error) {
	on := fault.Set{}
	switch list {
	case "all":
		return slices.DeleteFunc(fault.All(), func(f fault.Fault) bool { return f.Model != program.Mux }), nil
	case "ten":
		var err error
		if on, err = bench.Ten(); err != nil {
			return nil, err
		}
	default:
		var err error
		if on, err = parseFaults(list); err != nil {
			return nil, err
		}
		if on.Empty() {
			return nil, hintf("all, ten, or names", "bench: no fault to look for")
		}
	}
	chosen := slices.DeleteFunc(fault.All(), func(f fault.Fault) bool { return !on.Has(f.ID) })
	for _, f := range chosen {
		if f.Model != program.Mux {
			return nil, hintf(fmt.Sprintf("lastwake hunt --target %s --faults %s --until %[2]s", f.Model, f.Name), "bench: %s is a fault of the %s model, the bench has those of the mux", f.Name, f.Model)
		}
	}
	return chosen, nil
}

// cost says what is going to be run, before it is.
func (j *benchJob) cost(c *bench.Cost) error {
	if j.json {
		return encodeLine(j.out, struct {
			Type    string             `json:"type"`
			Cells   int                `json:"cells"`
			Kept    int                `json:"kept"`
			Ops     uint64             `json:"ops_at_most"`
			Seconds float64            `json:"seconds_at_most"`
			Speed   map[string]float64 `json:"ops_per_second"`
			File    string             `json:"file"`
		}{"cost", c.Cells, c.Kept, c.Ops, c.Most.Seconds(), c.Speed, j.File})
	}
	fmt.Fprintf(j.out, "bench: %d faults, %d %s, %d seeds: %d cells to run, %d kept in %s\n",
		len(j.Faults), len(j.Methods), plural(len(j.Methods), "method"), j.Seeds, c.Cells, c.Kept, j.File)
	for _, m := range j.Methods {
		fmt.Fprintf(j.out, "  %-8s %.3g ops/s on one core, just measured\n", m, c.Speed[m])
	}
	_, err := fmt.Fprintf(j.out, "at most %.3g ops, %s with %d %s; a cell ends as soon as it finds its fault\n\n",
		float64(c.Ops), c.Most, j.Workers, plural(j.Workers, "worker"))
	return err
}

// done says that a cell is over.
func (j *benchJob) done(r bench.Result, n, total int, since time.Time) {
	if j.json {
		_ = encodeLine(j.out, struct { // an error is remembered by the writer
			Type string `json:"type"`
			bench.Result
		}{"cell", r})
	}
	if j.progress == nil || time.Since(j.last) < 200*time.Millisecond {
		return
	}
	j.last = time.Now()
	what := "found"
	if !r.Found {
		what = "not found"
	}
	fmt.Fprintf(j.progress, "\r\033[K%s  %d of %d cells  %s: %s after %d ops", time.Since(since).Round(time.Second), n, total, r.Cell, what, r.Ops)
}

// write prints the summary and keeps it.
func (j *benchJob) write(s *bench.Summary) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"table.txt": []byte(s.Text()), "summary.json": append(text, '\n'), "survival.svg": []byte(s.SVG())} {
		if err := corpus.WriteFile(filepath.Join(j.dir, name), data); err != nil {
			return err
		}
	}
	if j.json {
		_, err = fmt.Fprintf(j.out, "%s\n", text)
		return err
	}
	_, err = fmt.Fprintf(j.out, "%skept in %s: table.txt, summary.json, survival.svg, cells.jsonl\n", s.Text(), j.dir)
	return err
}

// encodeLine prints v as a line of JSON.
func encodeLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
