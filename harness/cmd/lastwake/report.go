package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/formats"
)

// reportFormats are the formats of report.
var reportFormats = []string{"html", "markdown", "text", "json", "sarif", "junit"}

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report FILE|DIR...",
		Short: "write the reports of many crashes, with a page that lists them",
		Long: `report runs every crash below each FILE or DIR and writes its report to --out: a
page or a file for each as html, markdown or text, with an index.html over all
crashes and the fault table; one file for all as json (a line each), sarif or junit.
The pages need nothing else: no script, no other file, no other host. A folder that
"lastwake live" has filed is not run again: its record.json is the report.

--times reads JSON lines of "lastwake hunt --json", for the time of each fault.
--schema prints the JSON schema of the records, and nothing else.`,
		Example: `  lastwake report --format html --out reports/out corpus/crash
  lastwake report --format sarif --out reports/out reports/out/crashes`,
		Args: cobra.ArbitraryArgs,
		RunE: runReport,
	}
	f := cmd.Flags()
	f.String("format", "html", "`NAME` of the format: "+strings.Join(reportFormats, ", "))
	f.String("out", "reports/out", "write to `DIR`")
	f.StringArray("times", nil, "JSON lines of a hunt, `FILE`; more than once")
	f.Bool("schema", false, "print the JSON schema of a record")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reportFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// A crashReport is a crash with its record.
type crashReport struct {
	rec    *reports.Record
	crash  *corpus.Crash // nil for a program
	target string
	name   string // of its file, without the ending
}

func runReport(cmd *cobra.Command, args []string) error {
	if schema, _ := cmd.Flags().GetBool("schema"); schema {
		return formats.Schema(cmd.OutOrStdout())
	}
	format, _ := cmd.Flags().GetString("format")
	if err := oneOf(format, reportFormats); err != nil {
		return err
	}
	if len(args) == 0 {
		return hintf("lastwake report corpus/crash", "report: a crash file or a folder of them is needed")
	}
	out, _ := cmd.Flags().GetString("out")
	all, err := examineAll(cmd, args)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return hintf("lastwake report corpus/crash", "report: no crash in %s", strings.Join(args, ", "))
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return &corpus.WriteError{Path: filepath.Join(out, "index.html"), Err: err}
	}
	switch format {
	case "html", "markdown", "text":
		return writePages(cmd, out, format, all)
	}
	return writeOne(cmd, out, format, all)
}

// oneOf returns an error unless name is one of names.
func oneOf(name string, names []string) error {
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	return hintf("the formats are "+strings.Join(names, ", "), "unknown format %q", name)
}

// examineAll runs every program below args. One that shows nothing is named
// and left out.
func examineAll(cmd *cobra.Command, args []string) ([]crashReport, error) {
	var all []crashReport
	for _, arg := range args {
		names := []string{arg}
		if isDir(arg) {
			var err error
			if names, err = filesBelow(arg); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			if path.Base(filepath.ToSlash(name)) == corpus.StateFile || !strings.Contains(filepath.Base(name), ".") {
				continue
			}
			rec, mine, err := saved(name)
			if err != nil {
				return nil, err
			}
			if rec != nil {
				all = append(all, crashReport{rec: rec, target: rec.Target, name: filepath.Base(filepath.Dir(name))})
			}
			if rec != nil || !mine && name != arg {
				continue
			}
			in, err := open(cmd, name)
			if err != nil {
				return nil, err
			}
			_, rec, err = examine(in, 0)
			if err != nil {
				return nil, err
			}
			if rec == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "lastwake: %s: nothing found, with faults %s: left out\n", name, in.faults)
				continue
			}
			base := filepath.Base(name)
			all = append(all, crashReport{rec: rec, crash: in.Crash, target: rec.Target, name: strings.TrimSuffix(base, filepath.Ext(base))})
		}
	}
	return all, nil
}

// endings are the ends of the file names of each format.
var endings = map[string]string{"html": ".html", "markdown": ".md", "text": ".txt", "json": "records.jsonl", "sarif": "lastwake.sarif", "junit": "lastwake.junit.xml"}

// writePages writes a file for each record, and the index.
func writePages(cmd *cobra.Command, out, format string, all []crashReport) error {
	for _, c := range all {
		var b bytes.Buffer
		err := write(&b, c.rec, format)
		if format == "html" {
			b.Reset()
			err = formats.HTML(&b, c.rec, "../index.html")
		}
		if err != nil {
			return err
		}
		dir := filepath.Join(out, c.target)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return &corpus.WriteError{Path: filepath.Join(dir, c.name), Err: err}
		}
		if err := corpus.WriteFile(filepath.Join(dir, c.name+endings[format]), b.Bytes()); err != nil {
			return err
		}
	}
	if format == "html" {
		return writeIndex(cmd, out, all)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "report: %d reports in %s\n", len(all), out)
	return err
}

// writeIndex writes the page that lists all.
func writeIndex(cmd *cobra.Command, out string, all []crashReport) error {
	states, err := corpus.Embedded().States()
	if err != nil {
		return err
	}
	times, err := timesOf(cmd)
	if err != nil {
		return err
	}
	var listed []formats.Listed
	for _, c := range all {
		l := formats.Listed{Title: c.rec.Title, Class: c.rec.Class, Page: path.Join(c.target, c.name+".html"), State: corpus.StateNew, Ops: ops(c.rec)}
		if c.crash != nil {
			l.Fault = c.crash.Fault
			if c.crash.Status != corpus.New {
				l.State = string(c.crash.Status)
			}
		}
		if s := states.Find(c.target, c.rec.Signature); s != nil {
			l.First, l.Last = s.First, s.Last
		}
		listed = append(listed, l)
	}
	var b bytes.Buffer
	if err := formats.Index(&b, listed, fault.All(), times); err != nil {
		return err
	}
	file := filepath.Join(out, "index.html")
	if err := corpus.WriteFile(file, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "report: %d pages, listed in %s\n", len(all), filepath.ToSlash(file))
	return err
}

// ops counts the ops of a record's program.
func ops(r *reports.Record) int {
	if r.Proof != nil {
		return r.Proof.Ops
	}
	n := 0
	for _, op := range r.History {
		if !op.Settle {
			n++
		}
	}
	return n
}

// timesOf reads --times: when a hunt first saw each fault.
func timesOf(cmd *cobra.Command) (map[string]string, error) {
	files, _ := cmd.Flags().GetStringArray("times")
	times := map[string]string{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = readTimes(f, times)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return times, nil
}

func readTimes(r io.Reader, times map[string]string) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	n := 0
	for lines.Scan() {
		n++
		var s struct {
			Findings []struct {
				Fault   string  `json:"fault"`
				Seconds float64 `json:"seconds"`
			} `json:"findings"`
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		for _, f := range s.Findings {
			if f.Fault != "" && times[f.Fault] == "" {
				times[f.Fault] = fmt.Sprintf("%.2f s", f.Seconds)
			}
		}
	}
	return lines.Err()
}

// writeOne writes one file for all records.
func writeOne(cmd *cobra.Command, out, format string, all []crashReport) error {
	var records []*reports.Record
	for _, c := range all {
		records = append(records, c.rec)
	}
	var b bytes.Buffer
	var err error
	switch format {
	case "sarif":
		err = formats.SARIF(&b, records)
	case "junit":
		err = formats.JUnit(&b, records)
	default:
		for _, r := range records {
			if err == nil {
				err = formats.JSON(&b, r, "")
			}
		}
	}
	if err != nil {
		return err
	}
	file := filepath.Join(out, endings[format])
	if err := corpus.WriteFile(file, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "report: %d records in %s\n", len(records), filepath.ToSlash(file))
	return err
}
