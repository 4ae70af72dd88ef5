package cmap

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// A Page is the map of a model.
type Page struct {
	// Head stands above the tables; it has a %d for the number of functions.
	Head  string
	Funcs []Func
	// Cases holds a transcript's case for each function, or is nil.
	Cases []string
}

const deviationsHead = `
## Deviations

The model leaves the C in %d places. Each is marked in the source with its reason.

| where | in | reason |
|---|---|---|
`

// Text returns the page, with the deviations of the package in the working
// directory.
func (p *Page) Text(t *testing.T) string {
	t.Helper()
	byFile := map[string][]int{}
	for n, f := range p.Funcs {
		byFile[f.CFile] = append(byFile[f.CFile], n)
	}
	var files []string
	for name := range byFile {
		files = append(files, name)
	}
	slices.Sort(files)
	var b strings.Builder
	fmt.Fprintf(&b, p.Head, len(p.Funcs))
	for _, name := range files {
		fmt.Fprintf(&b, "\n### %s\n\n| C | Go | in | transcript |\n|---|---|---|---|\n", name)
		rows := byFile[name]
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(p.Funcs[a].C, p.Funcs[b].C) })
		for _, n := range rows {
			f, transcript := p.Funcs[n], ""
			if p.Cases != nil {
				transcript = p.Cases[n]
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.C, f.Name, f.File, transcript)
		}
	}
	found := Deviations(t)
	fmt.Fprintf(&b, deviationsHead, len(found))
	for _, d := range found {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Where, d.File, d.Reason)
	}
	return b.String()
}

// Current complains if the file is not what it should be, or writes it. When
// the page has no cases, their column is not looked at and nothing is written.
func (p *Page) Current(t *testing.T, file string, update bool) {
	t.Helper()
	want := p.Text(t)
	if p.Cases != nil {
		Current(t, file, want, update)
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, file, lastColumn.ReplaceAllString(want, ""), lastColumn.ReplaceAllString(string(got), ""))
}

// lastColumn is the column of the transcripts.
var lastColumn = regexp.MustCompile(`(?m)\| [^|]* \|$`)

// Current complains if a file is not what it should be, or writes it.
func Current(t *testing.T, file, want string, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, file, want, string(got))
}

func same(t *testing.T, file, want, got string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s is not current, run go test -run 'Map|Deviations' -update in this package: -want +got\n%s", file, diff)
	}
}
