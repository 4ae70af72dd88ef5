package mutant

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Var is the variable that tells a process which mutant it is, 0 for none.
const Var = "LASTWAKE_MUTANT"

// Copy copies the module at from, but for what nobody builds, and returns where
// it is.
func Copy(t *testing.T, from string) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		Write(t, filepath.Join(root, name), string(text))
	}
	for _, name := range []string{"harness", "corpus", "reports"} {
		if err := os.CopyFS(filepath.Join(root, name), os.DirFS(filepath.Join(from, name))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Twin gives a model of the copy the function intact, which is true of all
// mutants but the one that the process is, and makes its checked twin anew.
func Twin(t *testing.T, root, model string) {
	t.Helper()
	dir := filepath.Join(root, "harness", model)
	Write(t, filepath.Join(dir, "mutants.go"), fmt.Sprintf(selector, model))
	Write(t, filepath.Join(root, "harness", "shadow", "mutant.go"), chooser)
	run(t, dir, "go", "run", "../shadow/instrument/cmd/shadowgen", "-in", ".", "-out", "checked")
}

// Write writes a file.
func Write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

const selector = `package %s

import "github.com/lastwake/lastwake/harness/shadow"

func intact(n int) bool { return shadow.Intact(n) }
`

const chooser = `package shadow

import (
	"os"
	"strconv"
)

var mutant, _ = strconv.Atoi(os.Getenv("` + Var + `"))

func Intact(n int) bool { return n != mutant }
`

// A Built is a test binary of the copy and the folder that it runs in.
type Built struct{ binary, dir string }

// Build compiles the tests of a package below harness.
func Build(t *testing.T, root, pkg string) Built {
	t.Helper()
	b := Built{filepath.Join(t.TempDir(), "mutants.test"), filepath.Join(root, "harness", pkg)}
	run(t, root, "go", "test", "-c", "-vet=off", "-o", b.binary, "./harness/"+pkg)
	return b
}

// Run runs the tests with the given names as mutant n. Its error says that one
// failed, or that ctx has ended.
func (b Built) Run(ctx context.Context, n int, tests ...string) (string, error) {
	cmd := exec.CommandContext(ctx, b.binary, "-test.run=^("+strings.Join(tests, "|")+")$", "-test.timeout=10m")
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", Var, n))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// SeenBy is what a test says after "seen: ", or how it ended.
func SeenBy(out string, err error) string {
	if err == nil {
		return "not seen"
	}
	for line := range strings.Lines(out) {
		if _, signature, ok := strings.Cut(line, "seen: "); ok {
			return strings.TrimSpace(signature)
		}
	}
	return "it ends: " + err.Error()
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
