package mux

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// emptied is the number of the function whose body does nothing, in the build
// that TestEmptied makes. The build has "if emptied == N { return }" at the top
// of every function that models a C function.
var emptied int

// equivalents are functions whose emptied bodies no transcript can tell, each
// with the proof that nothing can.
var equivalents = map[string]string{}

// A function whose body is emptied makes a transcript fail, or it would not
// have to be there: whatever models a C function is seen by some transcript.
// One build holds all variants, and one process plays all transcripts for each.
func TestEmptied(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	funcs := modelledFuncs(t)
	for n, f := range emptiedResult(t, funcs) {
		name := funcs[n].name
		switch why, ok := equivalents[name]; {
		case len(f.Failed) == 0 && !ok:
			t.Errorf("%s (%s): its body can be emptied and no transcript fails", name, funcs[n].c)
		case len(f.Failed) != 0 && ok:
			t.Errorf("%s is no equivalent (%q): %s fails", name, why, f.Failed[0])
		}
	}
}

// A modelled is a function that bears a lastwake:c directive.
type modelled struct {
	c, cFile string // the C function and its file
	name     string // the Go function, as "(*QCC).Release"
	file     string // base name of the Go file
	brace    int    // offset behind the brace that opens its body
	zero     string // statement that returns zero values
}

// modelledFuncs lists the functions of the package that model a C function, in
// the order of files and lines.
func modelledFuncs(t *testing.T) []modelled {
	t.Helper()
	var funcs []modelled
	for _, name := range sources(t) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			c, file, ok := cDirective(fn)
			if !ok {
				continue
			}
			funcs = append(funcs, modelled{
				c: c, cFile: file, name: funcName(fn), file: name,
				brace: fset.Position(fn.Body.Lbrace).Offset + 1,
				zero:  zeroReturn(fset, src, fn.Type.Results),
			})
		}
	}
	return funcs
}

// sources lists the files of the package that people write.
func sources(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "zz_")
	})
}

// cDirective returns the C function that fn models and its file.
func cDirective(fn *ast.FuncDecl) (c, file string, ok bool) {
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

// failures are the cases that fail when the body of a function is emptied. In
// those that are Seen an event or a line that the case shows is another one; in
// the others it is only what is left after settling.
type failures struct{ Failed, Seen []string }

// emptiedResult returns what happens when each function's body is emptied. It
// is worked out once.
func emptiedResult(t *testing.T, funcs []modelled) []failures {
	t.Helper()
	if emptiedCases == nil {
		emptiedCases = playEmptied(t, funcs)
	}
	return emptiedCases
}

var emptiedCases []failures

func playEmptied(t *testing.T, funcs []modelled) []failures {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "emptied.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", writeOverlay(t, dir, funcs), "-o", bin, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	result := filepath.Join(dir, "result")
	child := exec.Command(bin, "-test.run=^TestEmptiedChild$", "-test.timeout=100s")
	child.Env = append(os.Environ(), "LASTWAKE_EMPTIED="+result, "GODEBUG=invalidptr=0")
	out, err := child.CombinedOutput()
	f, openErr := os.Open(result)
	if openErr != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	defer f.Close()
	var all []failures
	for dec := json.NewDecoder(f); ; {
		var one failures
		if dec.Decode(&one) != nil {
			break
		}
		all = append(all, one)
	}
	if err != nil && len(all) < len(funcs) {
		t.Fatalf("%s emptied: the process ends: %v\n%.2000s", funcs[len(all)].name, err, out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return all
}

// writeOverlay writes the sources with their switches to dir, and the overlay
// that puts them in place of the real ones. The tests outside of the package
// stay out: they would have to be linked with all they import.
func writeOverlay(t *testing.T, dir string, funcs []modelled) string {
	t.Helper()
	replace := map[string]string{}
	abs := func(name string) string {
		path, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tests {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(src), "\npackage mux_test\n") || strings.HasPrefix(string(src), "package mux_test\n") {
			replace[abs(name)] = ""
		}
	}
	for _, name := range sources(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(withSwitches(name, string(src), funcs)), 0o666); err != nil {
			t.Fatal(err)
		}
		replace[abs(name)] = path
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// withSwitches returns a file in which each modelled function asks whether it
// is the one that is emptied. Numbers count from 1.
func withSwitches(name, src string, funcs []modelled) string {
	var b strings.Builder
	from := 0
	for n, f := range funcs {
		if f.file != name {
			continue
		}
		b.WriteString(src[from:f.brace])
		fmt.Fprintf(&b, " if emptied == %d { %s };", n+1, f.zero)
		from = f.brace
	}
	b.WriteString(src[from:])
	return b.String()
}

// TestEmptiedChild is the process that TestEmptied builds. It writes the cases
// that fail for each function, a line each.
func TestEmptiedChild(t *testing.T) {
	path := os.Getenv("LASTWAKE_EMPTIED")
	if path == "" {
		t.Skip("TestEmptied runs this")
	}
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	enc := json.NewEncoder(out)
	debug.SetGCPercent(-1)
	cases := allCases(t)
	w := newWorld(t)
	for _, c := range cases {
		if got := c.play(w); got != c.want {
			t.Fatalf("%s fails with no body emptied:\n%s", c, got)
		}
	}
	for n := range modelledFuncs(t) {
		emptied = n + 1
		var f failures
		for _, c := range cases {
			got := c.play(w)
			if got != c.want {
				f.Failed = append(f.Failed, c.String())
			}
			if shown(got) != shown(c.want) {
				f.Seen = append(f.Seen, c.String())
			}
		}
		if err := enc.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
}

// shown is a result without what is left after settling.
func shown(result string) string {
	for text := range strings.Lines(result) {
		for _, word := range [...]string{"left:", "sums:", "dangling:", "never at rest", "stopped:"} {
			if strings.HasPrefix(text, word) {
				return result[:strings.Index(result, text)]
			}
		}
	}
	return result
}

// allCases reads the cases of all transcripts.
func allCases(t *testing.T) []*testCase {
	t.Helper()
	var cases []*testCase
	seen := map[string]bool{}
	datadriven.Walk(t, "testdata/transcripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			c, err := parseCase(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			if seen[c.String()] {
				d.Fatalf(t, "two cases are called %s", c)
			}
			seen[c.String()] = true
			cases = append(cases, c)
			return d.Expected
		})
	})
	return cases
}
