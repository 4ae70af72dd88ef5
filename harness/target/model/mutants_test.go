package model_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/mutant"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// mutantsVar asks for TestMutants: N, for every N-th of the mutants.
const mutantsVar = "LASTWAKE_MUX_MUTANTS"

// mutantOps is how many ops a mutant is searched for, leastNoticed the percentage
// of the mutants that have to be noticed: fewer would be a weaker search, or
// weaker oracles. Which are not, and why, stands in harness/docs/bench.md.
const (
	mutantOps    = 2_000_000
	leastNoticed = 60
)

// Of the calls by which the fixed model gives an object back, takes it out of a
// list or wakes somebody, each is left out once. Nobody chose these mistakes.
func TestMutants(t *testing.T) {
	every, err := strconv.Atoi(os.Getenv(mutantsVar))
	if err != nil || every < 1 {
		t.Skip("it copies and builds the module: make mux-mutants")
	}
	root := mutant.Copy(t, filepath.Join("..", "..", ".."))
	mutants := leaveOut(t, filepath.Join(root, "harness", "mux"))
	mutant.Twin(t, root, "mux")
	search := mutant.Build(t, root, "target/model")
	if out, err := search.Run(t.Context(), 0, "TestMutant"); err != nil {
		t.Fatalf("nothing is wrong yet, and something is found: %v\n%s", err, out)
	}
	tried, noticed := 0, 0
	for i := 0; i < len(mutants); i += every {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // some never end
		out, err := search.Run(ctx, i+1, "TestMutant")
		cancel()
		tried++
		if err != nil {
			noticed++
		}
		t.Logf("%3d %s: %s", i+1, mutants[i], mutant.SeenBy(out, err))
	}
	t.Logf("%d of %d noticed, of %d mutants", noticed, tried, len(mutants))
	if noticed*100 < tried*leastNoticed {
		t.Errorf("%d of %d mutants noticed, want %d %%", noticed, tried, leastNoticed)
	}
}

// TestMutant is the search that TestMutants starts.
func TestMutant(t *testing.T) {
	if os.Getenv(mutant.Var) == "" {
		t.Skip("TestMutants starts this")
	}
	_, err := hunt.Run(t.Context(), hunt.Options{Target: model.Mux{}, Seed: 1, Ops: mutantOps, Shrink: -1, Eras: allEras(),
		Until: func(f *hunt.Found) bool {
			t.Errorf("seen: %s", f.Signature())
			return true
		}})
	if err != nil {
		t.Errorf("seen: %v", err)
	}
}

// allEras is the set of values of the header's era.
func allEras() (set uint) {
	for v := range program.Keys(program.Mux)[program.KeyEra].Max + 1 {
		set |= 1 << v
	}
	return set
}

// gives matches the names of what gives an object back, takes it out of a list or
// wakes somebody; onlooker those of the files that look on.
var (
	gives    = regexp.MustCompile(`(?i)free|del|destroy|release|unsub|close|wake|notify|alert|refdec`)
	onlooker = regexp.MustCompile(`^(audit|buf|doc|errors|list|mutants|pool|settle|step|trace|waiters|wire|world|zz_\w+)\.go$|_test\.go$`)
)

// leaveOut writes all mutants into the model in dir: each call that gives, as a
// statement of its own, is made by all mutants but one. It returns where.
func leaveOut(t *testing.T, dir string) (mutants []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if onlooker.MatchString(filepath.Base(name)) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		out, at := "", 0
		for _, s := range givers(file) {
			from, to := set.Position(s.Pos()), set.Position(s.End())
			call := string(text[from.Offset:to.Offset])
			mutants = append(mutants, fmt.Sprintf("%s:%d %s", filepath.Base(name), from.Line, strings.Join(strings.Fields(call), " ")))
			out += string(text[at:from.Offset]) + fmt.Sprintf("if intact(%d) {\n%s\n}", len(mutants), call)
			at = to.Offset
		}
		mutant.Write(t, name, out+string(text[at:]))
	}
	if len(mutants) < 100 {
		t.Fatalf("only %d mutants: are the calls called something else now?", len(mutants))
	}
	return mutants
}

// givers are the calls of a file that give, in its order, but for those that only
// a fault makes.
func givers(file *ast.File) []*ast.ExprStmt {
	var all []*ast.ExprStmt
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if asksFault(n.Cond) {
				return false
			}
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok && gives.MatchString(callee(call)) && !strings.HasPrefix(callee(call), "trace") {
				all = append(all, n)
			}
		}
		return true
	})
	slices.SortFunc(all, func(a, b *ast.ExprStmt) int { return int(a.Pos() - b.Pos()) })
	return all
}

// asksFault reports whether a condition asks for a fault: what hangs on it is
// left alone, in both arms.
func asksFault(cond ast.Expr) (asks bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Faults" {
			asks = true
		}
		return !asks
	})
	return asks
}

// callee is the name of what is called.
func callee(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
