package mux

import (
	"bytes"
	"cmp"
	goflag "flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = goflag.Bool("update", false, "write "+mapFile+" and "+deviationsFile)

const (
	mapFile        = "../docs/model-map.md"
	deviationsFile = "zz_deviations.go"
)

// The map of the model is current: every function that models a C function
// with the transcript that is most about it, and every place where the model
// leaves the C. Run with -update after a change; with -short the transcripts
// are not looked at.
func TestModelMap(t *testing.T) {
	got, err := os.ReadFile(mapFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	funcs := modelledFuncs(t)
	var want string
	if testing.Short() {
		got = inMap.ReplaceAll(got, nil)
		want = string(inMap.ReplaceAll([]byte(modelMap(t, funcs, make([]string, len(funcs)))), nil))
	} else {
		want = modelMap(t, funcs, mostTelling(funcs, emptiedResult(t, funcs)))
	}
	if *update && !testing.Short() {
		if err := os.WriteFile(mapFile, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not current, run go test ./harness/mux -run Map -update: -want +got\n%s", mapFile, diff)
	}
}

// inMap is the column of the transcripts.
var inMap = regexp.MustCompile(`(?m)\| [^|]* \|$`)

// modelMap returns the text of the map; cases holds a transcript's case for
// each function.
func modelMap(t *testing.T, funcs []modelled, cases []string) string {
	type row struct {
		modelled
		transcript string
	}
	byFile := map[string][]row{}
	for n, f := range funcs {
		byFile[f.cFile] = append(byFile[f.cFile], row{f, cases[n]})
	}
	var files []string
	for name := range byFile {
		files = append(files, name)
	}
	slices.Sort(files)
	var b strings.Builder
	fmt.Fprintf(&b, mapHead, len(funcs))
	for _, name := range files {
		fmt.Fprintf(&b, "\n### %s\n\n| C | Go | in | transcript |\n|---|---|---|---|\n", name)
		rows := byFile[name]
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.c, b.c) })
		for _, r := range rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.c, r.name, r.file, r.transcript)
		}
	}
	found := findDeviations(t)
	fmt.Fprintf(&b, mapDeviations, len(found))
	for _, d := range found {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", d.where, d.file, d.reason)
	}
	return b.String()
}

// homes are the transcripts that are about a source file; where none of them
// tells, any other does.
var homes = map[string][]string{
	"backend.go":         {"backend"},
	"connection.go":      {"open", "soft-stop", "release"},
	"h3.go":              {"h3-request", "h3-uni", "soft-stop", "open"},
	"hq_interop.go":      {"hq"},
	"mux_quic.go":        {"release", "timeouts", "soft-stop", "open", "purge-list"},
	"mux_quic_back.go":   {"backend"},
	"mux_quic_emit.go":   {"era32", "era30"},
	"mux_quic_recv.go":   {"receive", "reset-stop", "flow-control", "credit"},
	"mux_quic_rxbuf.go":  {"rx-buffers"},
	"mux_quic_send.go":   {"send", "flow-control", "buffers", "reset-stop"},
	"mux_quic_stream.go": {"receive", "send", "reset-stop", "subscribe", "credit", "purge-list"},
	"mux_quic_strm.go":   {"send", "fast-forward", "h3-request", "subscribe"},
	"mux_quic_txbuf.go":  {"era30", "era32"},
	"pool.go":            {"open"},
	"qcm_qmux.go":        {"backend"},
	"quic_conn.go":       {"close", "probe", "release"},
	"quic_fctl.go":       {"era30"},
	"quic_frame.go":      {"packets", "probe", "loss"},
	"quic_retransmit.go": {"probe"},
	"quic_rx.go":         {"packets", "loss", "close", "release"},
	"quic_stream.go":     {"buffers", "release"},
	"quic_stream_ack.go": {"era32-acks", "era32"},
	"quic_tx.go":         {"packets", "close", "probe"},
	"server.go":          {"backend"},
	"stconn.go":          {"subscribe", "h3-request"},
	"task.go":            {"scheduler", "timeouts"},
	"xprt_quic.go":       {"release", "reset-stop", "open"},
}

// mostTelling returns, for each function, the case that is most about it: one
// that shows something else when the function is emptied, from a transcript at
// home in its file, and of those the one that the fewest functions change.
func mostTelling(funcs []modelled, all []failures) []string {
	changes := map[string]int{}
	for _, f := range all {
		for _, c := range f.Seen {
			changes[c]++
		}
	}
	best := make([]string, len(all))
	for n, f := range all {
		cases := f.Seen
		if cases == nil {
			cases = f.Failed
		}
		away := func(c string) int {
			file, _, _ := strings.Cut(c, "/")
			if slices.Contains(homes[funcs[n].file], file) {
				return 0
			}
			return 1
		}
		if len(cases) > 0 {
			best[n] = slices.MinFunc(cases, func(a, b string) int {
				return cmp.Or(cmp.Compare(away(a), away(b)), cmp.Compare(changes[a], changes[b]))
			})
		}
	}
	return best
}

const mapHead = `# The model and the C

<!-- generated from the sources and the transcripts: go test ./harness/mux -run Map -update -->

The model follows HAProxy at commit 220386ae4 (3.0-dev2, the wiring of 2.9.6). This is what stands for what: %d Go functions,
each with the C function that it models, or a part of it where the Go is in smaller pieces. A Go function that is not here
has no counterpart in C, or is a macro's.

The transcript is a case in ` + "`harness/mux/testdata/transcripts`" + `, as file/case: one that shows something else when the body of
the function is emptied, and of those the one that the fewest other functions change. ` + "`TestEmptied`" + ` empties each of them.

## Functions
`

const mapDeviations = `
## Deviations

The model leaves the C in %d places. Each is marked in the source with its reason.

| where | in | reason |
|---|---|---|
`

// The table that the program carries is current: lastwake prints it where
// there are no sources.
func TestDeviations(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(deviationsHead)
	for _, d := range findDeviations(t) {
		fmt.Fprintf(&b, "\t{%q, %q, %q},\n", d.file, d.where, d.reason)
	}
	b.WriteString("}\n")
	want, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(deviationsFile, want, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(deviationsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not current, run go test ./harness/mux -run Deviations -update: -want +got\n%s", deviationsFile, diff)
	}
}

const deviationsHead = `// Code generated by go test -run Deviations -update. DO NOT EDIT.

package mux

// A Deviation is a place where the model leaves the C that it follows: the
// file, the function or type there, and the reason.
//
//lastwake:shared
type Deviation struct{ File, Where, Reason string }

// Deviations lists the places where the model leaves the C, in the order of
// the sources.
//
//lastwake:shared
var Deviations = []Deviation{
`

type deviation struct{ file, where, reason string }

// findDeviations collects the comments that begin with "Deviation:", up to the
// end of their paragraph.
func findDeviations(t *testing.T) []deviation {
	t.Helper()
	var found []deviation
	for _, name := range sources(t) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range f.Comments {
			var reason []string
			for par := range strings.SplitSeq(group.Text(), "\n\n") {
				if text, ok := strings.CutPrefix(par, "Deviation:"); ok {
					reason = append(reason, strings.Join(strings.Fields(text), " "))
				}
			}
			if reason != nil {
				found = append(found, deviation{name, declAt(t, f, group), strings.Join(reason, " ")})
			}
		}
	}
	return found
}

// declAt names the declaration that a comment stands above or in.
func declAt(t *testing.T, f *ast.File, group *ast.CommentGroup) string {
	t.Helper()
	for _, d := range f.Decls {
		from := d.Pos()
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Doc != nil {
				from = d.Doc.Pos()
			}
			if from <= group.Pos() && group.End() <= d.End() {
				return funcName(d)
			}
		case *ast.GenDecl:
			if d.Doc != nil {
				from = d.Doc.Pos()
			}
			if from > group.Pos() || group.End() > d.End() {
				continue
			}
			if spec, ok := d.Specs[0].(*ast.TypeSpec); ok {
				return spec.Name.Name
			}
		}
	}
	t.Fatalf("a deviation stands nowhere: %s", group.Text())
	return ""
}
