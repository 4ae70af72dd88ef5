package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lastwake/lastwake/harness/fault"
)

// The variables by which a rival gets its cell; see package rivals.
const (
	rivalPackage = "github.com/lastwake/lastwake/harness/bench/rivals"
	rivalFaults  = "LASTWAKE_RIVAL_FAULTS" // names of what is on
	rivalFault   = "LASTWAKE_RIVAL_FAULT"  // the one that is looked for
	rivalOps     = "LASTWAKE_RIVAL_OPS"    // the budget
	rivalEras    = "LASTWAKE_RIVAL_ERAS"   // program.Limits.Eras
	rivalResult  = "LASTWAKE_RIVAL_RESULT" // the file to write in the end
)

// buildRivals compiles the rivals that the methods need, with Go's own
// command: the engine's counters go in only there.
func (b *Bench) buildRivals(ctx context.Context) error {
	for _, m := range b.methods {
		if !m.child || b.binary[m.Name] != "" {
			continue
		}
		bin := filepath.Join(b.temp, m.Name+".test")
		args := []string{"test", "-c", "-o", bin}
		if m.Name == "native" {
			args = append(args, "-fuzz", "FuzzRival")
		}
		cmd := exec.CommandContext(ctx, "go", append(args, rivalPackage)...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build the rival %s: go %s: %w\n%s", m.Name, strings.Join(cmd.Args[1:], " "), err, out)
		}
		b.binary[m.Name] = bin
	}
	return nil
}

// runChild runs a cell in a process of its own.
func runChild(ctx context.Context, b *Bench, c Cell, on fault.Set, eras uint) (Result, error) {
	r := Result{Cell: c}
	dir, err := os.MkdirTemp(b.temp, "cell")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	result := filepath.Join(dir, "result")
	cmd := exec.CommandContext(ctx, b.binary[c.Method], childArgs(c, dir)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", rivalFaults+"="+on.String(), rivalFault+"="+c.Fault, rivalOps+"="+strconv.FormatUint(c.Budget, 10),
		rivalEras+"="+strconv.FormatUint(uint64(eras), 10), rivalResult+"="+result, "GODEBUG=fuzzseed="+strconv.FormatUint(c.Seed, 10))
	// The engine has a process of its own for its worker: the whole group ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	start := time.Now()
	out, runErr := cmd.CombinedOutput()
	r.Spent = time.Since(start).Seconds()
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return r, fmt.Errorf("%s: no result: %w\n%s", c, errors.Join(runErr, err), out)
	}
	return r, r.parse(string(text))
}

func childArgs(c Cell, dir string) []string {
	if c.Method == "native" {
		return []string{"-test.run=^$", "-test.fuzz=^FuzzRival$", "-test.fuzzcachedir=" + dir, "-test.parallel=1", "-test.fuzzminimizetime=1x"}
	}
	return []string{"-test.run=^TestRapid$", "-test.timeout=0", "-rapid.checks=2000000000", "-rapid.nofailfile", "-rapid.seed=" + strconv.FormatUint(c.Seed, 10)}
}

// parse reads what a rival wrote: "ops programs seconds" and, in a second
// line, the signature that it found.
func (r *Result) parse(text string) error {
	head, signature, _ := strings.Cut(strings.TrimRight(text, "\n"), "\n")
	if _, err := fmt.Sscanf(head, "%d %d %g", &r.Ops, &r.Programs, &r.Seconds); err != nil {
		return fmt.Errorf("%s: a result that makes no sense: %q", r.Cell, text)
	}
	r.Found, r.Signature, r.Executed = signature != "", signature, r.Ops
	return nil
}
