package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/process"
)

// An input is a program with the faults it is to be run with.
type input struct {
	*corpus.File
	faults fault.Set
	// given is what --faults said, "" when it was not there.
	given string
}

// faultsFlag adds --faults to cmd.
func faultsFlag(cmd *cobra.Command, otherwise string) {
	cmd.Flags().String("faults", "", "faults to switch on, `ID[,ID]` or none; "+otherwise)
	_ = cmd.RegisterFlagCompletionFunc("faults", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return append(faultNames(), "none"), cobra.ShellCompDirectiveNoFileComp
	})
}

// parseFaults reads --faults.
func parseFaults(list string) (fault.Set, error) {
	set, err := fault.Parse(list)
	if err != nil {
		return set, fmt.Errorf("--faults: %w", err)
	}
	return set, nil
}

// open reads the program called name and its faults: those of --faults, or
// else those of its header.
func open(cmd *cobra.Command, name string) (*input, error) {
	f, err := read(cmd, name)
	if err != nil {
		return nil, err
	}
	in := &input{File: f}
	in.given, _ = cmd.Flags().GetString("faults")
	list := strings.Join(f.Program.Header.Faults, ",")
	if cmd.Flags().Changed("faults") {
		list = in.given
	}
	if in.faults, err = parseFaults(list); err != nil {
		return nil, err
	}
	f.Program.Header.Faults = fault.Names(in.faults)
	return in, nil
}

// read reads the file called name, "-" from standard input.
func read(cmd *cobra.Command, name string) (*corpus.File, error) {
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), corpus.MaxFile+1))
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return corpus.Read("stdin", data)
	}
	f, err := corpus.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hintf("- reads standard input", "%s: no such file", name)
	}
	if i, serr := os.Stat(name); serr == nil && i.IsDir() {
		return nil, hintf("name one file in it", "%s: is a folder", name)
	}
	return f, err
}

// targets are those that can be named, built or not.
var targets = []string{program.Mux, "process", program.Quicgo, program.Live}

// targetOf returns the target called name. Its memory lies at base, or anywhere
// if that is 0.
func targetOf(name string, base uint64) (target.Target, error) {
	switch name {
	case program.Mux:
		return model.Mux{Base: base, Strict: base != 0}, nil
	case program.Process:
		return process.Process{Base: base, Strict: base != 0}, nil
	}
	if name == program.Quicgo {
		return quicgoTarget()
	}
	for _, t := range targets {
		if t == name {
			return nil, hintf("lastwake live --server COMMAND --addr HOST:PORT FILE", "a program for target %q needs a server", name)
		}
	}
	hint := "the targets are " + strings.Join(targets, ", ")
	if n := program.Nearest(name, targets); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	return nil, hintf(hint, "unknown target %q", name)
}

// runner returns a runner for the target that p was written for; done gives
// back what it holds.
func runner(p *program.Program, base uint64) (r *exec.Runner, done func(), err error) {
	t, err := targetOf(p.Header.Target, base)
	if err != nil {
		return nil, nil, err
	}
	s, err := t.NewSession()
	if err != nil {
		return nil, nil, err
	}
	return exec.New(s), func() { _ = s.Close() }, nil
}

// again returns the command line that runs in once more.
func (in *input) again() string {
	if in.Name == "stdin" {
		return pipe(in.Program)
	}
	given := ""
	if in.given != "" {
		given = "--faults " + in.given + " "
	}
	return "go tool lastwake run " + played + given + quote(in.Name)
}

// pipe returns the command line that runs p without a file.
func pipe(p *program.Program) string {
	q := p.Clone()
	q.Notes = nil
	return "printf '" + strings.ReplaceAll(q.String(), "\n", `\n`) + "' | go tool lastwake run " + played + "-"
}

// quote returns s as one word for a shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+:,=@%-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
