package harness

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An example in a package's documentation is Go that compiles, but for the
// variables that it does not declare and what it leaves out with an ellipsis.
func TestExamplesCompile(t *testing.T) {
	pkgs := exported(t)
	fset := token.NewFileSet()
	imp := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(pkgs[path].export) })
	checked := 0
	for at, p := range pkgs {
		if !strings.HasPrefix(at, module) {
			continue
		}
		for _, code := range p.examples(t) {
			src, ok := compilable(code, at, pkgs)
			if !ok {
				continue
			}
			checked++
			f, err := parser.ParseFile(fset, at+"/example", src, 0)
			if err != nil {
				t.Errorf("%v in\n%s", err, src)
				continue
			}
			conf := types.Config{Importer: imp, Error: func(err error) {
				if !leftOut.MatchString(err.Error()) {
					t.Errorf("%v in\n%s", err, src)
				}
			}}
			_, _ = conf.Check("example", fset, []*ast.File{f}, nil) // Error gets all of them
		}
	}
	if checked < 40 {
		t.Errorf("%d examples: the others are not seen", checked)
	}
}

// leftOut matches what may be wrong with an example: it is a piece of a function.
var leftOut = regexp.MustCompile(`: undefined: \w+$|: declared and not used: |: missing return$`)

// A listed is a package as the go command knows it.
type listed struct {
	dir, export string
	imports     []string
}

// exported lists this module's packages and all that they import.
func exported(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Dir}}\t{{.Export}}\t{{range .Imports}}{{.}} {{end}}", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all[f[0]] = listed{f[1], f[2], strings.Fields(f[3])}
	}
	return all
}

// examples returns the indented blocks of a package's comment.
func (p listed) examples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range new(comment.Parser).Parse(f.Doc.Text()).Content {
			if code, ok := b.(*comment.Code); ok {
				blocks = append(blocks, code.Text)
			}
		}
	}
	return blocks
}

var (
	qualified = regexp.MustCompile(`\b([a-z]\w*)\.[A-Z]`)
	ellipsis  = regexp.MustCompile(`(, )?(\w+: )?…|, \.\.\.`)
)

// compilable makes a file of an example in the documentation of the package at
// a path. One that names nothing of this module is no Go.
func compilable(code, at string, pkgs map[string]listed) (src string, ok bool) {
	var b strings.Builder
	b.WriteString("package example\n\n")
	var named []string
	for _, m := range qualified.FindAllStringSubmatch(code, -1) {
		path := pathOf(m[1], at, pkgs)
		if path == "" || slices.Contains(named, path) {
			continue
		}
		named = append(named, path)
		ok = ok || strings.HasPrefix(path, module)
		fmt.Fprintf(&b, "import %q\n", path)
	}
	code = ellipsis.ReplaceAllString(code, "")
	if !strings.HasPrefix(code, "func ") {
		code = "func _() error {\n" + code + "}\n"
	}
	return b.String() + "\n" + code, ok
}

// pathOf finds the package that an example of the package at a path calls by
// name, one of this module or of the library: of several itself, one it imports,
// the nearest.
func pathOf(name, at string, pkgs map[string]listed) (found string) {
	nearest := -1
	for p := range pkgs {
		if path.Base(p) != name || !strings.HasPrefix(p, module) && p != name {
			continue
		}
		near := 0
		for near < min(len(p), len(at)) && p[near] == at[near] {
			near++
		}
		if p == at || slices.Contains(pkgs[at].imports, p) {
			near += len(at)
		}
		if near > nearest || near == nearest && p < found {
			found, nearest = p, near
		}
	}
	return found
}
