package harness

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
)

// blind are the packages that discover: the generator and the mutator, the
// search with its coverage, the oracles, and what lies between them. They know
// sets of faults as a thing to hand on, and no fault.
var blind = []string{"program", "oracle", "target", "hunt"}

// counters are the files of these packages that count how near a search comes
// to the faults that are on. They may walk the catalogue; they name no fault
// either, and lead nothing unless --guide near-miss says so.
var counters = []string{"hunt/ladder.go"}

// Whatever finds the faults finds them without having been told: no import of
// the catalogue beyond the type of a set, no name, no commit, no issue, no
// event of a near miss.
func TestDiscoveryIsBlind(t *testing.T) {
	for _, dir := range blind {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, what := range tells(f, slices.Contains(counters, filepath.ToSlash(file))) {
				t.Errorf("%s mentions %s", file, what)
			}
		}
	}
}

// tells returns what a file knows of particular faults.
func tells(f *ast.File, counts bool) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if strings.HasPrefix(n.Name, "HAPROXY") || strings.HasPrefix(n.Name, "HYPOTHESIS") {
				found = append(found, "the fault "+n.Name)
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "fault" && n.Sel.Name != "Set" && !counts {
				found = append(found, "fault."+n.Sel.Name+", more than the type of a set")
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				found = append(found, named(n.Value)...)
			}
		}
		return true
	})
	return found
}

// named returns the faults that a text gives away.
func named(text string) []string {
	var found []string
	for _, f := range fault.All() {
		words := []string{f.Name}
		if f.Commit != "" {
			words = append(words, f.Commit)
		}
		if f.Issue != "" {
			words = append(words, "#"+f.Issue)
		}
		for _, c := range f.NearMisses { // the whole text: a description may use the same words
			if strings.Trim(text, "`\"") == c.Event {
				found = append(found, f.Name+", by "+c.Event)
			}
		}
		for _, w := range words {
			if strings.Contains(text, w) {
				found = append(found, f.Name+", by "+w)
			}
		}
	}
	return found
}

// The test itself sees what it looks for.
func TestBlindSees(t *testing.T) {
	const src = `package x
import "example/fault"
var a = fault.All()
var b fault.Set
var c = fault.HAPROXY_bd384a359
var d = "as in #2494"
var e = "CONN_FULL set"
`
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(tells(f, false), "\n")
	for _, want := range []string{"fault.All", "HAPROXY_bd384a359", "by #2494", "by CONN_FULL set"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not seen in\n%s", want, all)
		}
	}
	if strings.Contains(all, "fault.Set") {
		t.Error("the type of a set is taken for knowledge")
	}
}
