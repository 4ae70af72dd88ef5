package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
)

// mutantsVar asks for TestMutants: "all", or numbers of mutants. mutantVar
// tells a process that it starts which mutant it is.
const (
	mutantsVar = "LASTWAKE_PROCESS_MUTANTS"
	mutantVar  = "LASTWAKE_MUTANT"
)

// mutantOps is how many ops a mutant is searched for in each policy.
const mutantOps = 40_000

// Each mutant of the model is seen by who looks on: the search in which the fixed
// model is clean finds something wrong in it, in one policy or another. Whether a
// transcript shows it is told as well, and is not enough: a transcript says what
// the model does, not what is right.
func TestMutants(t *testing.T) {
	only := os.Getenv(mutantsVar)
	if only == "" {
		t.Skip("it copies and builds the module: make process-mutants")
	}
	root := copyModule(t)
	mutate(t, root)
	search := build(t, root, "target/process")
	transcripts := build(t, root, "process")
	if out, err := runMutant(search, 0); err != nil {
		t.Fatalf("nothing is wrong yet, and something is found: %v\n%s", err, out)
	}
	for i, m := range mutants {
		if only != "all" && !slices.Contains(strings.Split(only, ","), strconv.Itoa(i+1)) {
			continue
		}
		out, err := runMutant(search, i+1)
		_, shown := runMutant(transcripts, i+1)
		t.Logf("%2d %s: %s; transcripts: %t", i+1, m.name, seenBy(out, err), shown != nil)
		switch {
		case err == nil && m.equal == "":
			t.Errorf("mutant %d, %s: nobody has seen it", i+1, m.name)
		case err != nil && m.equal != "":
			t.Errorf("mutant %d, %s: it is no equivalent (%q):\n%s", i+1, m.name, m.equal, out)
		}
	}
}

// seenBy is the signature by which a search has seen a mutant.
func seenBy(out string, err error) string {
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

// TestMutant is the search that TestMutants starts.
func TestMutant(t *testing.T) {
	if os.Getenv(mutantVar) == "" {
		t.Skip("TestMutants starts this")
	}
	seeds := seedPrograms(t)
	for libc := range uint32(4) {
		for munmap := range uint32(2) {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := hunt.Run(ctx, hunt.Options{Target: policy{libc: libc, munmap: munmap}, Seed: uint64(7 + 2*libc + munmap), Seeds: seeds, Ops: mutantOps, Shrink: -1,
				Crash: func(f *hunt.Found) (string, error) {
					t.Errorf("seen: %s", f.Signature())
					cancel()
					return "", nil
				}})
			cancel()
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if t.Failed() {
				return
			}
		}
	}
}

// seedPrograms are those that a hunt begins with.
func seedPrograms(t *testing.T) []*program.Program {
	t.Helper()
	names, err := filepath.Glob("../../../corpus/seed/process/*.prog")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var all []*program.Program
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parse(t, string(text)))
	}
	return all
}

// A built is a test binary of the mutated module and the folder that it runs in.
type built struct{ binary, dir string }

func build(t *testing.T, root, pkg string) built {
	t.Helper()
	b := built{filepath.Join(t.TempDir(), "mutants.test"), filepath.Join(root, "harness", pkg)}
	run(t, root, "go", "test", "-c", "-vet=off", "-o", b.binary, "./harness/"+pkg)
	return b
}

// runMutant runs what there is to see mutant n: the search, or the transcripts.
func runMutant(b built, n int) (string, error) {
	cmd := osexec.Command(b.binary, "-test.run=^(TestMutant|TestTranscripts)$", "-test.timeout=10m")
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", mutantVar, n))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := osexec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// copyModule copies the module, but for what nobody builds.
func copyModule(t *testing.T) string {
	t.Helper()
	from, to := filepath.Join("..", "..", ".."), t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"harness", "corpus", "reports"} {
		if err := os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(from, name))); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// mutate writes all mutants into the model of a copy and makes its twin. Which of
// them it is, is read when the process starts.
func mutate(t *testing.T, root string) {
	t.Helper()
	dir := filepath.Join(root, "harness", "process")
	for i, m := range mutants {
		if slices.IndexFunc(mutants, m.samePlace) < i {
			continue // written with the first one
		}
		name := filepath.Join(dir, m.file)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), m.old) != 1 {
			t.Fatalf("mutant %d, %s: %q is not just once in %s", i+1, m.name, m.old, m.file)
		}
		write(t, name, strings.Replace(string(text), m.old, m.choices(), 1))
	}
	write(t, filepath.Join(dir, "mutants.go"), selector)
	write(t, filepath.Join(root, "harness", "shadow", "mutant.go"), chooser)
	run(t, dir, "go", "run", "../shadow/instrument/cmd/shadowgen", "-in", ".", "-out", "checked")
}

// samePlace reports whether two mutants are wrong at the same place.
func (m mutant) samePlace(n mutant) bool { return m.file == n.file && m.old == n.old }

// choices is what stands at the place of m: what is right, unless the process is
// one of the mutants that are wrong there.
func (m mutant) choices() string {
	text := "{\n" + m.old + "\n}"
	for i, n := range mutants {
		if m.samePlace(n) {
			text = fmt.Sprintf("if !intact(%d) {\n%s\n} else %s", i+1, n.wrong, text)
		}
	}
	return text
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

const selector = `package process

import "github.com/lastwake/lastwake/harness/shadow"

func intact(n int) bool { return shadow.Intact(n) }
`

const chooser = `package shadow

import (
	"os"
	"strconv"
)

var mutant, _ = strconv.Atoi(os.Getenv("` + mutantVar + `"))

func Intact(n int) bool { return n != mutant }
`
