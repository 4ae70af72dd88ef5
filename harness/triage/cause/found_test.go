package cause_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/process"
	"github.com/lastwake/lastwake/harness/triage/cause"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

var update = flag.Bool("update", false, "look for the stacks anew")

// memoryClasses are the classes that gdb, ASan and Valgrind can show. A leak
// leaves no core.
var memoryClasses = map[string]bool{"heap-use-after-free": true, "double-free": true, "use-of-uninitialized-value": true,
	"stack-use-after-scope": true, "null-dereference": true, "wild-access": true, "heap-buffer-overflow": true, "bad-free": true, "leak": true}

// A played shape has the signature of the finding that it is of.
type played struct {
	shape
	signature string
}

// shapesOf makes programs out of the fault's seed that show the fault, and
// returns the different stacks that they die with.
func shapesOf(t *testing.T, runners map[string]*exec.Runner, f *fault.Fault, seed uint64, tries int) []played {
	t.Helper()
	start, run := seedOf(t, f), runners[f.Model]
	on := fault.Set{}.With(f.ID)
	for _, id := range f.Requires {
		on = on.With(id)
	}
	limits := program.Limits{Ops: 64, Actors: models[f.Model].Actors()}
	rnd := program.NewRand(seed)
	seen := map[string]bool{}
	var shapes []played
	pool := []*program.Program{start}
	for try := range tries {
		p := start.Clone()
		if try > 0 {
			p = pool[rnd.Intn(len(pool))].Clone()
			for range 1 + rnd.Intn(3) {
				program.Mutate(rnd, p, start, limits)
			}
		}
		p.Header.Faults = nil
		h := run.Run(p, on)
		if h.Stop.Kind == target.StopNone && f.Class != trace.Leak || !oracle.Suspect(h) {
			continue
		}
		found, err := run.Explain(p, on)
		if err != nil {
			t.Fatal(err)
		}
		if found == nil || !memoryClasses[string(found.Verdict.Class)] || found.Signature() != f.Primary && !slices.Contains(f.Others, found.Signature()) {
			continue
		}
		s := played{shapeOf(found), found.Signature()}
		if key := fmt.Sprint(s.use, s.free, s.alloc); !seen[key] {
			seen[key] = true
			shapes = append(shapes, s)
			pool = append(pool, p)
		}
	}
	return shapes
}

// seedOf is the program that walks up to the fault.
func seedOf(t *testing.T, f *fault.Fault) *program.Program {
	t.Helper()
	seeds, err := corpus.Embedded().Seeds(f.Model)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		if strings.HasSuffix(s.File, f.Seed) {
			return s.Program
		}
	}
	t.Fatalf("%s: no seed %s", f.Name, f.Seed)
	return nil
}

// memoryFaults are the faults whose findings a debugger can show.
func memoryFaults() []fault.Fault {
	return slices.DeleteFunc(fault.All(), func(f fault.Fault) bool { return !memoryClasses[f.Class] || models[f.Model] == nil })
}

// models are the targets that faults are switches of.
var models = map[string]target.Target{program.Mux: model.Mux{}, program.Process: process.Process{}}

// stacks.txt has the ways of every memory fault; -update looks for them anew.
func TestStacks(t *testing.T) {
	if !*update {
		text, err := os.ReadFile("stacks.txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range memoryFaults() {
			if !strings.HasPrefix(f.Name, "HYPOTHESIS-") && !strings.Contains(string(text), f.Name+" ; ") {
				t.Logf("%s has no stack yet: go test ./harness/triage/cause -run Stacks -update", f.Name)
			}
		}
		return
	}
	var b strings.Builder
	runners := newRunners(t)
	for _, f := range memoryFaults() {
		if strings.HasPrefix(f.Name, "HYPOTHESIS-") {
			continue // nobody has seen it: its known crash is enough
		}
		var lines []string
		for _, s := range shapesOf(t, runners, &f, 0x5eed, 6000) {
			lines = append(lines, fmt.Sprintf("%s ; %s ; %d ; %s ; %s ; %s\n", f.Name, s.signature, s.size, words(s.use), words(s.free), words(s.alloc)))
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, ""))
	}
	if err := os.WriteFile("stacks.txt", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// words are the functions of a stack.
func words(frames []string) string {
	var names []string
	for _, f := range frames {
		fn, _ := split(f)
		names = append(names, fn)
	}
	if names == nil {
		return "-"
	}
	return strings.Join(names, " ")
}

func newRunners(t *testing.T) map[string]*exec.Runner {
	t.Helper()
	runners := map[string]*exec.Runner{}
	for name, m := range models {
		session, err := m.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = session.Close() })
		runners[name] = exec.New(session)
	}
	return runners
}

// shapeOf is what a debugger of C would see of a finding.
func shapeOf(f *exec.Finding) shape {
	s := shape{class: string(f.Verdict.Class), use: cNames(f.Use)}
	if f.Object != nil {
		s.size, s.alloc = f.Object.Size, cNames(f.Object.Alloc)
		if f.Object.FreeOp >= 0 {
			s.free = cNames(f.Object.Free)
		}
		if f.Object.Type == "tasklet" {
			s.thr = 0x55b9
		}
	}
	return s
}

// cNames are the frames that model a C function.
func cNames(frames []target.Frame) []string {
	var names []string
	for _, f := range frames {
		if strings.ContainsAny(f.Func, "().") || f.CFile == "" || len(names) > 0 && strings.HasPrefix(names[len(names)-1], f.Func+" ") {
			continue
		}
		names = append(names, f.Func+" "+f.CFile)
	}
	return names
}

// A rendering is one way in which one tool shows one fault.
type rendering struct {
	fault, form, text string
	names             string // of its functions
}

// id is what decides in which half a rendering is.
func (r *rendering) id() string { return r.fault + r.form + r.names }

// renderings shows every memory fault by every tool, with a third of its
// frames dropped, inlined or renamed. The programs are none of those that
// stacks.txt was made from.
func renderings(t *testing.T) []rendering {
	t.Helper()
	runners := newRunners(t)
	var all []rendering
	for _, f := range memoryFaults() {
		shapes := shapesOf(t, runners, &f, 0xd15701, 1000)
		if len(shapes) == 0 {
			t.Errorf("%s: no stack", f.Name)
		}
		for i, s := range shapes[:min(8, len(shapes))] {
			for form, render := range forms {
				if form == "gdb" && s.class == trace.Leak {
					continue
				}
				for k := range 5 {
					r := rand.New(rand.NewPCG(uint64(i), uint64(k)))
					b := s.shape
					below := loops[f.Model]
					b.use, b.free, b.alloc = blurred(s.use, below, r), blurred(s.free, below, r), blurred(s.alloc, below, r)
					all = append(all, rendering{f.Name, form, render(&b, r), words(b.use) + " | " + words(b.free) + " | " + words(b.alloc)})
				}
			}
		}
	}
	return all
}

// loops are what stands below everything in a process of each model.
var loops = map[string][]string{program.Mux: loop, program.Process: {"main src/haproxy.c"}}

// A share is a part of a whole.
type share struct{ n, of int }

func (s *share) add(yes bool) {
	s.of++
	if yes {
		s.n++
	}
}

func (s share) String() string {
	return fmt.Sprintf("%d of %d, %.1f %%", s.n, s.of, 100*float64(s.n)/float64(max(1, s.of)))
}

// least reports whether s is at least so many percent.
func (s share) least(percent int) bool { return 100*s.n >= percent*s.of }

// A catalogued memory fault is first whatever tool shows it, in at least 95 of
// a hundred; of the half that nothing was chosen by, too. Hypotheses are
// counted apart: they are ways in which the same environment could come to
// harm, and a core does not tell them from each other.
func TestEveryMemoryFault(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	var whole, held, guessed, oneOf share
	miss := map[string]*share{}
	for _, r := range renderings(t) {
		got := firstOf(t, book, r.text)
		if strings.HasPrefix(r.fault, "HYPOTHESIS-") {
			guessed.add(got == r.fault)
			oneOf.add(strings.HasPrefix(got, "HYPOTHESIS-"))
			continue
		}
		whole.add(got == r.fault)
		if second(r.id()) {
			held.add(got == r.fault)
		}
		key := r.fault + " " + r.form
		if miss[key] == nil {
			miss[key] = &share{}
		}
		miss[key].add(got != r.fault)
		if testing.Verbose() && got != r.fault && miss[key].n == 1 {
			t.Logf("%s: got %q for %s", key, got, r.names)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(miss)) {
		if miss[k].n > 0 {
			t.Logf("%-32s missed %s", k, miss[k])
		}
	}
	t.Logf("first in %s; in the half that nothing was chosen by in %s", whole, held)
	t.Logf("hypotheses: first in %s, one of them first in %s", guessed, oneOf)
	if !whole.least(95) || !held.least(94) {
		t.Errorf("first in %s, %s: want 95 %%", whole, held)
	}
}

// blurred is the whole stack of a process, with a third of it blurred.
func blurred(frames, below []string, r *rand.Rand) []string {
	if len(frames) == 0 {
		return nil
	}
	last, _ := split(frames[len(frames)-1])
	return blur(slices.Concat(frames, cause.Callers(last), below), r)
}

// firstOf returns the name of the best candidate, "" for none.
func firstOf(t *testing.T, book *cause.Book, text string) string {
	t.Helper()
	doc, err := trace.Read("x", strings.NewReader(text), trace.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if r := book.Match(doc); len(r.Candidates) > 0 {
		return r.Candidates[0].Name()
	}
	return ""
}
