package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus/pool"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

const layoutHelp = `A pool is a folder of files, each with one program (of any kind that FILE can
be), a go-fuzz workdir, or a zip; which one it is shows by itself. --to says how
to write: native ("go test fuzz v1" files), raw (bytes: libFuzzer, AFL,
ClusterFuzz), zip (OSS-Fuzz's seed corpus), go-fuzz (a workdir), text.`

// targetFlag adds --target to a command that reads bytes.
func targetFlag(cmd *cobra.Command) {
	cmd.Flags().String("target", program.Mux, "bytes are programs for this `NAME`: "+strings.Join(targets, ", "))
}

func newConvert() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "convert --to LAYOUT FROM TO",
		Short: "write a pool of programs as another engine keeps it",
		Long: `convert writes the programs in FROM to TO. What TO holds already stays; a file's
name follows from its content, as the engine itself would name it.

` + layoutHelp,
		Example: `  lastwake corpus convert --to zip fuzz/mux/testdata/fuzz/FuzzMux mux_seed_corpus.zip
  lastwake corpus convert --to text reports/out/go-fuzz/mux programs`,
		RunE: func(cmd *cobra.Command, args []string) error { return writePool(cmd, args, 1, 1) },
	}
	cmd.Flags().String("to", "", "`LAYOUT` to write: native, raw, zip, go-fuzz or text")
	targetFlag(cmd)
	return cmd
}

func newMerge() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge --to LAYOUT FROM... TO",
		Short: "write several pools as one, each program once",
		Long: `merge writes the programs of every FROM to TO, those that mean the same once.

` + layoutHelp,
		Example: `  lastwake corpus merge --to native night-1 night-2 merged`,
		RunE:    func(cmd *cobra.Command, args []string) error { return writePool(cmd, args, 1, 1<<20) },
	}
	cmd.Flags().String("to", "", "`LAYOUT` to write: native, raw, zip, go-fuzz or text")
	targetFlag(cmd)
	return cmd
}

// writePool reads all arguments but the last and writes what they hold to it.
func writePool(cmd *cobra.Command, args []string, least, most int) error {
	layout, err := layoutFlag(cmd)
	if err != nil {
		return err
	}
	if n := len(args) - 1; n < least || n > most {
		return hintf("lastwake corpus "+cmd.Use, "%s: FROM and TO are needed, got %d arguments", within(cmd), len(args))
	}
	ins, err := readPools(cmd, args[:len(args)-1])
	if err != nil {
		return err
	}
	to := args[len(args)-1]
	if err := pool.Write(to, layout, ins); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d programs in %s\n", cmd.Name(), len(ins), to)
	return err
}

func layoutFlag(cmd *cobra.Command) (pool.Layout, error) {
	name, _ := cmd.Flags().GetString("to")
	if l, ok := pool.LayoutOf(name); ok {
		return l, nil
	}
	var names []string
	for _, l := range pool.Layouts {
		names = append(names, string(l))
	}
	hint := "it is one of " + strings.Join(names, ", ")
	if n := program.Nearest(name, names); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	if name == "" {
		return "", hintf(hint, "%s: --to is needed", within(cmd))
	}
	return "", hintf(hint, "%s: unknown layout %q", within(cmd), name)
}

// readPools reads pools: one as it is, several with each program once. A pool
// without a program is an error: whoever names it expects one.
func readPools(cmd *cobra.Command, paths []string) ([]pool.Input, error) {
	name, _ := cmd.Flags().GetString("target")
	if _, err := targetOf(name, 0); err != nil {
		return nil, err
	}
	var pools [][]pool.Input
	for _, path := range paths {
		ins, err := pool.Read(path, name)
		if err != nil {
			return nil, err
		}
		if len(ins) == 0 {
			return nil, hintf("name a folder with programs in it", "%s: no program", path)
		}
		pools = append(pools, ins)
	}
	if len(pools) == 1 && cmd.Name() == "convert" {
		return pools[0], nil
	}
	return pool.Merge(pools...), nil
}

func newPrune() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prune --to LAYOUT FROM... TO",
		Short: "keep the programs that are needed to cover what all cover",
		Long: `prune runs the programs of every FROM and writes to TO those that are needed to
cover every edge of the model as often, every state and every signature that
all of them cover under --faults. FROM is left as it is.

` + layoutHelp,
		Example: `  lastwake corpus prune --to native fuzz/mux/testdata/fuzz/FuzzMux pruned`,
		RunE:    runPrune,
	}
	cmd.Flags().String("to", "", "`LAYOUT` to write: native, raw, zip, go-fuzz or text")
	targetFlag(cmd)
	faultsFlag(cmd, "by default none")
	return cmd
}

func runPrune(cmd *cobra.Command, args []string) error {
	layout, err := layoutFlag(cmd)
	if err != nil {
		return err
	}
	if len(args) < 2 {
		return hintf("lastwake corpus "+cmd.Use, "%s: FROM and TO are needed, got %d arguments", within(cmd), len(args))
	}
	p, err := loadPools(cmd, args[:len(args)-1])
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	kept, all, err := hunt.Prune(ctx, p.target, p.faults, p.programs)
	if err != nil {
		return interrupted(cmd, err)
	}
	some := make([]pool.Input, len(kept))
	for i, k := range kept {
		some[i] = p.inputs[k]
	}
	to := args[len(args)-1]
	if err := pool.Write(to, layout, some); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "prune: %d of %d programs kept in %s: %d edges, %d states, %d signatures\n",
		len(kept), all.Programs, to, all.Edges, all.States, len(all.Signatures))
	return err
}

// interrupted says that nothing was written when Ctrl-C was the reason.
func interrupted(cmd *cobra.Command, err error) error {
	if errors.Is(err, context.Canceled) {
		return hintf("nothing was written; run it again", "%s: interrupted", within(cmd))
	}
	return err
}

// playable is what pools hold, with what it is to be played on.
type playable struct {
	inputs   []pool.Input
	programs []*program.Program // of the inputs, in their order
	target   target.Target
	faults   fault.Set
}

// loadPools reads pools, and the flags --target and --faults.
func loadPools(cmd *cobra.Command, paths []string) (*playable, error) {
	p := &playable{}
	var err error
	if p.inputs, err = readPools(cmd, paths); err != nil {
		return nil, err
	}
	for i := range p.inputs {
		p.programs = append(p.programs, p.inputs[i].Program())
	}
	name, _ := cmd.Flags().GetString("target")
	list, _ := cmd.Flags().GetString("faults")
	if p.target, err = targetOf(name, 0); err != nil {
		return nil, err
	}
	p.faults, err = parseFaults(list)
	return p, err
}

func newStats() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stats POOL...",
		Short: "tell how many programs there are and what they cover",
		Long: `stats runs the programs of every POOL under --faults and prints how many there
are and what they cover together.

` + layoutHelp,
		Example: `  lastwake corpus stats fuzz/mux/testdata/fuzz/FuzzMux --json`,
		RunE:    runStats,
	}
	targetFlag(cmd)
	faultsFlag(cmd, "by default none")
	cmd.Flags().Bool("json", false, "print a line of JSON")
	return cmd
}

func runStats(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return hintf("lastwake corpus stats POOL...", "corpus stats: a pool is needed")
	}
	p, err := loadPools(cmd, args)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	c, err := hunt.Measure(ctx, p.target, p.faults, p.programs)
	if err != nil {
		return interrupted(cmd, err)
	}
	bytes := 0
	for _, in := range p.inputs {
		bytes += len(in.Data)
	}
	out := cmd.OutOrStdout()
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		return printJSON(out, struct {
			Type string `json:"type"`
			hunt.Coverage
			Bytes int `json:"bytes"`
		}{"stats", c, bytes})
	}
	fmt.Fprintf(out, "programs    %d, %d bytes\nops played  %d, settle's included\nedges       %d\nstates      %d\nsignatures  %d\n",
		c.Programs, bytes, c.Ops, c.Edges, c.States, len(c.Signatures))
	for _, s := range c.Signatures {
		fmt.Fprintf(out, "  %s\n", s)
	}
	return nil
}

// printJSON prints v as a line of JSON.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
