package judge

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Missing returns an error that names the first of the tools that is not
// there, with the line that installs it; nil if all are.
func Missing(tools ...string) error {
	for _, t := range tools {
		if _, err := exec.LookPath(t); err != nil {
			return fmt.Errorf("no %s: apt-get install -y gcc valgrind", t)
		}
	}
	return nil
}

// Command runs a command to its end and returns what it printed. env is added
// to the environment. How the command ends is no error, for judges end what
// they condemn, unless that takes more than a minute.
func Command(env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if _, ended := err.(*exec.ExitError); ended && ctx.Err() == nil {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out), err
}

// mustRun is Command for tools that have to succeed.
func mustRun(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// cFlags are for all C: what a line of source says is what is done.
var cFlags = []string{"-std=gnu11", "-g", "-O0", "-fno-omit-frame-pointer", "-w"}

// CompileC compiles C sources into the program bin, with the given flags.
func CompileC(bin string, sources []string, flags ...string) error {
	args := append(append([]string{}, cFlags...), flags...)
	return mustRun(nil, "gcc", append(append(args, "-o", bin), sources...)...)
}

// BuildGoASan builds the command onasan, plain Go under AddressSanitizer, in
// the folder dir. The folder of package shadow is src.
func BuildGoASan(src, dir string) (bin string, err error) {
	overlay, err := Overlay(src, dir)
	if err != nil {
		return "", err
	}
	bin = filepath.Join(dir, "onasan")
	return bin, mustRun([]string{"CGO_ENABLED=1"}, "go", "build", "-asan", "-overlay", overlay, "-o", bin,
		"github.com/lastwake/lastwake/harness/shadow/judge/cmd/onasan")
}

// asanOptions make AddressSanitizer quick to report, and quiet about what no
// verdict needs.
const asanOptions = "symbolize=0:print_legend=0:print_module_map=0"

// ASanEnv is the environment for a program that ends with its first report.
func ASanEnv(leaks bool) []string {
	o := asanOptions + ":detect_leaks=0"
	if leaks {
		o = asanOptions + ":detect_leaks=1"
	}
	return []string{"ASAN_OPTIONS=" + o}
}

// ASanGoOnEnv is the environment for a program that goes on after a report.
func ASanGoOnEnv() []string {
	return []string{"ASAN_OPTIONS=" + asanOptions +
		":detect_leaks=0:halt_on_error=0:suppress_equal_pcs=0:quarantine_size_mb=64:malloc_context_size=1"}
}

// MachineEnv is the environment for the machine in C: it goes on after a
// report, and stacks are as short as the leak checker can do with.
func MachineEnv() []string {
	return []string{"ASAN_OPTIONS=" + asanOptions +
		":detect_leaks=1:halt_on_error=0:suppress_equal_pcs=0:quarantine_size_mb=64:malloc_context_size=3"}
}
