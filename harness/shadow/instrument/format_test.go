package instrument_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A twin is read, diffed and reviewed like any other code, so it is formatted
// like any other; and whoever follows a frame of it must come out at the line
// that the source has.
func TestTwinIsFormattedAndKeepsItsLines(t *testing.T) {
	for _, dir := range []string{"testdata/toy", "../../mux", "../../process", "../judge/cases"} {
		twins, err := filepath.Glob(filepath.Join(dir, "checked", "*.go"))
		if err != nil || len(twins) == 0 {
			t.Fatalf("no twins in %s: %v", dir, err)
		}
		for _, name := range twins {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
				t.Errorf("%s is not as gofmt has it (%v)", name, err)
			}
			plain := filepath.Join(dir, filepath.Base(name))
			if filepath.Base(name) == "zz_generated.go" {
				continue // it has no source
			}
			want, got := statementLines(t, plain), statementLines(t, name)
			for fn, lines := range got {
				if len(lines) == 2 && lines[0] == lines[1] {
					continue // it calls the plain package's
				}
				if diff := cmp.Diff(want[fn], lines); diff != "" {
					t.Errorf("%s: statements of %s have other lines than in the source: -source +twin\n%s", name, fn, diff)
				}
			}
		}
	}
}

// statementLines returns the lines of each function's statements, as line
// directives have them, without those that count an edge.
func statementLines(t *testing.T, name string) map[string][]int {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]int{}
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		at := fset.Position(fn.Name.Pos()).Line
		key := fn.Name.Name
		lines[key] = append(lines[key], at)
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch s := n.(type) {
			case *ast.IncDecStmt:
				if index, ok := s.X.(*ast.IndexExpr); ok && isCounters(index.X) {
					return false
				}
			case *ast.BlockStmt, *ast.EmptyStmt, nil:
				return true
			}
			if s, ok := n.(ast.Stmt); ok {
				lines[key] = append(lines[key], fset.Position(s.Pos()).Line)
			}
			return true
		})
	}
	return lines
}

func isCounters(x ast.Expr) bool {
	sel, ok := x.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "cov"
}
