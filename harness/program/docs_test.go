package program

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated part of the syntax page")

const (
	syntaxPage = "../docs/program-syntax.md"
	tableBegin = "<!-- generated from the op table: go test ./harness/program -run SyntaxPage -update -->\n"
	tableEnd   = "<!-- end -->\n"
)

// The page's tables come from the rows, and its example is a program.
func TestSyntaxPageIsCurrent(t *testing.T) {
	page, err := os.ReadFile(syntaxPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(page, []byte(tableBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		t.Fatalf("%s: no place for the tables", syntaxPage)
	}
	want := string(before) + tableBegin + tables() + tableEnd + string(after)
	if *update {
		if err := os.WriteFile(syntaxPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(page), want); diff != "" {
		t.Errorf("run with -update (-is +should be):\n%s", diff)
	}
	_, example, _ := strings.Cut(string(before), "```\n")
	example, _, _ = strings.Cut(example, "```\n")
	if p, err := Parse(syntaxPage, []byte(example)); err != nil || p.String() != example {
		t.Errorf("the example is no canonical program: %v\n%s", err, p)
	}
}

func tables() string {
	var b strings.Builder
	b.WriteString("```\n")
	for _, r := range Rows() {
		b.WriteString(r.Help())
	}
	b.WriteString("```\n\nHeader keys:\n\n```\n")
	for _, d := range Keys(Mux) {
		b.WriteString(d.Help())
	}
	b.WriteString("faults    names, separated by commas, of what is on when --faults is not given\n```\n")
	return b.String()
}
