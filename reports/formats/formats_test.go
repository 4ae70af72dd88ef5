package formats

import (
	"bytes"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/reports"
	"github.com/lastwake/lastwake/reports/internal/samples"
)

// sorted returns the samples in the order of their names.
func sorted() []*reports.Record {
	var rs []*reports.Record
	all := samples.All()
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		rs = append(rs, all[name])
	}
	return rs
}

// The fullest sample has a golden file in every format, read by a person, and an
// unmap in those that have something to say of it alone.
func TestGolden(t *testing.T) {
	r := samples.Tasklet2494()
	fresh := samples.All()["uaf-new-absolute"]
	unmap := samples.All()["wild-unmap"]
	both := []*reports.Record{r, fresh}
	golden(t, map[string]func(io.Writer) error{
		"uaf-2494.md":     func(w io.Writer) error { return Markdown(w, r) },
		"uaf-2494.html":   func(w io.Writer) error { return HTML(w, r, "index.html") },
		"uaf-2494.gdb":    func(w io.Writer) error { return GDB(w, r) },
		"wild-unmap.md":   func(w io.Writer) error { return Markdown(w, unmap) },
		"wild-unmap.html": func(w io.Writer) error { return HTML(w, unmap, "index.html") },
		"two.sarif":       func(w io.Writer) error { return SARIF(w, both) },
		"two.junit.xml":   func(w io.Writer) error { return JUnit(w, both) },
		"index.html": func(w io.Writer) error {
			return Index(w, listed(), []fault.Fault{fault.HAPROXY_bd384a359.Fault(), fault.HAPROXY_1cb254ad7.Fault()}, map[string]string{"HAPROXY-bd384a359": "0.07 s"})
		},
		"record-1.json":  func(w io.Writer) error { return Schema(w) },
		"uaf-2494.jsonl": func(w io.Writer) error { return JSON(w, r, "") },
	})
}

// golden compares what is written with the files below testdata.
func golden(t *testing.T, files map[string]func(io.Writer) error) {
	t.Helper()
	for name, write := range files {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s (-want +got; go test -update rewrites it)\n%s", file, diff)
			}
		})
	}
}

func listed() []Listed {
	return []Listed{
		{Title: "the tasklet is used after its free", Class: "heap-use-after-free", Page: "mux/a.html", State: "known", First: "2026-11-20", Last: "2026-11-22", Ops: 8, Fault: "HAPROXY-bd384a359"},
		{Title: "a leak <b>with</b> markup", Class: "leak", Page: "mux/b.html", State: "fixed", Ops: 3},
	}
}

// Every sample is valid by the schema of SARIF 2.1.0, with the life of its
// object as code flow and a suppression when it is known.
func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, sorted()); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	res, err := gojsonschema.Validate(gojsonschema.NewStringLoader(sarifSchemaText(t)), gojsonschema.NewBytesLoader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range res.Errors() {
		t.Error(e)
	}
	if regexp.MustCompile(`: null[,\n]`).MatchString(b.String()) {
		t.Error("a member is null")
	}
	run := log.Runs[0]
	if len(run.Results) != len(samples.All()) {
		t.Errorf("%d results", len(run.Results))
	}
	for i, r := range sorted() {
		res := run.Results[i]
		if res.PartialFingerprints["lastwake/signature/v1"] != r.Signature || (len(res.Suppressions) > 0) != r.Known {
			t.Errorf("%s: fingerprints %v, suppressions %v", r.Signature, res.PartialFingerprints, res.Suppressions)
		}
	}
	full := samples.Tasklet2494()
	var one bytes.Buffer
	if err := SARIF(&one, []*reports.Record{full}); err != nil {
		t.Fatal(err)
	}
	order := regexp.MustCompile(`(?s)"codeFlows".*made in.*freed in.*used in`)
	if !order.Match(one.Bytes()) {
		t.Error("the code flow is not made, freed, used")
	}
}

// sarifSchemaText is the standard's schema, which the library has in its
// source. Its own Validate looks at what it would write, not at what we did.
func sarifSchemaText(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && len(l.Value) > len(text) {
			text = l.Value
		}
		return true
	})
	text, err = strconv.Unquote(text)
	if err != nil || !strings.Contains(text, "Version 2.1.0") {
		t.Fatalf("no schema in %s, %v", dir, err)
	}
	return text
}

// JUnit counts what is new as failed and what is known as skipped.
func TestJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := JUnit(&b, sorted()); err != nil {
		t.Fatal(err)
	}
	var got junit.Testsuites
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, r := range sorted() {
		if r.Known {
			known++
		}
	}
	if got.Tests != len(sorted()) || got.Skipped != known || got.Failures != got.Tests-known {
		t.Errorf("%d tests, %d skipped, %d failures; %d are known", got.Tests, got.Skipped, got.Failures, known)
	}
}

// Every sample is a page that needs nothing else and runs nothing.
func TestHTML(t *testing.T) {
	loads := regexp.MustCompile(`(?i)<(script|link|img|iframe|object|embed|video|audio|base|form)\b|\bsrc=|@import|url\(|javascript:|\bon[a-z]+=`)
	for name, r := range samples.All() {
		var b bytes.Buffer
		if err := HTML(&b, r, ""); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m := loads.Find(b.Bytes()); m != nil {
			t.Errorf("%s: the page has %q", name, m)
		}
		if strings.Contains(b.String(), "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", name)
		}
	}
}

// Words of a report are words, not markup.
func TestEscapes(t *testing.T) {
	r := samples.Tasklet2494()
	r.Title = "<script>alert(1)</script> *not* `code` | cell"
	r.History[0].Events = []string{"<img src=x onerror=alert(1)>", "\x00 and \x1b"}
	var page, md, ju bytes.Buffer
	if err := HTML(&page, r, ""); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&md, r); err != nil {
		t.Fatal(err)
	}
	if err := JUnit(&ju, []*reports.Record{r}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script>") || strings.Contains(page.String(), "<img") {
		t.Error("markup in the page")
	}
	if strings.Contains(md.String(), "<script>") || !strings.Contains(md.String(), `\*not\*`) {
		t.Errorf("markup in %s", md.String()[:200])
	}
	if err := xml.Unmarshal(ju.Bytes(), new(junit.Testsuites)); err != nil {
		t.Errorf("junit: %v", err)
	}
}

// An error of the writer is not lost.
func TestWriteErrors(t *testing.T) {
	r := samples.Tasklet2494()
	for name, write := range map[string]func(io.Writer) error{
		"markdown": func(w io.Writer) error { return Markdown(w, r) },
		"html":     func(w io.Writer) error { return HTML(w, r, "") },
		"gdb":      func(w io.Writer) error { return GDB(w, r) },
		"sarif":    func(w io.Writer) error { return SARIF(w, []*reports.Record{r}) },
		"junit":    func(w io.Writer) error { return JUnit(w, []*reports.Record{r}) },
	} {
		if err := write(full{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }
