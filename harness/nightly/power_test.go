package nightly

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/program"
)

var before = []Baseline{{"HAPROXY-bd384a359", 20, 20_000, 700_000}, {"HAPROXY-ad6b13d31", 20, 4_000, 200_000}, {"HAPROXY-1cb254ad7", 20, 2_000, 100_000}}

// searched are results of five seeds a fault whose times are exponential with
// the mean of the baseline times slow.
func searched(slow map[string]float64) []bench.Result {
	r := program.NewRand(11)
	var all []bench.Result
	for _, b := range before {
		times := max(1, slow[b.Fault])
		for seed := range 5 {
			u := (float64(r.Intn(1_000_000)) + 1) / 1_000_001
			n := uint64(-math.Log(u)*times*b.mean()) + 1
			most := uint64(10 * b.mean())
			all = append(all, bench.Result{Cell: bench.Cell{Method: "hunt", Fault: b.Fault, Seed: uint64(seed + 1), Budget: b.Budget()}, Build: "x",
				Found: n <= most, Programs: min(n, most), Ops: 35 * min(n, most)})
		}
	}
	return all
}

// An unchanged search raises no alarm; one fault that takes thirty times the
// programs is named alone; a search that is four times slower at everything is
// noticed though no fault by itself would be.
func TestJudged(t *testing.T) {
	if rows, pooled, weaker := Judged(before, searched(nil)); weaker || pooled < .5 || pooled > 2 || len(rows) != 3 {
		t.Errorf("unchanged: %v, %v times, %+v", weaker, pooled, rows)
	}
	rows, _, weaker := Judged(before, searched(map[string]float64{"HAPROXY-ad6b13d31": 30}))
	for _, r := range rows {
		if r.Slower != (r.Fault == "HAPROXY-ad6b13d31") {
			t.Errorf("%+v", r)
		}
	}
	if !weaker {
		t.Error("one fault at a thirtieth of the speed goes unnoticed")
	}
	all := map[string]float64{}
	for _, b := range before {
		all[b.Fault] = 8
	}
	if _, pooled, weaker := Judged(before, searched(all)); !weaker || pooled < 3 {
		t.Errorf("everything eight times slower: %v, %v times", weaker, pooled)
	}
	if rows, _, weaker := Judged(before, nil); weaker || rows != nil {
		t.Errorf("no results: %v, %+v", weaker, rows)
	}
}

// The binomial tail, by hand.
func TestAtMost(t *testing.T) {
	for _, c := range []struct {
		k, n int
		p    float64
		want float64
	}{{0, 3, .5, .125}, {1, 3, .5, .5}, {3, 3, .5, 1}, {0, 2, 0, 1}, {0, 2, 1, 0}} {
		if got := atMost(c.k, c.n, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("at most %d of %d at %v: %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
}

// A night is red when the search got weaker, and says where; it is not judged
// when the measurement did not come to its end, and leaves time for the hunts
// even then. What a child that was killed had measured is not measured again.
func TestPowerOfTheNight(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	lines := cellLines(searched(nil))
	w.plays["cells"] = []play{{says: lines[:4], takes: time.Second, end: End{Status: -1, Signal: "killed"}},
		{says: append(lines[4:], `{"type":"done"}`), takes: time.Second}}
	o := w.options(append([]Job{powerJob}, hunts...)...)
	o.Baseline, o.Build = before, "x"
	night := w.night(o)
	if night.Status != 0 || !slices.Equal(w.started[:3], []string{"cells", "cells", "quicgo"}) || len(night.Power) != 3 || night.Power[0].Seeds != 5 {
		t.Errorf("status %d because of %q, started %v, power %+v", night.Status, night.Why, w.started[:3], night.Power)
	}
	file := filepath.Join(w.dir, "nights", "0001", "power.jsonl")
	if missing, err := Missing(file, "x", before[0].Fault, 6); err != nil || !slices.Equal(missing, []uint64{6}) {
		t.Errorf("missing %v, %v, want the sixth", missing, err)
	}
	if missing, err := Missing(file, "y", before[0].Fault, 2); err != nil || len(missing) != 2 {
		t.Errorf("another program: missing %v, %v", missing, err)
	}
	w.plays["cells"] = []play{{says: append(cellLines(searched(map[string]float64{"HAPROXY-1cb254ad7": 50})), `{"type":"done"}`), takes: time.Second}}
	night = w.night(o)
	if why := strings.Join(night.Why, ";"); night.Status != 1 || !strings.Contains(why, "got weaker") || !strings.Contains(why, "HAPROXY-1cb254ad7") || strings.Contains(why, "HAPROXY-ad6b13d31") {
		t.Errorf("status %d because of %q", night.Status, why)
	}
	w.plays["cells"] = []play{{end: End{Status: 2}, takes: time.Second}}
	if night = w.night(o); night.Status != 2 || !strings.Contains(strings.Join(night.Why, ";"), "given up") {
		t.Errorf("status %d because of %q", night.Status, night.Why)
	}
	w.plays["cells"] = []play{{says: lines[:1], takes: 10 * time.Minute}}
	night = w.night(o)
	if part := night.Jobs[0].Seconds / night.Spent; night.Status != 2 || !strings.Contains(strings.Join(night.Why, ";"), "1 of 3 faults") || part > .5 || part < .3 {
		t.Errorf("status %d because of %q; power had %.2f of the night", night.Status, night.Why, part)
	}
}

func TestBaseline(t *testing.T) {
	got, err := ReadBaseline("x", FormatBaseline(before))
	if diff := cmp.Diff(before, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for text, want := range map[string]string{"a 1 2\n": "x:1: 3 words", "# c\na 1 0 3\n": `x:2: "0"`, "a 1 -2 3\n": `"-2"`} {
		if _, err := ReadBaseline("x", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	built, err := Built()
	if err != nil || len(built) < 10 {
		t.Errorf("%d faults are compiled in, %v", len(built), err)
	}
	for _, b := range built {
		mustFault(b.Fault)
	}
	rs := []bench.Result{{Cell: bench.Cell{Fault: "a"}, Found: true, Programs: 2, Ops: 20}, {Cell: bench.Cell{Fault: "a"}, Found: true, Programs: 3, Ops: 30},
		{Cell: bench.Cell{Fault: "b"}, Found: true, Programs: 2, Ops: 20}, {Cell: bench.Cell{Fault: "b"}, Programs: 9, Ops: 90}}
	if diff := cmp.Diff([]Baseline{{"a", 2, 5, 50}}, Rebase(rs)); diff != "" {
		t.Error(diff)
	}
}

func FuzzBaseline(f *testing.F) {
	f.Add(FormatBaseline(before))
	f.Add([]byte("a 1 2 3 # x\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := ReadBaseline("x", text)
		if err != nil {
			return
		}
		again, err := ReadBaseline("x", FormatBaseline(all))
		if diff := cmp.Diff(all, again); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		for _, b := range all {
			_ = b.Budget()
		}
	})
}
