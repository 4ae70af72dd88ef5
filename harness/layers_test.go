package harness

import (
	"go/ast"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// layers says which packages of this module a package may import, and never
// which must reach nothing of. DO NOT CHANGE THIS DATA TO FIX A BUILD: an
// import that it does not allow is a change of design.
const layers = `
harness/program            :
harness/fault              :
harness/shadow             :
harness/shadow/instrument  :
harness/shadow/judge       : harness/shadow harness/shadow/judge/cases harness/shadow/judge/cases/checked harness/shadow/judge/internal/said
harness/shadow/judge/cases : harness/shadow
harness/shadow/judge/cases/checked : harness/shadow harness/shadow/judge/cases
harness/mux                : harness/shadow harness/program harness/fault
harness/mux/checked        : harness/shadow harness/program harness/fault harness/mux
harness/target             : harness/program harness/fault
harness/process            : harness/shadow harness/program harness/fault
harness/process/checked    : harness/shadow harness/program harness/fault harness/process
harness/reload             :
harness/cmap               :
harness/mutant             :
harness/transcript         : harness/cmap harness/program harness/fault
harness/target/memory      : harness/target harness/program harness/fault harness/shadow
harness/target/model       : harness/target harness/target/memory harness/program harness/fault harness/shadow harness/mux harness/mux/checked
harness/target/process     : harness/target harness/target/memory harness/program harness/shadow harness/process harness/process/checked
harness/target/model/plain : harness/target/model harness/shadow harness/mux
harness/target/quicgo/rfc9000 :
harness/target/quicgo/lab     : harness/target/quicgo/rfc9000 harness/target harness/program harness/fault
harness/target/quicgo/adapter : harness/target/quicgo/lab harness/target/quicgo/rfc9000
harness/target/quicgo/export  : harness/target/quicgo/rfc9000
harness/target/quicgo/triad   : harness/program
harness/target/quicgo/wire    : harness/target harness/program
harness/target/quicgo/worker  : harness/target/quicgo/adapter harness/target/quicgo/lab harness/target/quicgo/wire harness/target/quicgo/rfc9000 harness/target harness/fault
harness/target/quicgo         : harness/target/quicgo/lab harness/target/quicgo/wire harness/target harness/program harness/fault
harness/target/quicgo/inside  : harness/target/quicgo harness/target/quicgo/adapter harness/target/quicgo/lab harness/target/quicgo/wire harness/target harness/program
harness/target/live/guardian  :
harness/target/live           : harness/target/live/guardian harness/triage/trace harness/triage/core harness/oracle harness/program corpus reports reports/formats
harness/oracle             : harness/target harness/program harness/fault
harness/exec               : harness/oracle harness/target harness/program harness/fault
corpus                     : harness/program harness/fault
corpus/pool                : corpus harness/program
reports                    : harness/fault
reports/formats            : reports harness/fault
harness/triage             : harness/exec harness/oracle harness/target harness/program harness/fault corpus reports
harness/triage/trace       :
harness/triage/core        :
harness/triage/like        : harness/triage/trace harness/exec harness/target harness/program harness/fault
harness/triage/cause       : harness/triage/trace harness/mux harness/process harness/fault corpus
harness/hunt               : harness/triage harness/exec harness/oracle harness/target harness/program harness/fault
harness/bench              : harness/hunt harness/triage harness/exec harness/oracle harness/target harness/program harness/fault corpus
harness/bench/rivals       : harness/exec harness/oracle harness/target harness/target/model harness/program harness/fault
harness/nightly            : harness/bench harness/fault corpus reports
harness/nightly/metrics    : reports
harness/witness            : harness/exec harness/target harness/target/model harness/program harness/fault
fuzz/program               : harness/program
fuzz/player                : harness/triage harness/exec harness/oracle harness/target harness/program harness/fault corpus
fuzz/native                : fuzz/player corpus harness/exec harness/target
fuzz/mux                   : fuzz/player harness/target/model
fuzz/process               : fuzz/player harness/target/process
fuzz/quicgo                : harness/triage harness/exec harness/target/quicgo/inside harness/program harness/fault corpus
fuzz/triage                : harness/triage/trace
`

// unreachable is what a package must not reach, however far away: Go's engine
// looks at the counters of every linked package after every run.
var unreachable = map[string]string{
	"fuzz/process": "net net/http github.com/quic-go/quic-go github.com/spf13/cobra encoding/json os/exec " +
		module + "harness/mux " + module + "harness/mux/checked",
	"harness/target/quicgo":     "github.com/quic-go/quic-go",
	"harness/target/quicgo/lab": "github.com/quic-go/quic-go net/http",
	"fuzz/mux": "net net/http github.com/quic-go/quic-go github.com/spf13/cobra encoding/json os/exec " +
		module + "harness/target/model/plain " + module + "harness/bench pgregory.net/rapid html/template " + module + "harness/triage/trace",
	"harness/hunt":         "pgregory.net/rapid " + module + "harness/bench",
	"harness/cmd/lastwake": "pgregory.net/rapid",
}

// pure packages give the same result for the same arguments on every machine:
// they import nothing that would let them know the time, a file or chance.
const pure = "harness/program harness/fault harness/mux harness/mux/checked harness/process harness/process/checked harness/oracle harness/shadow harness/target/quicgo/rfc9000"

// impure is what they do not import.
const impure = "maps os os/exec time math/rand math/rand/v2 net context io/fs sync sync/atomic"

const module = "github.com/lastwake/lastwake/"

func TestLayers(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(layers)) {
		pkg, allowed, _ := strings.Cut(line, ":")
		pkg = strings.TrimSpace(pkg)
		for _, imp := range list(t, "{{range .Imports}}{{.}} {{end}}", pkg) {
			if own, ok := strings.CutPrefix(imp, module); ok && !contains(allowed, own) {
				t.Errorf("%s imports %s, which its layer does not allow", pkg, own)
			}
		}
	}
	for pkg, paths := range unreachable {
		for _, dep := range list(t, "{{range .Deps}}{{.}} {{end}}", pkg) {
			if contains(paths, dep) {
				t.Errorf("%s reaches %s", pkg, dep)
			}
		}
	}
	for pkg := range strings.FieldsSeq(pure) {
		for _, imp := range list(t, "{{range .Imports}}{{.}} {{end}}", pkg) {
			if contains(impure, imp) {
				t.Errorf("%s imports %s", pkg, imp)
			}
		}
	}
}

// Every package is in the table: a new one has to say where it belongs. Test
// helpers, commands and tools are nobody's layer.
func TestEveryPackageHasALayer(t *testing.T) {
	out, err := exec.Command("go", "list", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		pkg := strings.TrimPrefix(path, module)
		switch {
		case pkg == "harness" || strings.Contains(pkg, "/cmd/") || strings.Contains(pkg, "/internal/"),
			strings.Contains(pkg, "/testdata/") || strings.HasSuffix(pkg, "/toy"):
		case !strings.Contains(layers, "\n"+pkg+" "):
			t.Errorf("%s has no line in the table", pkg)
		}
	}
}

// A pure package starts no goroutine and never walks a map as it lies: what it
// does is the same in every run. Keys are sorted first, or kept in a slice.
func TestPureOrder(t *testing.T) {
	var paths []string
	for pkg := range strings.FieldsSeq(pure) {
		paths = append(paths, module+pkg)
	}
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
	}, paths...)
	if err != nil || len(loaded) != len(paths) {
		t.Fatalf("%d packages of %d: %v", len(loaded), len(paths), err)
	}
	ranges := 0
	for _, pkg := range loaded {
		for _, err := range pkg.Errors {
			t.Error(err)
		}
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s: a goroutine", pkg.Fset.Position(n.Pos()))
				case *ast.RangeStmt:
					ranges++
					if _, is := pkg.TypesInfo.TypeOf(n.X).Underlying().(*types.Map); is {
						t.Errorf("%s: in the order of a map", pkg.Fset.Position(n.Pos()))
					}
				}
				return true
			})
		}
	}
	if ranges == 0 {
		t.Error("no loop seen")
	}
}

// recovers are the files with a recover, beside the judge's and what plays
// transcripts in tests; see docs/adr/002-one-recover.md.
const recovers = "../harness/exec/runner.go ../harness/shadow/canary.go ../harness/transcript/case.go"

func TestOneRecover(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/testdata/") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "recover()") && !contains(recovers, path) && !strings.HasPrefix(path, "../harness/shadow/judge/") {
			t.Errorf("%s recovers", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, format, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", format, module+pkg).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pkg, err)
	}
	return strings.Fields(string(out))
}

func contains(words, word string) bool {
	return strings.Contains(" "+strings.TrimSpace(words)+" ", " "+word+" ")
}
