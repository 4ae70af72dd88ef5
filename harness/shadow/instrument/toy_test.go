package instrument_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/instrument"
	"github.com/lastwake/lastwake/harness/shadow/instrument/testdata/toy"
	"github.com/lastwake/lastwake/harness/shadow/instrument/testdata/toy/checked"
	"github.com/lastwake/lastwake/harness/shadow/instrument/testdata/toy/folded"
)

const toyDir = "harness/shadow/instrument/testdata/toy"

func generateToy(t *testing.T, out string, fold ...string) *instrument.Result {
	t.Helper()
	res, err := instrument.Generate(instrument.Config{
		Dir:    "testdata/toy",
		OutDir: filepath.Join("testdata/toy", out),
		Fold:   fold,
	})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// The twins in the folder are what Generate makes of the sources next to them.
func TestToyIsCurrent(t *testing.T) {
	for _, res := range []*instrument.Result{generateToy(t, "checked"), generateToy(t, "folded", "HAPROXY_bd384a359")} {
		for name, want := range res.Files {
			got, err := os.ReadFile(filepath.Join("testdata/toy", strings.TrimPrefix(name, toyDir)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s: run go generate in testdata/toy: -want +got\n%s", name, diff)
			}
		}
	}
}

// The same source makes the same bytes, whatever the order of maps.
func TestGenerateIsDeterministic(t *testing.T) {
	want := generateToy(t, "checked")
	for range 5 {
		got := generateToy(t, "checked")
		if !cmp.Equal(want.Files, got.Files) || !slices.Equal(want.Edges, got.Edges) {
			t.Fatal("two runs of Generate differ")
		}
	}
}

// A world is what the plain package and its twins have in common.
type world interface {
	Reset(mode shadow.Mode, faults fault.Set)
	Step(op, i uint8, n uint64)
	Log() []uint64
	Report() toy.Report
	Cov() []uint8
}

type op struct {
	code, session uint8
	n             uint64
}

func program(seed uint64) []op {
	r := rand.New(rand.NewPCG(seed, 0))
	ops := make([]op, 60)
	for i := range ops {
		ops[i] = op{uint8(r.IntN(6)), uint8(r.IntN(5)), r.Uint64N(100)}
	}
	return ops
}

// run plays a program and returns the panic's value and frames.
func run(w world, mode shadow.Mode, faults fault.Set, ops []op) (trap any, frames []runtime.Frame) {
	defer func() {
		if trap = recover(); trap == nil {
			return
		}
		var pcs [32]uintptr
		next := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
		for more := true; more; {
			var f runtime.Frame
			f, more = next.Next()
			frames = append(frames, f)
		}
	}()
	w.Reset(mode, faults)
	for _, o := range ops {
		w.Step(o.code, o.session, o.n)
	}
	return nil, nil
}

func must[W world](t *testing.T, newWorld func(shadow.Options) (W, error)) world {
	t.Helper()
	w, err := newWorld(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const seeds = 300

// The twin does what the plain package does.
func TestTwinAgrees(t *testing.T) {
	plain, twin := must(t, toy.New), must(t, checked.New)
	for seed := range uint64(seeds) {
		ops := program(seed)
		if trap, _ := run(plain, shadow.Plain, fault.Set{}, ops); trap != nil {
			t.Fatalf("seed %d: plain: %v", seed, trap)
		}
		if trap, frames := run(twin, shadow.Sanitize, fault.Set{}, ops); trap != nil {
			t.Fatalf("seed %d: twin: %v\n%v", seed, trap, frames)
		}
		if diff := cmp.Diff(plain.Log(), twin.Log()); diff != "" {
			t.Fatalf("seed %d: -plain +twin\n%s", seed, diff)
		}
		if plain.Report() != twin.Report() {
			t.Fatalf("seed %d: plain %v, twin %v", seed, plain.Report(), twin.Report())
		}
	}
}

// With the fault on, the plain package reads freed memory and goes on; the twin
// traps at that line of the source, and the table knows the C function.
func TestPlantedUseAfterFree(t *testing.T) {
	const (
		sanitize = shadow.Sanitize
		line     = "if b.used > 0 {"
	)
	on := fault.Set{}.With(fault.HAPROXY_bd384a359)
	ops := []op{{0, 0, 3}, {1, 0, 9}, {5, 0, 3}}
	if trap, _ := run(must(t, toy.New), shadow.Plain, on, ops); trap != nil {
		t.Errorf("plain: %v", trap)
	}
	trap, frames := run(must(t, checked.New), sanitize, on, ops)
	if err, ok := trap.(runtime.Error); !ok || !strings.Contains(err.Error(), "index out of range") {
		t.Fatalf("twin: got %v, want an index error", trap)
	}
	i := slices.IndexFunc(frames, func(f runtime.Frame) bool { return strings.Contains(f.Function, "/checked.") })
	if i < 0 || !strings.HasSuffix(frames[i-1].Function, "shadow.Ld1[...]") {
		t.Fatalf("no check in %v", frames)
	}
	got := frames[i]
	if got.File != path.Join(toyDir, "toy.go") || !strings.HasSuffix(got.Function, "/toy/checked.(*World).close") {
		t.Errorf("trap in %s, %s", got.Function, got.File)
	}
	src, err := os.ReadFile("testdata/toy/toy.go")
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.TrimSpace(strings.Split(string(src), "\n")[got.Line-1]); text != line {
		t.Errorf("trap at line %d, %q; want %q", got.Line, text, line)
	}
	if c, ok := toy.CFuncOf(got.Function); !ok || c.C != "session_close" || c.Primitive {
		t.Errorf("CFuncOf(%q) = %v, %t", got.Function, c, ok)
	}
}

// edgesOf adds the edges that a program takes to set, each by its place in the
// source.
func edgesOf(w world, faults fault.Set, ops []op, edges []instrument.Edge, set map[string]bool) {
	run(w, shadow.Sanitize, faults, ops)
	for id, n := range w.Cov() {
		if n != 0 {
			e := edges[id]
			set[fmt.Sprintf("%s:%d %s %s", e.File, e.Line, e.Func, e.Kind)] = true
		}
	}
}

// Coverage does not tell where a fault is: with the fault off, the twin takes
// the edges that it would take if the fault were not in the source, and with
// the fault on it takes no others.
func TestCoverageIsBlindToFaults(t *testing.T) {
	here, folds := generateToy(t, "checked").Edges, generateToy(t, "folded", "HAPROXY_bd384a359").Edges
	twin, fold := must(t, checked.New), must(t, folded.New)
	off, on, without := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for seed := range uint64(seeds) {
		ops := program(seed)
		edgesOf(twin, fault.Set{}, ops, here, off)
		edgesOf(twin, fault.Set{}.With(fault.HAPROXY_bd384a359), ops, here, on)
		edgesOf(fold, fault.Set{}, ops, folds, without)
	}
	if diff := cmp.Diff(without, off); diff != "" {
		t.Errorf("-without the fault +with the fault off\n%s", diff)
	}
	maps.DeleteFunc(on, func(e string, _ bool) bool { return off[e] })
	if len(on) > 0 {
		t.Errorf("with the fault on: %v", slices.Sorted(maps.Keys(on)))
	}
	if len(off) < len(here)*3/4 {
		t.Errorf("the programs take %d of %d edges", len(off), len(here))
	}
}
