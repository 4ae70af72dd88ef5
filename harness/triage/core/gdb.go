package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Options say which core is looked at, and with what.
type Options struct {
	// Core and Exe are the dump and the executable that dumped it.
	Core, Exe string
	// DebugFile holds the executable's symbols, if it has none itself.
	DebugFile string
	// Sysroot is where the libraries of the machine of the core are.
	Sysroot string
	// GDB is the debugger; "gdb" by default.
	GDB string
	// Note, when not nil, is told what could not be checked.
	Note func(string)
}

// patience bounds the time that gdb may take.
const patience = 2 * time.Minute

// Stack runs gdb on a core and hands its output to read. The build-ids of core
// and executable are compared first; a *MismatchError says that they differ.
func Stack(ctx context.Context, o Options, read func(io.Reader) error) error {
	if err := compare(o); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args, err := arguments(o)
	if err != nil {
		return err
	}
	name := o.GDB
	if name == "" {
		name = "gdb"
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = environment(os.Environ())
	var complaints bytes.Buffer
	cmd.Stderr = &limited{w: &complaints, left: 4 << 10}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("%s is not there: %w", name, err)
		}
		return fmt.Errorf("start %s: %w", name, err)
	}
	rerr := read(out)
	_, _ = io.Copy(io.Discard, out) // or gdb never ends
	if err := cmd.Wait(); err != nil && rerr == nil {
		return fmt.Errorf("%s on %s: %w: %s", name, o.Core, err, firstLine(complaints.String()))
	}
	return rerr
}

// arguments is the command line of gdb.
func arguments(o Options) ([]string, error) {
	for _, name := range []string{o.Core, o.Exe, o.DebugFile, o.Sysroot} {
		if strings.ContainsAny(name, "\n\x00") {
			return nil, fmt.Errorf("%q is no name for gdb", name)
		}
	}
	args := []string{"-nx", "-batch", "-iex", "set auto-load off", "-iex", "set debuginfod enabled off",
		"-iex", "set pagination off", "-iex", "set width 0", "-iex", "set print frame-arguments scalars", "-iex", "set print elements 8"}
	if o.Sysroot != "" {
		args = append(args, "-iex", "set sysroot "+o.Sysroot)
	}
	return append(args, "-e", o.Exe, "-s", firstOf(o.DebugFile, o.Exe), "-c", o.Core,
		"-ex", "bt full", "-ex", "thread apply all bt"), nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// environment is env without what makes gdb fetch or load something.
func environment(env []string) []string {
	var kept []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		switch {
		case strings.HasPrefix(name, "DEBUGINFOD"), strings.HasPrefix(name, "GDB"), strings.HasPrefix(name, "PYTHON"), name == "SHELL":
		default:
			kept = append(kept, e)
		}
	}
	return kept
}

// A limited writer drops what is too much.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	n := min(len(b), l.left)
	l.left -= n
	if _, err := l.w.Write(b[:n]); err != nil {
		return 0, err
	}
	return len(b), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
