package instrument

import (
	"errors"
	"flag"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of the cases in testdata")

// testImports loads what the cases import, once.
var testImports = sync.OnceValues(func() (imports, error) {
	return loadImports(".", token.NewFileSet(), []string{
		shadowPath, "github.com/lastwake/lastwake/harness/fault", "errors", "fmt", "slices", "strconv", "strings",
	})
})

// generate runs Generate on the files of a case and the prelude.
func generate(t *testing.T, ar *txtar.Archive, change func(*Config)) (*Result, error) {
	t.Helper()
	imp, err := testImports()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	cfg := Config{Dir: filepath.Join(root, "m"), ModuleRoot: root, ImportPath: "example.com/m", Importer: imp}
	if err := os.Mkdir(cfg.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	prelude, err := os.ReadFile("testdata/prelude.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"prelude.go": prelude}
	for _, f := range ar.Files {
		if filepath.Ext(f.Name) == ".go" && !strings.Contains(f.Name, "/") {
			files[f.Name] = f.Data
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(cfg.Dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(&cfg)
	}
	return Generate(cfg)
}

// cases runs a test for each archive in a folder of testdata.
func cases(t *testing.T, dir string, f func(t *testing.T, file string, ar *txtar.Archive)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f(t, file, ar)
		})
	}
}

// compare compares one part of a case, or rewrites it.
func compare(t *testing.T, file string, ar *txtar.Archive, part, got string) {
	t.Helper()
	i := 0
	for i < len(ar.Files) && ar.Files[i].Name != part {
		i++
	}
	if i == len(ar.Files) {
		ar.Files = append(ar.Files, txtar.File{Name: part})
	}
	if *update {
		ar.Files[i].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(ar.Files[i].Data), got); diff != "" {
		t.Errorf("%s: -want +got\n%s", part, diff)
	}
}

// Each rule of the rewriter has a case: a source and its twin.
func TestRules(t *testing.T) {
	cases(t, "rules", func(t *testing.T, file string, ar *txtar.Archive) {
		res, err := generate(t, ar, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.Accesses != res.Proved {
			t.Errorf("%d checks written, %d proved", res.Accesses, res.Proved)
		}
		compare(t, file, ar, "checked/x.go", string(res.Files["m/checked/x.go"]))
	})
}

// short is the text of an error without the folder of the files.
func short(err error) string {
	if err == nil {
		return "silent\n"
	}
	return regexp.MustCompile(`\bm/(checked/)?(\w+\.go)`).ReplaceAllString(err.Error(), "$2") + "\n"
}

// Each reason to reject a source has a case. Its part "proof" is what the proof
// says about the same source when nobody asks whether to reject it: a second
// line of defence for whatever touches an object, and silent on order.
func TestRejections(t *testing.T) {
	cases(t, "reject", func(t *testing.T, file string, ar *txtar.Archive) {
		_, err := generate(t, ar, nil)
		var rejected Rejections
		if !errors.As(err, &rejected) {
			t.Fatalf("got %v, want rejections", err)
		}
		compare(t, file, ar, "want", short(rejected))
		_, err = generate(t, ar, func(c *Config) { c.trust = true })
		compare(t, file, ar, "proof", short(err))
	})
}
