package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/mutant"
	"github.com/lastwake/lastwake/harness/program"
)

// mutantsVar asks for TestMutants: "all", or numbers of mutants.
const mutantsVar = "LASTWAKE_PROCESS_MUTANTS"

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
	root := mutant.Copy(t, filepath.Join("..", "..", ".."))
	mutate(t, root)
	search := mutant.Build(t, root, "target/process")
	transcripts := mutant.Build(t, root, "process")
	if out, err := search.Run(t.Context(), 0, "TestMutant"); err != nil {
		t.Fatalf("nothing is wrong yet, and something is found: %v\n%s", err, out)
	}
	for i, m := range mutants {
		if only != "all" && !slices.Contains(strings.Split(only, ","), strconv.Itoa(i+1)) {
			continue
		}
		out, err := search.Run(t.Context(), i+1, "TestMutant")
		_, shown := transcripts.Run(t.Context(), i+1, "TestTranscripts")
		t.Logf("%2d %s: %s; transcripts: %t", i+1, m.name, mutant.SeenBy(out, err), shown != nil)
		switch {
		case err == nil && m.equal == "":
			t.Errorf("mutant %d, %s: nobody has seen it", i+1, m.name)
		case err != nil && m.equal != "":
			t.Errorf("mutant %d, %s: it is no equivalent (%q):\n%s", i+1, m.name, m.equal, out)
		}
	}
}

// TestMutant is the search that TestMutants starts.
func TestMutant(t *testing.T) {
	if os.Getenv(mutant.Var) == "" {
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
		mutant.Write(t, name, strings.Replace(string(text), m.old, m.choices(), 1))
	}
	mutant.Twin(t, root, "process")
}

// samePlace reports whether two mutants are wrong at the same place.
func (m mistake) samePlace(n mistake) bool { return m.file == n.file && m.old == n.old }

// choices is what stands at the place of m: what is right, unless the process is
// one of the mutants that are wrong there.
func (m mistake) choices() string {
	text := "{\n" + m.old + "\n}"
	for i, n := range mutants {
		if m.samePlace(n) {
			text = fmt.Sprintf("if !intact(%d) {\n%s\n} else %s", i+1, n.wrong, text)
		}
	}
	return text
}
