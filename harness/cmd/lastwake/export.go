package main

import (
	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/reports/formats"
)

func newExport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export --gdb FILE",
		Short: "write a finding for another tool",
		Long: `export runs a program and writes what it shows for another tool: --gdb as commands
that stop a live process where the object is made, freed and used, in the C code.`,
		Example: `  lastwake export --gdb corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar > watch.gdb`,
		Args:    oneFile,
		RunE:    runExport,
	}
	faultsFlag(cmd, "by default those of the program's header")
	cmd.Flags().Bool("gdb", false, "commands for gdb")
	return cmd
}

func runExport(cmd *cobra.Command, args []string) error {
	if gdb, _ := cmd.Flags().GetBool("gdb"); !gdb {
		return hintf("--gdb is there", "export: for which tool?")
	}
	in, err := open(cmd, args[0])
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
