package bench

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// options measure two shallow faults with two seeds: a few thousand ops.
func options(file string) Options {
	a, b := fault.HAPROXY_1cb254ad7.Fault(), fault.HAPROXY_ea4a5cbbd.Fault()
	return Options{Target: model.Mux{}, Faults: []fault.Fault{a, b}, Methods: []string{"hunt", "uniform"},
		Seeds: 2, Ops: 200_000, Lengths: true, File: file, Build: "test"}
}

func newBench(t *testing.T, o Options) *Bench {
	t.Helper()
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

var ignoreTime = cmp.Options{
	cmpopts.IgnoreFields(Result{}, "Seconds", "Spent"),
	cmpopts.IgnoreUnexported(hunt.Ladder{}),
	cmpopts.EquateEmpty(),
}

// A bench that is interrupted loses the cells that were running, and goes on
// with the others: the results are those of one that was not.
func TestResume(t *testing.T) {
	whole := newBench(t, options(filepath.Join(t.TempDir(), "cells.jsonl")))
	if err := whole.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if n := len(whole.Results()); n != 8 {
		t.Fatalf("%d results, want one for each of 8 cells", n)
	}

	file := filepath.Join(t.TempDir(), "cells.jsonl")
	ctx, cancel := context.WithCancel(context.Background())
	first := newBench(t, options(file))
	n := 0
	err := first.Run(ctx, func(Result) {
		if n++; n == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted bench ends with %v", err)
	}
	kept := len(first.Results())
	if kept < 3 || kept > 4 {
		t.Fatalf("%d results after 3 of 8 cells", kept)
	}
	second := newBench(t, options(file))
	if got, want := len(second.Plan()), 8-kept; got != want {
		t.Fatalf("%d cells to run, want the %d that are left", got, want)
	}
	if err := second.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.Results(), second.Results(), ignoreTime); diff != "" {
		t.Errorf("-whole +resumed\n%s", diff)
	}
	for _, r := range second.Results() {
		if !r.Found || len(r.Foreign) > 0 {
			t.Errorf("%s: found %t, foreign %q", r.Cell, r.Found, r.Foreign)
		}
		if hunted := r.Method == "hunt"; hunted != (r.Length > 0) || r.long() {
			t.Errorf("%s: shrunk to %d ops", r.Cell, r.Length)
		}
	}
}

// Workers change nothing but the time.
func TestWorkersDoNotMatter(t *testing.T) {
	o := options("")
	one := newBench(t, o)
	o.Workers = 3
	three := newBench(t, o)
	for _, b := range []*Bench{one, three} {
		if err := b.Run(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(one.Results(), three.Results(), ignoreTime); diff != "" {
		t.Errorf("-one +three\n%s", diff)
	}
}

// An epoch may come upon a fault several times: the first one counts.
func TestFirstFindingCounts(t *testing.T) {
	o := options("")
	o.Methods, o.Lengths = []string{"hunt"}, false
	b := newBench(t, o)
	if err := b.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Results() {
		if r.Ops != r.Ladder.DetectedOps {
			t.Errorf("%s: found after %d ops, but first seen after %d", r.Cell, r.Ops, r.Ladder.DetectedOps)
		}
	}
}

// Without Lengths nothing is shrunk, and all else is the same.
func TestNoLengths(t *testing.T) {
	o := options("")
	o.Seeds, o.Methods = 1, []string{"hunt"}
	shrunk := newBench(t, o)
	o.Lengths = false
	not := newBench(t, o)
	for _, b := range []*Bench{shrunk, not} {
		if err := b.Run(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range not.Results() {
		if r.Length != 0 {
			t.Errorf("%s: shrunk to %d ops", r.Cell, r.Length)
		}
	}
	if diff := cmp.Diff(shrunk.Results(), not.Results(), ignoreTime, cmpopts.IgnoreFields(Result{}, "Length")); diff != "" {
		t.Errorf("-shrunk +not\n%s", diff)
	}
}

// Results of another build are refused, and kept.
func TestOtherBuild(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "cells.jsonl"))
	line := `{"method":"hunt","fault":"HAPROXY-1cb254ad7","seed":1,"budget":200000,"found":true,"ops":1,"programs":1,"seconds":1,"executed":1,"spent":1,"build":"other"}` + "\n"
	if err := os.WriteFile(o.File, []byte(line), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := New(o)
	var build *BuildError
	if !errors.As(err, &build) || build.Has != "other" {
		t.Errorf("got %v, want a BuildError", err)
	}
}

// A cell with other cells of the file: they stay.
func TestOtherCellsStay(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "cells.jsonl"))
	o.Methods = []string{"uniform"}
	if err := newBench(t, o).Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	o.Methods, o.Seeds = []string{"hunt"}, 1
	if err := newBench(t, o).Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(o.File)
	if err != nil {
		t.Fatal(err)
	}
	all, err := ReadResults(o.File, text)
	if err != nil || len(all) != 6 {
		t.Errorf("%d results, %v; want 4 and 2", len(all), err)
	}
}

func TestReadResultsTellsTheLine(t *testing.T) {
	const good = `{"method":"hunt","fault":"F","seed":1,"budget":9,"found":false,"ops":9,"programs":1,"seconds":1,"executed":9,"spent":1,"build":"b"}` + "\n"
	for _, bad := range []string{"{", "[]", `{"method":"hunt"}`, `{"unknown":1}`} {
		_, err := ReadResults("cells.jsonl", []byte(good+bad+"\n"))
		if err == nil || !strings.HasPrefix(err.Error(), "cells.jsonl:2: ") {
			t.Errorf("%s: got %v, want an error in line 2", bad, err)
		}
	}
}

func FuzzReadResults(f *testing.F) {
	f.Add([]byte(`{"method":"hunt","fault":"F","seed":1,"budget":9,"found":true,"ops":9,"programs":1,"seconds":1,"executed":9,"spent":1,"build":"b"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if all, err := ReadResults("f", text); err == nil {
			s := Summarize(all)
			_ = s.Text()
			if err := wellFormed(s.SVG()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// results are made up: hunt finds both faults with four seeds, uniform one of
// them twice.
func results() []Result {
	var rs []Result
	add := func(method, fault string, seed, ops uint64, found bool) {
		rs = append(rs, Result{Cell: Cell{method, fault, seed, 1000}, Found: found, Ops: ops, Programs: ops / 10,
			Executed: ops, Spent: float64(ops) / 100, Build: "b"})
	}
	for seed := uint64(1); seed <= 4; seed++ {
		add("hunt", "HAPROXY-bd384a359", seed, 100*seed, true)
		add("hunt", "HAPROXY-ea4a5cbbd", seed, 10*seed, true)
		add("uniform", "HAPROXY-bd384a359", seed, 1000, false)
		add("uniform", "HAPROXY-ea4a5cbbd", seed, min(1000, 400*seed), seed <= 2)
	}
	rs[2].Ladder = &hunt.Ladder{Reached: 7, Looked: 5, Near: make([]hunt.NearMiss, 5), Most: 3}
	return rs
}

func TestSummarize(t *testing.T) {
	s := Summarize(results())
	if len(s.Rows) != 4 || len(s.Pools) != 2 || len(s.Missed) != 6 || len(s.Versus) != 1 {
		t.Fatalf("%d rows, %d pools, %d missed, %d compared; want 4, 2, 6, 1", len(s.Rows), len(s.Pools), len(s.Missed), len(s.Versus))
	}
	h, u := s.Pools[0], s.Pools[1]
	if h.Method != "hunt" || h.Found != 8 || h.Speed != 100 || h.Seconds != (2.5+0.25)/2 {
		t.Errorf("hunt: %+v", h)
	}
	if u.Found != 2 || u.Fewest != "HAPROXY-bd384a359" || u.FewestFound != 0 {
		t.Errorf("uniform: %+v", u)
	}
	ratio := s.Versus[0].Ratio
	near(t, "ratio of a fault that uniform never finds", ratio["HAPROXY-bd384a359"].Value, 1000/250., 1e-9)
	near(t, "ratio", ratio["HAPROXY-ea4a5cbbd"].Value, (400+800+1000+1000)/4/25., 1e-9)
	near(t, "median ratio", s.Versus[0].Median, (4+32)/2., 1e-9)
	for _, want := range []string{
		"missed: uniform HAPROXY-bd384a359 seed 1 in 1k ops: reached 7, near 3/5, triggered 0, detected 0\n",
		"pooled: 8 of 8 found (100.0 %)", "HAPROXY-bd384a359  0 of 4  ? (?-?)",
	} {
		if text := s.Text(); !strings.Contains(text, want) {
			t.Errorf("the table does not say %q:\n%s", want, text)
		}
	}
}

// A shrunk program is measured by the fault's own sequence: eleven ops are what
// that of #2494 allows, twelve are one too many; a cell that shrank nothing does
// not count.
func TestLong(t *testing.T) {
	rs := results()
	rs[0].Length, rs[1].Length, rs[4].Length = 11, 6, 12
	s := Summarize(rs)
	if p := s.Pools[0]; p.Shrunk != 3 || p.Long != 1 || s.Pools[1].Shrunk != 0 || len(s.Long) != 1 {
		t.Errorf("%d shrunk, %d long; want 3 and 1", p.Shrunk, p.Long)
	}
	for _, want := range []string{"shrunk: 3, of which 1 longer", "long: hunt HAPROXY-bd384a359 seed 2: 12 ops, not at most 11: "} {
		if text := s.Text(); !strings.Contains(text, want) {
			t.Errorf("the table does not say %q:\n%s", want, text)
		}
	}
}

// What the data do not give is null in JSON, which has no infinity.
func TestSummaryIsJSON(t *testing.T) {
	text, err := json.Marshal(Summarize(results()))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"median_ops":[null,null,null]`, `"median_seconds":null`, `"mean_ops":[250,`, `"type":"summary"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
}

func wellFormed(svg string) error {
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// The drawing is XML, has a curve for each method and fault, and one over all.
func TestSVG(t *testing.T) {
	svg := Summarize(results()).SVG()
	if err := wellFormed(svg); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(svg, "<path "); n != 6 {
		t.Errorf("%d curves, want 6", n)
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, "href") {
		t.Error("it has a number that is none, or is not self-contained")
	}
}

// What a child writes is read back, and nonsense is not taken for a result.
func TestChildResult(t *testing.T) {
	var r Result
	if err := r.parse("120 7 0.5\nheap-use-after-free | a | b | c | d\n"); err != nil || !r.Found || r.Ops != 120 || r.Programs != 7 || r.Signature != "heap-use-after-free | a | b | c | d" {
		t.Errorf("%+v, %v", r, err)
	}
	var none Result
	if err := none.parse("120 7 0.5\n\n"); err != nil || none.Found {
		t.Errorf("%+v, %v: want nothing found", none, err)
	}
	if err := none.parse("what"); err == nil {
		t.Error("nonsense is a result")
	}
}

// A fault is looked for with what it needs on, and in the eras that have it.
func TestOn(t *testing.T) {
	for _, f := range fault.All() {
		on := On(&f)
		if !on.Has(f.ID) {
			t.Errorf("%s is not on", f.Name)
		}
		for _, id := range f.Requires {
			if !on.Has(id) {
				t.Errorf("%s: %v is not on", f.Name, id)
			}
		}
		for _, id := range f.Excludes {
			if on.Has(id) {
				t.Errorf("%s: %v is on and hides it", f.Name, id)
			}
		}
		if n := bits.OnesCount(Eras(&f)); n != len(f.Eras) {
			t.Errorf("%s: eras %q, of which the header has %d", f.Name, f.Eras, n)
		}
	}
}

// Havoc's programs are valid, and follow from the generator alone.
func TestHavoc(t *testing.T) {
	run := func() (hashes [][2]uint64) {
		r, m := program.NewRand(5), newHavoc()
		p, other := program.New(program.Mux), program.New(program.Mux)
		m.Generate(r, other, program.Limits{})
		for i := range 500 {
			if i%16 == 0 {
				m.Generate(r, p, program.Limits{})
			} else {
				m.Mutate(r, p, other, program.Limits{})
			}
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			hashes = append(hashes, p.Hash())
		}
		return hashes
	}
	one := run()
	if !slices.Equal(one, run()) {
		t.Error("two runs differ")
	}
}
