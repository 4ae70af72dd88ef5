package nightly

import (
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/bench"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/reports"
)

// before is a baseline of three depths, each exponential.
var before = []Baseline{baselineOf("HAPROXY-bd384a359", 700_000, 1), baselineOf("HAPROXY-ad6b13d31", 20_000, 2), baselineOf("HAPROXY-1cb254ad7", 3_000, 3)}

func baselineOf(name string, depth uint64, seed uint64) Baseline {
	b := Baseline{Fault: name, Depth: depth}
	r := program.NewRand(seed)
	for range BaselineSeeds {
		b.Times = append(b.Times, b.drawn(r, 1))
	}
	return b
}

// opsEach is how many ops a program has in these tests.
const opsEach = 30

// drawn is an exponential time, slow times as long as the depth says, given up
// with the budget.
func (b *Baseline) drawn(r *program.Rand, slow float64) bench.Time {
	u := (float64(r.Intn(1_000_000)) + 1) / 1_000_001
	n := math.Ceil(-math.Log(u) * slow * float64(b.Depth) / opsEach)
	most := float64(b.Budget()) / opsEach
	return bench.Time{At: math.Floor(min(n, most)), Seen: n <= most}
}

// resultsOf are results with these times, from seed 1 on.
func resultsOf(b *Baseline, times []bench.Time) (all []bench.Result) {
	for i, t := range times {
		all = append(all, bench.Result{Cell: b.Cell(uint64(i + 1)), Build: "x", Found: t.Seen, Programs: uint64(t.At), Ops: opsEach * uint64(t.At)})
	}
	return all
}

// searched are results of twelve seeds a fault whose times are those of the
// baseline's distribution times slow.
func searched(slow map[string]float64) (all []bench.Result) {
	r := program.NewRand(11)
	for i := range before {
		b := &before[i]
		var times []bench.Time
		for range 12 {
			times = append(times, b.drawn(r, max(1, slow[b.Fault])))
		}
		all = append(all, resultsOf(b, times)...)
	}
	return all
}

// An unchanged search raises no alarm, with the same seeds or with others; one
// fault that takes thirty times the programs is named alone; a search that is
// five times slower at everything is noticed though hardly a fault by itself
// would be.
func TestJudged(t *testing.T) {
	same := slices.Concat(resultsOf(&before[0], before[0].Times), resultsOf(&before[1], before[1].Times), resultsOf(&before[2], before[2].Times))
	for name, results := range map[string][]bench.Result{"the same": same, "other seeds": searched(nil)} {
		j := Judged(before, results)
		if pooled := j.Groups[len(j.Groups)-1]; j.Weaker || pooled.Ratio < .4 || pooled.Ratio > 2.5 || len(j.Rows) != 3 || len(j.Groups) != 6 || pooled.Seeds != len(results) {
			t.Errorf("%s: %+v", name, j)
		}
	}
	j := Judged(before, searched(map[string]float64{"HAPROXY-ad6b13d31": 30}))
	for _, r := range j.Rows {
		if r.Slower != (r.Fault == "HAPROXY-ad6b13d31") {
			t.Errorf("%+v", r)
		}
	}
	if !j.Weaker {
		t.Error("one fault at a thirtieth of the speed goes unnoticed")
	}
	all := map[string]float64{}
	for _, b := range before {
		all[b.Fault] = 5
	}
	j = Judged(before, searched(all))
	if pooled := j.Groups[5]; !j.Weaker || !pooled.Slower || pooled.Fault != "all depths" || pooled.Ratio < 2.5 || !slices.ContainsFunc(j.Rows, func(r reports.PowerRow) bool { return r.Slower }) {
		t.Errorf("everything five times slower: %+v", j)
	}
	if j := Judged(before, nil); j.Weaker || j.Rows != nil || j.Groups != nil {
		t.Errorf("no results: %+v", j)
	}
}

// The faults are of every depth, and no class costs more than it may.
func TestChoose(t *testing.T) {
	var expected []bench.Expected
	add := func(means ...uint64) {
		for _, m := range means {
			expected = append(expected, bench.Expected{Fault: strconv.FormatUint(m, 10), Mean: m})
		}
	}
	add(5_000_000, 7, 30, 999)
	for i := range uint64(20) {
		add(1000 + i)
	}
	add(900_000, 100_000, 1_000_000, 2_000_000, 3_500_000, 90_000_000)
	var got []string
	classes := map[string]uint64{}
	for _, b := range Choose(expected) {
		got = append(got, b.Fault)
		classes[className(b.digits())] += b.Depth
	}
	want := "7 30 999 1000 1002 1005 1008 1010 1013 1016 1019 100000 900000 1000000 5000000"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
	for name, ops := range classes {
		if ops > classOps {
			t.Errorf("%s: %d ops for a seed of each, want at most %d", name, ops, classOps)
		}
	}
}

// Seed by seed, and what was searched for is left out.
func TestMissing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "power.jsonl")
	cells, err := Missing(file, "x", before, 2)
	if err != nil || len(cells) != 6 || cells[0] != before[0].Cell(1) || cells[1] != before[1].Cell(1) || cells[3] != before[0].Cell(2) {
		t.Errorf("%v, %v", cells, err)
	}
}

// A night is red when the search got weaker, and says where; it is not judged
// when the measurement did not come to five seeds of each, and leaves time for the
// hunts even then. What a child that was killed had measured is not measured again.
func TestPowerOfTheNight(t *testing.T) {
	w := newWorld(t)
	w.quiet()
	lines := cellLines(searched(nil))
	w.plays["cells"] = []play{{says: lines[:4], takes: time.Second, end: End{Status: -1, Signal: "killed"}},
		{says: append(lines[4:], `{"type":"done"}`), takes: time.Second}}
	o := w.options(append([]Job{powerJob}, hunts...)...)
	o.Baseline, o.Build = before, "x"
	night := w.night(o)
	if night.Status != 0 || !slices.Equal(w.started[:3], []string{"cells", "cells", "quicgo"}) || len(night.Power) != 3 || night.Power[0].Seeds != 12 || len(night.PowerGroups) != 6 {
		t.Errorf("status %d because of %q, started %v, power %+v", night.Status, night.Why, w.started[:3], night.Power)
	}
	file := filepath.Join(w.dir, "nights", "0001", "power.jsonl")
	if missing, err := Missing(file, "x", before, 13); err != nil || len(missing) != 3 || missing[0] != before[0].Cell(13) {
		t.Errorf("missing %v, %v, want the thirteenth of each", missing, err)
	}
	if missing, err := Missing(file, "y", before, 2); err != nil || len(missing) != 6 {
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
	some := cellLines(slices.DeleteFunc(searched(nil), func(r bench.Result) bool { return r.Seed > leastSeeds }))
	w.plays["cells"] = []play{{says: some, takes: 10 * time.Minute}}
	if night = w.night(o); night.Status != 0 || night.Power[2].Seeds != leastSeeds {
		t.Errorf("cut short after %d seeds of each: status %d because of %q", leastSeeds, night.Status, night.Why)
	}
	w.plays["cells"] = []play{{says: some[1:], takes: 10 * time.Minute}}
	if night = w.night(o); night.Status != 2 || !strings.Contains(strings.Join(night.Why, ";"), "3 of 3 faults, 4 seeds") {
		t.Errorf("cut short after fewer: status %d because of %q", night.Status, night.Why)
	}
	w.plays["cells"] = []play{{says: lines[:1], takes: 10 * time.Minute}}
	night = w.night(o)
	if part := night.Jobs[0].Seconds / night.Spent; night.Status != 2 || !strings.Contains(strings.Join(night.Why, ";"), "1 of 3 faults") || part > .5 || part < .3 {
		t.Errorf("status %d because of %q; power had %.2f of the night", night.Status, night.Why, part)
	}
}

func TestBaseline(t *testing.T) {
	text := FormatBaseline(before)
	got, err := ReadBaseline("x", text)
	if diff := cmp.Diff(before, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if !strings.Contains(string(text), "+") {
		t.Error("no search of the sample was given up")
	}
	for text, want := range map[string]string{"a 1\n": "x:1: 2 words", "# c\na 1 0\n": `x:2: "0"`, "a 1 -2 3\n": `"-2"`, "a 1 2\na 1 2\n": "x:2: a is there twice", "a 1 2++\n": `"2+"`} {
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
		if len(b.Times) < leastSeeds {
			t.Errorf("%s: %d seeds", b.Fault, len(b.Times))
		}
	}
	rs := []bench.Result{{Cell: bench.Cell{Fault: "a", Seed: 2}, Found: true, Programs: 3}, {Cell: bench.Cell{Fault: "b", Seed: 1}, Programs: 9}, {Cell: bench.Cell{Fault: "a", Seed: 1}, Found: true, Programs: 2}}
	want := []Baseline{{"a", 50, []bench.Time{{At: 2, Seen: true}, {At: 3, Seen: true}}}, {"b", 7, []bench.Time{{At: 9}}}}
	if diff := cmp.Diff(want, Rebase([]Baseline{{Fault: "a", Depth: 50}, {Fault: "b", Depth: 7}}, rs)); diff != "" {
		t.Error(diff)
	}
}

func FuzzBaseline(f *testing.F) {
	f.Add(FormatBaseline(before))
	f.Add([]byte("a 1 2+ 3 # x\n\n"))
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
