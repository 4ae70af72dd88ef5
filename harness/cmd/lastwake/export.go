package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo"
	"github.com/lastwake/lastwake/harness/target/quicgo/export"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

func newExport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export --go FILE",
		Short: "write a finding as a test for the project that it is about",
		Long: `export --go writes a finding on quic-go as a Go test that stands alone: it imports
quic-go and the standard library, plays the same calls on the same network, and
fails where the finding is. Paste it into quic-go's tree, or any module that has
quic-go.`,
		Example: `  lastwake export --go reports/out/crashes/stream-credit-bidi.txtar > lastwake_test.go
  lastwake export --go --quicgo ../quic-go crash.txtar > ../quic-go/lastwake_test.go`,
		Args: oneFile,
		RunE: runExport,
	}
	cmd.Flags().Bool("go", false, "write a Go test")
	quicgoFlag(cmd)
	return cmd
}

func runExport(cmd *cobra.Command, args []string) error {
	if asGo, _ := cmd.Flags().GetBool("go"); !asGo {
		return hintf("--go writes a Go test", "export: as what?")
	}
	done, err := useQuicgo(cmd.Context(), cmd)
	if err != nil {
		return err
	}
	defer done()
	f, err := read(cmd, args[0])
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
