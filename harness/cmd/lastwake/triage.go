package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage/cause"
	"github.com/lastwake/lastwake/harness/triage/core"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

func newTriage() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "triage FILE|DIR|-",
		Short: "name the cause of a crash: from a stack, a pasted report, a core or a pile of crashers",
		Long: `triage reads what people have when a program has died, and says which causes of
the catalogue it may have, best first, with its reasons; or that it is unknown.

It reads gdb's bt and bt full, ASan, LSan, MSan, UBSan and Valgrind text, KASAN,
HAProxy's BUG_ON trace and watchdog dump, panics and goroutine dumps of Go, whole
issues with any of that pasted in, reports and records of lastwake, and crashers:
programs, crash files, "go test fuzz v1" files, the triples of go-fuzz, raw bytes.
A folder is read whole, and its crashers are grouped by their cause.

With --core and --exe gdb is asked, which loads nothing, fetches nothing and runs
nothing. What a process had in its memory is not printed: not its environment,
arguments or strings, unless --include-locals asks for gdb's whole output.

Exit status: 0 when the input could be read, 1 when --fail-on says so, else 2.`,
		Example: `  lastwake triage backtrace.txt
  lastwake triage --json --fail-on unknown reports/out/crashes
  lastwake triage --core core.4711 --exe /usr/sbin/haproxy`,
		Args: cobra.ArbitraryArgs,
		RunE: runTriage,
	}
	f := cmd.Flags()
	faultsFlag(cmd, "for crashers, by default those of each program's header")
	f.String("core", "", "a core dump, `FILE`")
	f.String("exe", "", "the executable that dumped it, `FILE`")
	f.String("debug-file", "", "the executable's symbols, `FILE`")
	f.String("sysroot", "", "the libraries of the core's machine, below `DIR`")
	f.String("gdb", "gdb", "the debugger, `FILE`")
	f.Bool("include-locals", false, "print gdb's whole output: it may hold secrets")
	f.String("fail-on", "", "exit with 1 if a cause is `WHAT`: known or unknown")
	f.Bool("json", false, "print a line of JSON for each file")
	return cmd
}

// A triager reads files and prints what they may be.
type triager struct {
	cmd    *cobra.Command
	book   *cause.Book
	faults string // --faults
	given  bool   // it was there
	failOn string
	json   bool
	groups map[string]int
	failed bool
	known  int
	of     int

	mu    sync.Mutex
	spare map[string][]*exec.Runner // by target, for the next crasher
}

// runner returns a runner for p's target; done keeps it for the next program.
func (t *triager) runner(p *program.Program) (*exec.Runner, func(), error) {
	name := p.Header.Target
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.spare[name]); n > 0 {
		r := t.spare[name][n-1]
		t.spare[name] = t.spare[name][:n-1]
		return r, func() { t.keep(name, r) }, nil
	}
	r, _, err := runner(p, 0)
	return r, func() { t.keep(name, r) }, err
}

func (t *triager) keep(name string, r *exec.Runner) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spare[name] = append(t.spare[name], r)
}

// close gives back what the runners hold.
func (t *triager) close() {
	for _, rs := range t.spare {
		for _, r := range rs {
			_ = r.Session().Close() // nothing was written through it
		}
	}
}

func runTriage(cmd *cobra.Command, args []string) error {
	t := &triager{cmd: cmd, groups: map[string]int{}, spare: map[string][]*exec.Runner{}}
	defer t.close()
	f := cmd.Flags()
	t.faults, _ = f.GetString("faults")
	t.failOn, _ = f.GetString("fail-on")
	t.json, _ = f.GetBool("json")
	t.given = f.Changed("faults")
	if f.Changed("fail-on") && t.failOn != "known" && t.failOn != "unknown" {
		return hintf("it is known or unknown", "unknown --fail-on %q", t.failOn)
	}
	if _, err := parseFaults(t.faults); err != nil {
		return err
	}
	var err error
	if t.book, err = cause.Load(corpus.Embedded()); err != nil {
		return err
	}
	coreFile, _ := f.GetString("core")
	switch {
	case coreFile != "" && len(args) > 0:
		return hintf("one after the other", "triage: either a core or files")
	case coreFile != "":
		err = t.core(coreFile)
	case len(args) == 0:
		return hintf("lastwake triage FILE, or - for standard input, or --core FILE --exe FILE", "triage: a file is needed")
	default:
		err = t.files(args)
	}
	if err == nil && t.failed {
		err = errFound
	}
	return err
}

// core asks gdb for the stack of a core.
func (t *triager) core(name string) error {
	o := core.Options{Core: name, Note: func(s string) { fmt.Fprintf(t.cmd.ErrOrStderr(), "lastwake: %s\n", s) }}
	f := t.cmd.Flags()
	o.Exe, _ = f.GetString("exe")
	o.DebugFile, _ = f.GetString("debug-file")
	o.Sysroot, _ = f.GetString("sysroot")
	o.GDB, _ = f.GetString("gdb")
	if o.Exe == "" {
		return hintf("--exe FILE", "triage: the executable that dumped %s is needed", name)
	}
	var all bytes.Buffer
	whole, _ := f.GetBool("include-locals")
	ctx, stop := interruptible()
	defer stop()
	var doc *trace.Document
	err := core.Stack(ctx, o, func(r io.Reader) (err error) {
		if whole {
			r = io.TeeReader(r, &all)
		}
		doc, err = trace.Read(name, r, trace.Limits{})
		return err
	})
	if err != nil {
		return err
	}
	if err := t.document(name, doc); err != nil || !whole || t.json {
		return err
	}
	_, err = fmt.Fprintf(t.cmd.OutOrStdout(), "\nwhat gdb printed, with what was in the process's memory:\n\n%s", all.String())
	return err
}

// files triages each file, and each file below each folder.
func (t *triager) files(args []string) error {
	for _, arg := range args {
		if !isDir(arg) {
			if err := t.file(arg); err != nil {
				return err
			}
			continue
		}
		if err := t.folder(arg); err != nil {
			return err
		}
	}
	if !t.json && t.of > 1 {
		return t.summary()
	}
	return nil
}

// workers is how many files of a folder are looked at together.
const workers = 4

// folder triages what lies below dir, in the order of the names. A file that
// cannot be read does not keep the others from it.
func (t *triager) folder(dir string) error {
	names, err := filesBelow(dir)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return hintf("name a folder with reports or crashers", "%s: no file in it", dir)
	}
	results := make([]chan outcome, len(names))
	for i := range results {
		results[i] = make(chan outcome, 1)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range next {
				results[i] <- t.look(names[i])
			}
		})
	}
	wg.Go(func() {
		defer close(next)
		for i := range names {
			next <- i
		}
	})
	var first error
	for i := range names {
		o := <-results[i]
		if o.err == nil {
			o.err = t.print(&o)
		}
		if o.err != nil {
			complain(t.cmd.ErrOrStderr(), o.err)
			first = errors.Join(first, o.err)
		}
	}
	if first != nil {
		return hintf("the lines above say which", "%s: not every file could be read", dir)
	}
	return nil
}

// filesBelow lists the files below dir without those that only explain
// another: the ".quoted" and ".output" of a go-fuzz crasher.
func filesBelow(dir string) ([]string, error) {
	var names []string
	have := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && path != dir {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			names = append(names, path)
			have[path] = true
		}
		return nil
	})
	kept := names[:0]
	for _, n := range names {
		if base := strings.TrimSuffix(strings.TrimSuffix(n, ".quoted"), ".output"); base == n || !have[base] {
			kept = append(kept, n)
		}
	}
	return kept, err
}

func (t *triager) file(name string) error {
	o := t.look(name)
	if o.err != nil {
		return o.err
	}
	return t.print(&o)
}

// look finds out what one file may be, and prints nothing.
func (t *triager) look(name string) outcome {
	data, rest, err := t.open(name)
	if err != nil {
		return outcome{err: err}
	}
	defer rest.Close()
	label := name
	if name == "-" {
		label = "stdin"
	}
	if f, ok := t.crasher(label, data); ok {
		return t.run(f)
	}
	doc, err := trace.Read(label, io.MultiReader(bytes.NewReader(data), rest), trace.Limits{})
	if err != nil {
		return outcome{err: fmt.Errorf("read %s: %w", label, err)}
	}
	return t.match(label, doc)
}

// open returns the beginning of a file, by which its kind is known, and the
// rest.
func (t *triager) open(name string) ([]byte, io.ReadCloser, error) {
	r := io.NopCloser(t.cmd.InOrStdin())
	if name != "-" {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, hintf("- reads standard input", "%s: no such file", name)
		}
		if err != nil {
			return nil, nil, err
		}
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, corpus.MaxFile+1))
	if err != nil {
		_ = r.Close()
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, r, nil
}

// engineName is how engines call the files that they leave: the name is a hash.
var engineName = regexp.MustCompile(`^(?:(?:crash|leak|timeout|oom|slow-unit)-)?[0-9a-f]{16,64}(?:\.quoted)?$`)

// crasher returns the program that a file holds, false for a report.
func (t *triager) crasher(name string, data []byte) (*corpus.File, bool) {
	base := filepath.Base(name)
	switch {
	case strings.HasSuffix(base, ".output"):
		return nil, false
	case strings.HasSuffix(base, ".quoted"):
		raw, ok := unquote(string(data))
		if !ok {
			return nil, false
		}
		return &corpus.File{Name: name, Kind: corpus.Raw, Data: raw, Program: program.Decode(raw)}, true
	}
	f, err := corpus.Read(name, data)
	switch {
	case err == nil && (f.Kind != corpus.Raw || engineName.MatchString(base) || !printable(data)):
		return f, true
	case len(data) > 0 && len(data) <= corpus.MaxFile && engineName.MatchString(base) && !looksLikeReport(data):
		return &corpus.File{Name: name, Kind: corpus.Raw, Data: data, Program: program.Decode(data)}, true
	}
	return nil, false
}

// unquote reads the ".quoted" file of go-fuzz: string literals with "+"
// between them.
func unquote(s string) ([]byte, bool) {
	var b []byte
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(strings.TrimSpace(line), "+")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		part, err := strconv.Unquote(line)
		if err != nil {
			return nil, false
		}
		b = append(b, part...)
	}
	return b, len(b) > 0
}

// printable reports whether data could be a report with a stray byte in it.
func printable(data []byte) bool {
	odd := 0
	for _, c := range data[:min(len(data), 4096)] {
		if c == 0 {
			return false
		}
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			odd++
		}
	}
	return odd*50 < len(data)
}

func looksLikeReport(data []byte) bool {
	for _, mark := range []string{"ERROR: ", "#0 ", "goroutine ", "call trace(", "==", "panic:"} {
		if bytes.Contains(data, []byte(mark)) {
			return true
		}
	}
	return false
}
