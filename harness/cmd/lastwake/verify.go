package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

func newVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [DIR]",
		Short: "check that seeds are silent and known crashes give their signatures",
		Long: `verify reads the seeds and the known crashes in DIR, by default those that are
compiled in, and runs them: a seed finds nothing with every fault off, a known
crash what it says with its own on.`,
		Args: atMostOne,
		RunE: runVerify,
	}
}

func runVerify(cmd *cobra.Command, args []string) error {
	store, hint := corpus.Embedded(), "it is a folder with seed/ and crash/"
	if len(args) == 1 {
		if !isDir(args[0]) {
			return hintf(hint, "%s: no such folder", args[0])
		}
		store = corpus.Dir(args[0])
	}
	v := verifier{out: cmd.OutOrStdout()}
	for _, target := range []string{program.Mux, program.Process, program.Quicgo} {
		if err := v.verify(store, target); err != nil {
			return err
		}
	}
	if v.files == 0 {
		return hintf(hint, "corpus verify: no seed and no crash")
	}
	fmt.Fprintf(v.out, "verify: %d files, %d that are not what they say\n", v.files, v.bad)
	if v.bad > 0 {
		return errFound
	}
	return nil
}

// A verifier prints what is wrong with a corpus.
type verifier struct {
	out        io.Writer
	files, bad int
}

// verify runs everything that there is for one target.
func (v *verifier) verify(store *corpus.Store, target string) error {
	seeds, err := store.Seeds(target)
	if err != nil {
		return err
	}
	crashes, err := store.Crashes(target)
	if err != nil {
		return err
	}
	for _, s := range seeds {
		if err := v.one(s.File, s.Program, fault.Set{}, true, ""); err != nil {
			return err
		}
	}
	for _, c := range crashes {
		faults, err := fault.Parse(strings.Join(c.Program.Header.Faults, ","))
		if err != nil {
			return err
		}
		if err := v.one(c.File, c.Program, faults, settles(target), wants(c)); err != nil {
			return err
		}
	}
	return nil
}

// one runs p, with settle or without, and wants a signature, "" for none.
func (v *verifier) one(file string, p *program.Program, faults fault.Set, settle bool, want string) error {
	r, done, err := runner(p, 0)
	if err != nil {
		return err
	}
	defer done()
	r.Settle(settle)
	f, err := r.Explain(p, faults)
	if err != nil {
		return err
	}
	v.files++
	got := ""
	if f != nil {
		got = f.Signature()
	}
	if got != want {
		v.bad++
		fmt.Fprintf(v.out, "%s: the signature is %q, the run gives %q\nreproduce: go tool lastwake run %s\n", file, want, got, quote(file))
	}
	return nil
}
