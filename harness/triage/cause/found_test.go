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
func shapesOf(t *testing.T, run *exec.Runner, f *fault.Fault, seed uint64, tries int) []played {
	t.Helper()
	start := seedOf(t, f)
	on := fault.Set{}.With(f.ID)
	for _, id := range f.Requires {
		on = on.With(id)
	}
	limits := program.Limits{Ops: 64, Actors: model.Mux{}.Actors()}
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
	return slices.DeleteFunc(fault.All(), func(f fault.Fault) bool { return !memoryClasses[f.Class] || f.Model != program.Mux })
}

// stacks.txt has the ways of every memory fault; -update looks for them anew.
func TestStacks(t *testing.T) {
	if !*update {
		text, err := os.ReadFile("stacks.txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range memoryFaults() {
			if !strings.Contains(string(text), f.Name+" ; ") {
				t.Logf("%s has no stack yet: go test ./harness/triage/cause -run Stacks -update", f.Name)
			}
		}
		return
	}
	var b strings.Builder
	run := newRunner(t)
	for _, f := range memoryFaults() {
		var lines []string
		for _, s := range shapesOf(t, run, &f, 0x5eed, 6000) {
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

func newRunner(t *testing.T) *exec.Runner {
	t.Helper()
	session, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return exec.New(session)
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

// A catalogued memory fault is found whatever tool shows it, with a third of
// its frames dropped, inlined or renamed: first in at least 95 of a hundred.
// The programs are none of those that stacks.txt was made from.
func TestEveryMemoryFault(t *testing.T) {
	book, err := cause.Load(corpus.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	run := newRunner(t)
	first, total := 0, 0
	miss, of := map[string]int{}, map[string]int{}
	for _, f := range memoryFaults() {
		shapes := shapesOf(t, run, &f, 0xd15701, 1000)
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
					b.use, b.free, b.alloc = blurred(s.use, r), blurred(s.free, r), blurred(s.alloc, r)
					got := firstOf(t, book, render(&b, r))
					key := f.Name + " " + form
					total++
					of[key]++
					if got == f.Name {
						first++
					} else if miss[key]++; testing.Verbose() && miss[key] == 1 {
						t.Logf("%s: got %q for %s | %s | %s", key, got, words(b.use), words(b.free), words(b.alloc))
					}
				}
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(miss)) {
		t.Logf("%-32s %d of %d missed", k, miss[k], of[k])
	}
	t.Logf("first in %d of %d, %.1f %%", first, total, 100*float64(first)/float64(total))
	if float64(first) < 0.95*float64(total) {
		t.Errorf("first in %d of %d, less than 95 %%", first, total)
	}
}

// blurred is the whole stack of a process, with a third of it blurred.
func blurred(frames []string, r *rand.Rand) []string {
	if len(frames) == 0 {
		return nil
	}
	last, _ := split(frames[len(frames)-1])
	return blur(slices.Concat(frames, cause.Callers(last), loop), r)
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
