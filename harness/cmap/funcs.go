package cmap

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A Func is a function that bears a lastwake:c directive.
type Func struct {
	C, CFile string // the C function and its file
	Name     string // the Go function, as "(*QCC).Release"
	File     string // base name of the Go file
	Brace    int    // offset behind the brace that opens its body
	Zero     string // statement that returns zero values
}

// Funcs lists the functions of the package in the working directory that model
// a C function, in the order of files and lines.
func Funcs(t *testing.T) []Func {
	t.Helper()
	var funcs []Func
	eachFile(t, func(name string, src []byte, fset *token.FileSet, f *ast.File) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			c, file, ok := directive(fn)
			if !ok {
				continue
			}
			funcs = append(funcs, Func{
				C: c, CFile: file, Name: funcName(fn), File: name,
				Brace: fset.Position(fn.Body.Lbrace).Offset + 1,
				Zero:  zeroReturn(fset, src, fn.Type.Results),
			})
		}
	})
	return funcs
}

// Sources lists the files of the package in the working directory that people
// write, tests apart.
func Sources(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "zz_")
	})
}

func eachFile(t *testing.T, visit func(name string, src []byte, fset *token.FileSet, f *ast.File)) {
	t.Helper()
	for _, name := range Sources(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		visit(name, src, fset, f)
	}
}

// directive returns the C function that fn models and its file.
func directive(fn *ast.FuncDecl) (c, file string, ok bool) {
	if fn.Doc == nil {
		return "", "", false
	}
	for _, line := range fn.Doc.List {
		if words := strings.Fields(line.Text); len(words) == 3 && words[0] == "//lastwake:c" {
			return words[1], words[2], true
		}
	}
	return "", "", false
}

// funcName spells a function as package runtime does, without the package.
func funcName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	recv := fn.Recv.List[0].Type
	if star, ok := recv.(*ast.StarExpr); ok {
		return fmt.Sprintf("(*%s).%s", star.X, fn.Name)
	}
	return fmt.Sprintf("%s.%s", recv, fn.Name)
}

// zeroReturn is a statement that returns a zero value for each result.
func zeroReturn(fset *token.FileSet, src []byte, results *ast.FieldList) string {
	if results == nil || len(results.List[0].Names) > 0 {
		return "return"
	}
	var vars, names []string
	for i, r := range results.List {
		typ := src[fset.Position(r.Type.Pos()).Offset:fset.Position(r.Type.End()).Offset]
		vars = append(vars, fmt.Sprintf("var z%d %s; ", i, typ))
		names = append(names, fmt.Sprintf("z%d", i))
	}
	return strings.Join(vars, "") + "return " + strings.Join(names, ", ")
}
