package process_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/process"
	"github.com/lastwake/lastwake/harness/process/checked"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/instrument"
)

func generate(t *testing.T, fold ...string) *instrument.Result {
	t.Helper()
	res, err := instrument.Generate(instrument.Config{Dir: ".", Fold: fold})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// The twin in the folder checked is what the sources make: no more files, no
// others.
func TestTwinCurrent(t *testing.T) {
	res := generate(t)
	for name, want := range res.Files {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not current, run go generate ./harness/process", name)
		}
	}
	on, err := filepath.Glob("checked/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range on {
		if _, made := res.Files["harness/process/"+filepath.ToSlash(name)]; !made && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s has no source any more, run go generate ./harness/process", name)
		}
	}
}

// Coverage does not tell where the planted bugs are: a twin of the sources in
// which every fault is answered with false has the same edges.
func TestFold(t *testing.T) {
	var names []string
	for _, f := range fault.All() {
		if f.Model == program.Process {
			names = append(names, strings.ReplaceAll(f.Name, "-", "_"))
		}
	}
	if diff := cmp.Diff(edges(generate(t)), edges(generate(t, names...))); diff != "" {
		t.Errorf("-the twin +the twin without the faults\n%s", diff)
	}
}

// edges lists the edges of a twin by their place in the source.
func edges(res *instrument.Result) []string {
	var all []string
	for _, e := range res.Edges {
		all = append(all, fmt.Sprintf("%s:%d %s %s", e.File, e.Line, e.Func, e.Kind))
	}
	slices.Sort(all)
	return all
}

// A world is what the plain package and its twin have in common.
type world interface {
	Reset(h *program.Header, f fault.Set, mode shadow.Mode, trace bool)
	Step(op program.Op) program.Outcome
	SetOp(i int32)
	Audit() process.Audit
	Trace() []process.Line
	State() uint32
	Arena() *shadow.Arena
}

func newWorlds(t *testing.T) (plain, twin world) {
	t.Helper()
	p, err := process.New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := checked.New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Arena().Close(); c.Arena().Close() })
	return p, c
}

// A history is what a run shows.
type history struct {
	Outcomes []program.Outcome
	States   []uint32
	Lines    []process.Line
	Audit    process.Audit
	Stopped  any
}

func play(w world, p *program.Program, faults fault.Set, mode shadow.Mode) (h *history) {
	h = new(history)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		h.Stopped = recover()
		h.Lines = slices.Clone(w.Trace())
		h.Audit = w.Audit()
	}()
	w.Reset(&p.Header, faults, mode, true)
	for i, op := range p.Ops {
		w.SetOp(int32(i))
		h.Outcomes = append(h.Outcomes, w.Step(op))
		h.States = append(h.States, w.State())
	}
	return h
}

// With faults off the twin does what the plain package does, op by op, and
// finds nothing wrong.
func TestPlainEqualsChecked(t *testing.T) {
	programs := 3000
	if testing.Short() {
		programs = 300
	}
	plain, twin := newWorlds(t)
	rng := program.NewRand(1)
	p := program.New(program.Process)
	for range programs {
		program.Generate(rng, p, program.Limits{})
		a, b := play(plain, p, fault.Set{}, shadow.Plain), play(twin, p, fault.Set{}, shadow.Sanitize)
		if a.Stopped != nil || b.Stopped != nil || b.Audit != (process.Audit{}) {
			t.Fatalf("plain stops with %v, the twin with %v, %+v\n%s", a.Stopped, b.Stopped, b.Audit, p)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("-plain +checked\n%s\n%s", diff, p)
		}
	}
}

// So it does in the memory of a run to the symptom.
func TestSymptomRunIsTheSameRun(t *testing.T) {
	plain, twin := newWorlds(t)
	rng := program.NewRand(2)
	p := program.New(program.Process)
	for range 100 {
		program.Generate(rng, p, program.Limits{})
		a, b := play(plain, p, fault.Set{}, shadow.Plain), play(twin, p, fault.Set{}, shadow.AsShipped)
		if b.Stopped != nil || !slices.Equal(a.Outcomes, b.Outcomes) {
			t.Fatalf("it stops with %v\n%s", b.Stopped, p)
		}
	}
}

// trapped reports whether the run ended with an access that strayed, or a free.
func (h *history) trapped() bool {
	_, budget := h.Stopped.(*process.Budget)
	return h.Stopped != nil && !budget
}

// The second judge: with every object on pages of its own that become
// inaccessible when it is freed, the plain package faults where an access
// strays. The twin must have trapped before, or who looks on have seen in it what
// they fault on here; otherwise a check is missing. Pages have one address space,
// so that nobody forks and nothing is executed.
func TestPagesAgree(t *testing.T) {
	plain, twin := newWorlds(t)
	alone := func(op program.Op) bool {
		switch op.Verb {
		case program.ProcFork, program.ProcSpawn, program.ProcReexec, program.ProcFailLoad:
			return true
		}
		return false
	}
	stray := fault.Set{}.With(fault.HYPOTHESIS_putenv_freed).With(fault.HYPOTHESIS_walk_keeps_array).With(fault.HAPROXY_bf8c871e2)
	for _, tt := range []struct {
		name   string
		faults fault.Set
	}{{"off", fault.Set{}}, {"on", stray}} {
		t.Run(tt.name, func(t *testing.T) {
			rng := program.NewRand(4)
			p := program.New(program.Process)
			faulted := 0
			for range 400 {
				program.Generate(rng, p, program.Limits{})
				p.Ops = slices.DeleteFunc(p.Ops, alone)
				page, clean := play(plain, p, tt.faults, shadow.Page), play(twin, p, tt.faults, shadow.Sanitize)
				if !page.trapped() {
					continue
				}
				faulted++
				trapped := clean.trapped() && len(clean.Outcomes) <= len(page.Outcomes)
				if !trapped && clean.Audit == (process.Audit{}) {
					t.Errorf("the pages fault (%v) after %d ops, the twin stops (%v) after %d:\n%s", page.Stopped, len(page.Outcomes), clean.Stopped, len(clean.Outcomes), p)
				}
			}
			if on := !tt.faults.Empty(); on != (faulted > 0) {
				t.Errorf("%d of 400 programs fault", faulted)
			}
		})
	}
}
