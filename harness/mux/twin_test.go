package mux_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/mux/checked"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/instrument"
)

// moduleRoot is where the names of generated files begin.
const moduleRoot = "../.."

func generate(t *testing.T, fold ...string) *instrument.Result {
	t.Helper()
	res, err := instrument.Generate(instrument.Config{Dir: ".", Fold: fold})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// The twin in the folder checked is what the sources make, and so is what the
// plain package has of the generator: no more files, no others.
func TestTwinCurrent(t *testing.T) {
	res := generate(t)
	for name, want := range res.Files {
		got, err := os.ReadFile(filepath.Join(moduleRoot, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not current, run go generate ./harness/mux: %s", name, firstDiff(string(want), string(got)))
		}
	}
	on, err := filepath.Glob("checked/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range on {
		_, made := res.Files["harness/mux/"+filepath.ToSlash(name)]
		if !made && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s has no source any more, run go generate ./harness/mux", name)
		}
	}
}

// firstDiff shows the first line in which two texts differ.
func firstDiff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d is %q, want %q", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// Coverage does not tell where the planted bugs are: a twin of the sources in
// which a fault is answered with false, and what can no longer run is gone, has
// the same edges. With all of them gone it is still a twin.
func TestFold(t *testing.T) {
	var names []string
	sets := [][]string{{}}
	for _, f := range slices.Concat(fault.All(), fault.Controls()) {
		names = append(names, strings.ReplaceAll(f.Name, "-", "_"))
		sets = append(sets, names[len(names)-1:])
	}
	folded, err := instrument.Folded(instrument.Config{Dir: "."}, sets...)
	if err != nil {
		t.Fatal(err)
	}
	want := edges(folded[0])
	for i, name := range names {
		if diff := cmp.Diff(want, edges(folded[1+i])); diff != "" {
			t.Errorf("%s: -the twin +the twin without the fault\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(want, edges(generate(t, names...).Edges)); diff != "" {
		t.Errorf("-the twin +the twin without any fault\n%s", diff)
	}
}

// Asking which switches a run has come by takes no edge: counting how near a
// search is to a fault must not be something that the search sees.
func TestSwitchesTakeNoEdge(t *testing.T) {
	w, err := checked.New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Arena().Close()
	switches := w.Switches()
	p := program.New(program.Mux)
	p.Ops = []program.Op{{Verb: program.PeerStream, Arg: [program.MaxOperands]uint32{program.KindHeaders}}, {Verb: program.RunAll}}
	play(w, p, fault.Set{}, shadow.Sanitize, false)
	before := slices.Clone(w.Cov())
	if asked := switches.Asked(); asked.Empty() {
		t.Fatal("a run that opens a stream comes by no switch")
	}
	taken := 0
	for i, n := range w.Cov() {
		taken += int(n - before[i])
	}
	if taken != 1 { // Cov's own
		t.Errorf("asking took %d edges", taken-1)
	}
}

// edges lists the edges of a twin by their place in the source.
func edges(of []instrument.Edge) []string {
	var all []string
	for _, e := range of {
		all = append(all, fmt.Sprintf("%s:%d %s %s", e.File, e.Line, e.Func, e.Kind))
	}
	slices.Sort(all)
	return all
}

// A world is what the plain package and its twin have in common.
type world interface {
	Reset(h *program.Header, f fault.Set, mode shadow.Mode, trace bool)
	Step(op program.Op) program.Outcome
	Next(phase uint8) (program.Op, bool)
	SetOp(i int32)
	Audit(a *mux.Audit)
	Trace() []mux.Line
	State() uint32
	Arena() *shadow.Arena
}

func newWorlds(t *testing.T) (plain, twin world) {
	t.Helper()
	p, err := mux.New(shadow.Options{})
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

// What a run shows.
type history struct {
	Ops      []program.Op
	Outcomes []program.Outcome
	States   []uint32
	Lines    []mux.Line
	Audits   [2]mux.Audit // behind the program, and at rest
	// Stopped is what ended the run, with the index of the op that ran.
	Stopped any
}

const settleMost = 2000 // ops

// play runs a program and settles it.
func play(w world, p *program.Program, f fault.Set, mode shadow.Mode, trace bool) (h *history) {
	h = new(history)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		h.Stopped = recover()
		h.Lines = slices.Clone(w.Trace())
	}()
	w.Reset(&p.Header, f, mode, trace)
	step := func(op program.Op) {
		w.SetOp(int32(len(h.Ops)))
		h.Ops = append(h.Ops, op)
		h.Outcomes = append(h.Outcomes, w.Step(op))
		h.States = append(h.States, w.State())
	}
	for _, op := range p.Ops {
		step(op)
	}
	w.Audit(&h.Audits[0])
	for phase := range uint8(5) {
		for n := 0; n < settleMost; n++ {
			op, ok := w.Next(phase)
			if !ok {
				break
			}
			step(op)
		}
	}
	w.Audit(&h.Audits[1])
	return h
}

// trapped reports whether an access ended the run: one that a check refused or
// the memory itself.
func (h *history) trapped() bool {
	_, ok := h.Stopped.(runtime.Error)
	return ok
}

// text spells a history up to where it stops, for people.
func (h *history) text(p *program.Program) string {
	q := program.Program{Header: p.Header, Ops: h.Ops}
	return fmt.Sprintf("%s# %v", q.String(), h.Stopped)
}

// With faults off the twin does what the plain package does: outcomes, events,
// states and audits, op by op, on memory that is recycled there and never here.
func TestPlainEqualsChecked(t *testing.T) {
	programs := 2000
	if testing.Short() {
		programs = 200
	}
	plain, twin := newWorlds(t)
	rng := program.NewRand(1)
	var p program.Program
	for range programs {
		program.Generate(rng, &p, program.Limits{})
		playBoth(t, plain, twin, &p)
	}
}

// So do the programs of the transcripts, which reach further into what can
// fail.
func TestPlainEqualsCheckedOnTranscripts(t *testing.T) {
	plain, twin := newWorlds(t)
	for name, p := range mux.Transcripts(t) {
		t.Run(name, func(t *testing.T) { playBoth(t, plain, twin, p) })
	}
}

// playBoth plays a program, which must not stop, on both worlds.
func playBoth(t *testing.T, plain, twin world, p *program.Program) {
	t.Helper()
	a := play(plain, p, fault.Set{}, shadow.Plain, true)
	b := play(twin, p, fault.Set{}, shadow.Sanitize, true)
	if a.Stopped != nil || b.Stopped != nil {
		t.Errorf("plain stops with %v, the twin with %v\n%s", a.Stopped, b.Stopped, b.text(p))
		return
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Fatalf("-plain +checked\n%s\n%s", diff, b.text(p))
	}
}

// The second judge: with every object on pages of its own that become
// inaccessible when it is freed, the plain package faults where an access
// strays. The twin must have trapped before, or a check is missing.
func TestPagesAgree(t *testing.T) {
	plain, twin := newWorlds(t)
	tests := []struct {
		name     string
		faults   fault.Set
		programs int
		next     func(*program.Rand, *program.Program)
	}{
		{"off", fault.Set{}, 400, func(r *program.Rand, p *program.Program) {
			program.Generate(r, p, program.Limits{})
		}},
		{"on", fault.Set{}.With(fault.HAPROXY_bd384a359), 400, func(r *program.Rand, p *program.Program) {
			p.CopyFrom(lastWake(t))
			for range r.Intn(4) {
				program.Mutate(r, p, nil, program.Limits{})
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rng := program.NewRand(2)
			var p program.Program
			faulted := 0
			for range tt.programs {
				tt.next(rng, &p)
				page := play(plain, &p, tt.faults, shadow.Page, false)
				clean := play(twin, &p, tt.faults, shadow.Sanitize, false)
				if !page.trapped() {
					continue
				}
				faulted++
				if !clean.trapped() || len(clean.Ops) > len(page.Ops) {
					t.Errorf("the pages fault and the twin does not:\n%s", page.text(&p))
				}
			}
			if on := !tt.faults.Empty(); on != (faulted > 0) {
				t.Errorf("%d of %d programs fault", faulted, tt.programs)
			}
		})
	}
}

// lastWake is #2494: at the release one stream holds the only Tx buffer and
// another one waits for it.
func lastWake(t *testing.T) *program.Program {
	t.Helper()
	p, err := program.Parse("2494", []byte(`lastwake/1 mux app=hq bufs=1
net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s4 headers fin
app.send c0/s0 len=4000
app.send c0/s4 len=4000
run.mux c0
app.detach c0/s0
app.detach c0/s4
run.timer c0 mux
`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
