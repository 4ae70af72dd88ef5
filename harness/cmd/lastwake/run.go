package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/witness"
	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/formats"
)

// formatNames are the formats of run.
var formatNames = []string{"text", "json", "events", "sarif", "junit", "markdown", "html"}

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "run one program and report what is wrong",
		Example: `  lastwake run corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar
  lastwake run --faults none --format json crash.txtar
  lastwake run --as-shipped --arena 55b900000000 crash.txtar`,
		Args: oneFile,
		RunE: runRun,
	}
	f := cmd.Flags()
	faultsFlag(cmd, "by default those of the program's header")
	quicgoFlag(cmd)
	f.String("qlog", "", "write the qlog of each host to `DIR` (target quicgo); qvis opens them")
	f.Bool("as-shipped", false, "say what a production build would do: nothing checked, freed memory used again")
	f.String("arena", "", "put the model's memory at `HEX` and print absolute addresses")
	f.String("format", "text", "`NAME` of the format: text, json, events, sarif, junit, markdown or html")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runRun(cmd *cobra.Command, args []string) error {
	done, err := useQuicgo(cmd.Context(), cmd)
	if err != nil {
		return err
	}
	defer done()
	format, _ := cmd.Flags().GetString("format")
	if err := checkFormat(format); err != nil {
		return err
	}
	base, err := arenaFlag(cmd)
	if err != nil {
		return err
	}
	in, err := open(cmd, args[0])
	if err != nil {
		return err
	}
	if dir, _ := cmd.Flags().GetString("qlog"); dir != "" {
		if err := writeQlog(cmd, in, dir); err != nil {
			return err
		}
	}
	if format == "events" && in.Program.Header.Target == program.Quicgo {
		return printHistory(cmd, in)
	}
	if format == "events" {
		return printEvents(cmd, in)
	}
	if shipped, _ := cmd.Flags().GetBool("as-shipped"); shipped {
		return printShipped(cmd, in, base, format)
	}
	return printRecord(cmd, in, base, format)
}

func checkFormat(name string) error {
	for _, n := range formatNames {
		if n == name {
			return nil
		}
	}
	hint := "the formats are " + strings.Join(formatNames, ", ")
	if n := program.Nearest(name, formatNames); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	return hintf(hint, "unknown format %q", name)
}

// arenaFlag reads --arena; 0 means that it was not given.
func arenaFlag(cmd *cobra.Command) (uint64, error) {
	text, _ := cmd.Flags().GetString("arena")
	if !cmd.Flags().Changed("arena") {
		return 0, nil
	}
	base, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(text), "0x"), 16, 64)
	switch {
	case err != nil:
		return 0, hintf("such as 7f7300000000", "--arena %q is not a hexadecimal address", text)
	case base == 0 || base%shadow.Displacement != 0 && base%(64<<20) != 0:
		return 0, hintf("such as 7f7300000000", "--arena %q is no address for memory: a multiple of 4000000", text)
	}
	return base, nil
}

// printEvents prints what happened in the words of a recording. It judges
// nothing, so it finds nothing.
func printEvents(cmd *cobra.Command, in *input) error {
	events, err := witness.Events(in.Program, in.faults)
	if err != nil {
		return err
	}
	for _, e := range events {
		fmt.Fprintln(cmd.OutOrStdout(), e)
	}
	return nil
}

// printRecord runs in and prints the report, or that there is none.
func printRecord(cmd *cobra.Command, in *input, base uint64, format string) error {
	_, rec, err := examine(in, base)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if rec == nil {
		return nothing(out, in, format)
	}
	if err := write(out, rec, format); err != nil {
		return err
	}
	return errFound
}

// nothing says that in shows nothing: the formats that are whole files are
// whole without a finding as well.
func nothing(out io.Writer, in *input, format string) error {
	switch format {
	case "text":
		fmt.Fprintf(out, "%s: nothing found, with faults %s\n", in.Name, in.faults)
	case "sarif":
		return formats.SARIF(out, nil)
	case "junit":
		return formats.JUnit(out, nil)
	}
	return nil
}

// write writes one record in a format.
func write(out io.Writer, rec *reports.Record, format string) error {
	switch format {
	case "json":
		return formats.JSON(out, rec, "")
	case "sarif":
		return formats.SARIF(out, []*reports.Record{rec})
	case "junit":
		return formats.JUnit(out, []*reports.Record{rec})
	case "markdown":
		return formats.Markdown(out, rec)
	case "html":
		return formats.HTML(out, rec, "")
	}
	return reports.Text(out, rec)
}
