package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/live/guardian"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
	"github.com/lastwake/lastwake/harness/target/quicgo/worker"
)

// The exit statuses.
const (
	exitClean   = 0
	exitFinding = 1
	exitFault   = 2 // usage, input, or the harness itself
)

func main() {
	if os.Getenv(guardian.Var) != "" {
		guardian.Main() // this process keeps somebody's server
	}
	if os.Getenv(wire.WorkerVar) != "" {
		worker.Main() // this process is the worker of another one
	}
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute runs one command line and returns its exit status.
func execute(args []string, in io.Reader, out, messages io.Writer) int {
	report := &sticky{w: out}
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(report)
	root.SetErr(messages)
	err := root.Execute()
	if report.err != nil {
		err = fmt.Errorf("write the report: %w", report.err)
	}
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errFound):
		return exitFinding
	}
	complain(messages, err)
	return exitFault
}

// errFound is what a command returns that found something and has said so.
var errFound = errors.New("found something")

// A sticky writer remembers the first error: a report that nobody could read
// must not end in status 0.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// A hinted error knows what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Hint() string  { return h.hint }
func (h hinted) Unwrap() error { return h.error }

// hintf returns an error with a hint.
func hintf(hint, format string, args ...any) error {
	return hinted{fmt.Errorf(format, args...), hint}
}

// complain writes an error and, where there is one, its hint.
func complain(w io.Writer, err error) {
	if f, ok := errors.AsType[*exec.HarnessFault](err); ok {
		complainFault(w, f)
		return
	}
	fmt.Fprintf(w, "lastwake: %v\n", err)
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(w, "lastwake: hint: %s\n", hint)
	}
}

func hintOf(err error) string {
	if p, ok := errors.AsType[*program.ParseError](err); ok {
		return p.Hint
	}
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return h.Hint()
	}
	return ""
}

// complainFault writes everything that is known about a fault of lastwake
// itself, for its report.
func complainFault(w io.Writer, f *exec.HarnessFault) {
	fmt.Fprintf(w, "lastwake: %v\n", f)
	for _, part := range []string{f.Program, f.Stack} {
		for line := range strings.Lines(part) {
			fmt.Fprintf(w, "    %s\n", strings.TrimRight(line, "\n"))
		}
	}
	fmt.Fprintln(w, "lastwake: hint: this is a bug of lastwake, not of what it tests; please report it with the lines above")
	if p, err := program.Parse("", []byte(f.Program)); err == nil {
		fmt.Fprintf(w, "reproduce: %s\n", pipe(p))
	}
}
