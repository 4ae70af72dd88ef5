package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo"
	"github.com/lastwake/lastwake/harness/target/quicgo/export"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
	"github.com/lastwake/lastwake/reports/formats"
)

func newExport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export --go|--gdb FILE",
		Short: "write a finding for the project that it is about, or for another tool",
		Long: `export --go writes a finding on quic-go as a Go test that stands alone: it imports
quic-go and the standard library, plays the same calls on the same network, and
fails where the finding is. Paste it into quic-go's tree, or any module that has
quic-go.

export --gdb runs a program for a model and writes commands for gdb that stop a
live process where the object is made, freed and used, in the C code.`,
		Example: `  lastwake export --go reports/out/crashes/stream-credit-bidi.txtar > lastwake_test.go
  lastwake export --go --quicgo ../quic-go crash.txtar > ../quic-go/lastwake_test.go
  lastwake export --gdb corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar > watch.gdb`,
		Args: oneFile,
		RunE: runExport,
	}
	faultsFlag(cmd, "by default those of the program's header")
	cmd.Flags().Bool("go", false, "write a Go test")
	cmd.Flags().Bool("gdb", false, "write commands for gdb")
	cmd.MarkFlagsMutuallyExclusive("go", "gdb")
	quicgoFlag(cmd)
	return cmd
}

func runExport(cmd *cobra.Command, args []string) error {
	asGo, _ := cmd.Flags().GetBool("go")
	gdb, _ := cmd.Flags().GetBool("gdb")
	switch {
	case asGo:
		return runExportGo(cmd, args[0])
	case gdb:
		return runExportGDB(cmd, args[0])
	}
	return hintf("--go writes a Go test for quic-go, --gdb commands for gdb", "export: as what?")
}

// runExportGDB writes what stops a live process at a finding of a model.
func runExportGDB(cmd *cobra.Command, name string) error {
	in, err := open(cmd, name)
	if err != nil {
		return err
	}
	_, rec, err := examine(in, 0)
	if err != nil {
		return err
	}
	if rec == nil {
		return hintf("--faults switches some on", "%s: nothing found, with faults %s: nothing to export", in.Name, in.faults)
	}
	return formats.GDB(cmd.OutOrStdout(), rec)
}

// runExportGo writes a finding on quic-go as a test.
func runExportGo(cmd *cobra.Command, name string) error {
	done, err := useQuicgo(cmd.Context(), cmd)
	if err != nil {
		return err
	}
	defer done()
	f, err := read(cmd, name)
	if err != nil {
		return err
	}
	if f.Program.Header.Target != program.Quicgo {
		return hintf("explain and run tell what a program for a model does", "%s: a program for %s is no test for quic-go", f.Name, f.Program.Header.Target)
	}
	t, err := quicgoTarget()
	if err != nil {
		return err
	}
	s, err := t.NewSession()
	if err != nil {
		return err
	}
	defer s.Close() // nothing was written through it
	return exportGo(cmd, s.(*quicgo.Session), &input{File: f})
}

// exportGo writes in's finding as a test.
func exportGo(cmd *cobra.Command, s *quicgo.Session, in *input) error {
	for i, o := range in.Program.Ops {
		if o.Verb.Row().Object.String() != "" && o.Conn != 0 {
			return hintf("shrink it first: lastwake min", "%s: op %d is on connection c%d; a test has one connection", in.Name, i, o.Conn)
		}
	}
	found, err := exec.New(s).Explain(in.Program, in.faults)
	if err != nil {
		return err
	}
	if found == nil {
		return hintf("--quicgo plays it on another version", "%s: nothing found on %s: nothing to export", in.Name, s.Version())
	}
	check, err := export.CheckFor(string(found.Verdict.Class))
	if err != nil {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	p := in.Program.Clone()
	p.Notes = nil
	t := export.Test{Signature: found.Signature(), Stack: s.Version(), Program: p.String(), Steps: s.Script(found.Verdict.Op), Check: check}
	t.Granted, t.Idle = lab.Granted(&in.Program.Header)
	return export.Go(cmd.OutOrStdout(), t)
}
