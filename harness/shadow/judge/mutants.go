package judge

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Mutant is the sanitizer with one thing left out: a statement of its
// runtime, or what a rule of the rewriter does at one size. All of them are in
// one build, and an environment variable says which of them it is.
type Mutant struct {
	ID   int    // from 1; 0 is the sanitizer as it is
	Name string // of what is left out: "Arena.dead: a.mark(...)", "rule load of 4"
}

// MutantVariable is the environment variable with the ID.
const MutantVariable = "LASTWAKE_MUTANT"

// runtimeFuncs are the functions of package shadow that check, poison,
// unpoison or count while a run is sanitized. The free lists of the other
// modes, what a report looks like and where an address is are none of those.
var runtimeFuncs = []string{
	"Ld1", "Ld2", "Ld4", "Ld8", "St1", "St2", "St4", "St8",
	"Fill", "Copy", "Bytes", "Zero", "mayWrite",
	"paint", "paintUninit", "paintFreed", "poisoned",
	"Alloc", "allocSlow", "know", "carve", "chunk", "born", "Free", "freeSlow", "dead", "mark",
	"find", "static", "Live", "Freed", "EachLive",
	"Static", "Push", "Pop", "Unmap",
	"Reset", "setQuick", "poisonAll",
	"codeAll", "encode", "respell",
}

// unsanitized are the conditions of what is done in the modes that check
// nothing, and in Page, where the processor does.
var unsanitized = regexp.MustCompile(`== (Plain|AsShipped|Page)\b|^(quickPlain|AsShipped|Page)$|\bmode\.open\(\)|^mode\.open\(\)$`)

// modelsOwn are the statements that are the model's accesses themselves.
var modelsOwn = []string{"*p = v", "s[i] = b", "clear(view(p, n))", "copy(view(dst, n), view(src, n))", "clear(a.bytes(off, size))"}

// skipped are the files that are no part of the sanitizer: tests, what lets
// AddressSanitizer judge, and a twin's canary.
var skipped = regexp.MustCompile(`_test\.go$|/arena_asan|/zz_generated\.go$`)

// twins are the twins in which rules are left out, as folders below that of
// package shadow.
var twins = []string{"judge/cases/checked", "instrument/testdata/toy/checked"}

// A mutator collects mutants while it writes them into sources.
type mutator struct {
	src     string // the folder of package shadow
	files   map[string]string
	mutants []Mutant
	ids     map[string]int
}

// Mutate writes all mutants into one copy of package shadow, whose sources are
// in the folder src, and of two twins, in the folder dir. It returns the
// mutants and the name of the file for go build -overlay.
func Mutate(src, dir string) ([]Mutant, string, error) {
	src, err := filepath.Abs(src)
	if err != nil {
		return nil, "", err
	}
	m := &mutator{src: src, files: map[string]string{}, ids: map[string]int{}}
	if err := m.each(src, m.runtime); err != nil {
		return nil, "", err
	}
	for _, twin := range twins {
		if err := m.each(filepath.Join(src, twin), m.twin); err != nil {
			return nil, "", err
		}
	}
	m.files[filepath.Join(src, "arena_mutant.go")] = selector
	overlay, err := writeOverlay(dir, m.files)
	return m.mutants, overlay, err
}

// each has the Go files of a folder mutated that are no tests.
func (m *mutator) each(dir string, mutate func(*source)) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if skipped.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s := &source{text: string(text), set: token.NewFileSet()}
		if s.ast, err = parser.ParseFile(s.set, name, text, parser.SkipObjectResolution); err != nil {
			return err
		}
		if mutate(s); len(s.edits) > 0 {
			m.files[name] = s.edited()
		}
	}
	return nil
}

// id is the number of the mutant of a name; the same for the same name.
func (m *mutator) id(name string) int {
	if m.ids[name] == 0 {
		m.ids[name] = len(m.mutants) + 1
		m.mutants = append(m.mutants, Mutant{len(m.mutants) + 1, name})
	}
	return m.ids[name]
}

// next is the number of a mutant of its own, whose name gets a count when
// there is one of that name already.
func (m *mutator) next(name string) int {
	unique := name
	for n := 2; m.ids[unique] != 0; n++ {
		unique = fmt.Sprintf("%s (%d)", name, n)
	}
	return m.id(unique)
}

// A source is a file that is mutated.
type source struct {
	text  string
	set   *token.FileSet
	ast   *ast.File
	edits []insertion
}

// An insertion is text to be put in at an offset. What follows in the source
// keeps its line.
type insertion struct {
	at   int
	text string
}

func (s *source) offset(p token.Pos) int { return s.set.PositionFor(p, false).Offset }

// of is the source text of a node.
func (s *source) of(n ast.Node) string { return s.text[s.offset(n.Pos()):s.offset(n.End())] }

// wrap puts text around a node.
func (s *source) wrap(n ast.Node, before, after string) {
	s.edits = append(s.edits, insertion{s.offset(n.Pos()), before}, insertion{s.offset(n.End()), after})
}

func (s *source) edited() string {
	slices.SortStableFunc(s.edits, func(a, b insertion) int { return a.at - b.at })
	var b strings.Builder
	from := 0
	for _, e := range s.edits {
		b.WriteString(s.text[from:e.at])
		b.WriteString(e.text)
		from = e.at
	}
	return b.String() + s.text[from:]
}

// oneLine is a node's text for a name.
func (s *source) oneLine(n ast.Node) string { return strings.Join(strings.Fields(s.of(n)), " ") }

// An Equivalent is a mutant that does what the sanitizer does.
type Equivalent struct{ Name, Proof string }

// ReadEquivalents reads the mutants that need not be told from the sanitizer:
// a name each, and in the indented lines below it the proof.
func ReadEquivalents(file string) ([]Equivalent, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var es []Equivalent
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := s.Text()
		switch {
		case line == "" || line[0] == '#':
		case line[0] != '\t':
			es = append(es, Equivalent{Name: line})
		case len(es) == 0:
			return nil, fmt.Errorf("%s:%d: a proof of nothing", file, n)
		default:
			e := &es[len(es)-1]
			e.Proof = strings.TrimSpace(e.Proof + " " + strings.TrimSpace(line))
		}
	}
	return es, s.Err()
}
