package hunt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/toy"
)

var lastWake = fault.Set{}.With(fault.HAPROXY_bd384a359)

const lastWakeSignature = "heap-use-after-free | tasklet | toy_bufferfree | toy_release | toy_reset"

func run(t *testing.T, o hunt.Options) *hunt.Summary {
	t.Helper()
	o.Target = toy.Target{}
	sum, err := hunt.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func signatures(s *hunt.Summary) []string {
	var sigs []string
	for _, f := range s.Findings {
		sigs = append(sigs, f.Signature)
	}
	return sigs
}

// One run brings several findings that have nothing to do with each other,
// each shrunk to the point.
func TestFindsEverythingPlanted(t *testing.T) {
	sum := run(t, hunt.Options{Faults: lastWake, Seed: 1, Programs: 20_000})
	for _, want := range []string{
		lastWakeSignature,
		"leak | quic_frame | - | - | toy_release",
		"accounting | tx-offsets | qcc | app.abort",
		"step-budget | run_migrate | - | run.migrate",
	} {
		if !slices.Contains(signatures(sum), want) {
			t.Errorf("%s was not found", want)
		}
	}
	for _, f := range sum.Found {
		if !f.Minimal {
			t.Errorf("%s is not 1-minimal: %s", f.Signature(), f.Program)
		}
	}
}

func TestNamesTheFault(t *testing.T) {
	sum := run(t, hunt.Options{Faults: fault.Set{}.With(fault.HAPROXY_ad6b13d31), Seed: 2, Programs: 20_000})
	got := map[string]string{}
	for _, f := range sum.Findings {
		got[f.Signature] = f.Fault
	}
	if f := got["lost-wakeup | conn-full | qcc | run.mux"]; f != "HAPROXY-ad6b13d31" {
		t.Errorf("the pinned buffer needs fault %q, want HAPROXY-ad6b13d31", f)
	}
	if f := got["accounting | tx-offsets | qcc | app.abort"]; f != "" {
		t.Errorf("the lost count needs fault %q, want none", f)
	}
}

// The number of workers changes nothing but the time.
func TestWorkersDoNotMatter(t *testing.T) {
	o := hunt.Options{Faults: lastWake, Seed: 7, Programs: 12_345}
	o.Workers = 1
	one := run(t, o)
	o.Workers = 4
	four := run(t, o)
	ignore := cmp.Options{
		cmpopts.IgnoreFields(hunt.Summary{}, "Seconds"),
		cmpopts.IgnoreFields(hunt.FindingLine{}, "Seconds"),
		cmpopts.IgnoreFields(hunt.Found{}, "Seconds"),
		cmpopts.IgnoreUnexported(hunt.Ladder{}),
		cmpopts.EquateComparable(fault.Set{}),
	}
	if diff := cmp.Diff(one, four, ignore); diff != "" {
		t.Errorf("1 and 4 workers differ:\n%s", diff)
	}
	if one.Programs != 12_345 {
		t.Errorf("ran %d programs, want 12345", one.Programs)
	}
}

func TestOpsBudget(t *testing.T) {
	sum := run(t, hunt.Options{Seed: 1, Ops: 100_000})
	if sum.Ops < 100_000 || sum.Ops > 102_000 {
		t.Errorf("executed %d ops, want 100000 and at most a program per lane more", sum.Ops)
	}
}

// What was found before the hunt is cancelled is kept, written and in the
// summary.
func TestCancelKeepsFindings(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var files []string
	o := hunt.Options{Target: toy.Target{}, Faults: lastWake, Seed: 3, Workers: 2, Crash: func(f *hunt.Found) (string, error) {
		files = append(files, f.Signature())
		cancel()
		return f.Signature() + ".txtar", nil
	}}
	done := make(chan *hunt.Summary, 1)
	go func() {
		sum, err := hunt.Run(ctx, o)
		if err != nil {
			t.Error(err)
		}
		done <- sum
	}()
	select {
	case sum := <-done:
		if len(files) == 0 || !cmp.Equal(signatures(sum), files) {
			t.Errorf("summary has %q, written were %q", signatures(sum), files)
		}
		if sum.Findings[0].File != files[0]+".txtar" {
			t.Errorf("file %q, want what Crash returned", sum.Findings[0].File)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a cancelled hunt does not end")
	}
}

func TestHarnessFaultEndsTheHunt(t *testing.T) {
	sum, err := hunt.Run(context.Background(), hunt.Options{Target: toy.Target{Flaky: true}, Faults: lastWake, Seed: 1, Programs: 100_000})
	var hf *exec.HarnessFault
	if !errors.As(err, &hf) {
		t.Fatalf("got error %v, want a HarnessFault", err)
	}
	if sum == nil || sum.Programs == 100_000 {
		t.Errorf("got summary %+v, want that of a hunt that ended early", sum)
	}
}

func TestSeedsComeFirst(t *testing.T) {
	seed, err := program.Parse("seed", []byte(`lastwake/1 mux
net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s4 headers fin
app.send c0/s0
app.send c0/s4
run.mux c0
app.detach c0/s0
app.detach c0/s4
run.timer c0 mux
`))
	if err != nil {
		t.Fatal(err)
	}
	sum := run(t, hunt.Options{Faults: lastWake, Seed: 1, Programs: 1, Seeds: []*program.Program{seed}})
	if len(sum.Findings) != 1 || sum.Findings[0].Programs != 1 {
		t.Errorf("findings %+v, want the seed's as the first program", sum.Findings)
	}
}

// A hunt that ticks hands out what it has while it runs: the program of a
// finding before it is shrunk, the corpus before each line of progress. What is
// written down already is counted, and not shrunk.
func TestTicks(t *testing.T) {
	var kept, ticks int
	var before []int // what was kept when each tick came
	o := hunt.Options{Faults: lastWake, Seed: 1, Programs: 20_000, TickEvery: 1,
		Keep: func(ps []*program.Program) error { kept = len(ps); return nil },
		Tick: func(s *hunt.Summary) error { ticks++; before = append(before, kept-s.Corpus); return nil }}
	sum := run(t, o)
	if ticks < 2 || slices.Max(before) != 0 || slices.Min(before) != 0 {
		t.Errorf("%d ticks, kept less the corpus %v, want two or more, and 0", ticks, before)
	}
	if len(sum.Findings) == 0 || sum.Findings[0].Runs == 0 || sum.Findings[0].Runs > sum.Violations {
		t.Fatalf("findings %+v of %d violations", sum.Findings, sum.Violations)
	}
	first := sum.Findings[0].Signature
	o.Old = func(signature string) string {
		if signature == first {
			return "old.txtar"
		}
		return ""
	}
	again := run(t, o)
	if f := again.Found[0]; f.File != "old.txtar" || f.Tried != 0 {
		t.Errorf("what was written before: file %q, %d programs to shrink it", f.File, f.Tried)
	}
	stop := errors.New("enough")
	o.Tick = func(*hunt.Summary) error { return stop }
	o.Target = toy.Target{}
	if _, err := hunt.Run(t.Context(), o); !errors.Is(err, stop) {
		t.Errorf("error %v, want the tick's", err)
	}
}

func TestSummaryIsTheContract(t *testing.T) {
	sum := run(t, hunt.Options{Faults: lastWake, Seed: 1, Programs: 2_000, Crash: func(*hunt.Found) (string, error) { return "x.txtar", nil }})
	b, err := json.Marshal(sum)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{`{"type":"summary","programs":2000,"ops":`, `"seconds":`, `"findings":[{"signature":"`, `"class":"`, `"fault":"`, `"known":false`, `"file":"x.txtar"`} {
		if !bytes.Contains(b, []byte(key)) {
			t.Errorf("%s is missing in %s", key, b)
		}
	}
}

func TestProgressLine(t *testing.T) {
	var b bytes.Buffer
	run(t, hunt.Options{Seed: 1, Budget: 600 * time.Millisecond, Progress: &b})
	for _, want := range []string{"programs", "ops", "corpus", "edges", "states", "findings"} {
		if !bytes.Contains(b.Bytes(), []byte(want)) {
			t.Errorf("progress does not tell %s: %q", want, b.Bytes())
		}
	}
}

// That somebody counts how near the hunt comes, or watches, changes nothing;
// near misses lead it only when they are asked to.
func TestCountingLeadsNothing(t *testing.T) {
	o := hunt.Options{Faults: lastWake, Seed: 5, Programs: 20_000}
	plain := run(t, o)
	o.Survey, o.Progress = true, io.Discard
	counted := run(t, o)
	ignore := cmp.Options{
		cmpopts.IgnoreFields(hunt.Summary{}, "Seconds", "Ladders", "Found"),
		cmpopts.IgnoreFields(hunt.FindingLine{}, "Seconds"),
	}
	if diff := cmp.Diff(plain, counted, ignore); diff != "" {
		t.Errorf("-uncounted +counted\n%s", diff)
	}
	if n := len(counted.Ladders); n != 1 || counted.Ladders[0].Looked < 10 {
		t.Errorf("ladders %+v, want one with what was looked at", counted.Ladders)
	}
	o.NearMiss, o.Survey = true, false
	guided := run(t, o)
	if n := guided.Ladders[0].Looked; n < 10 {
		t.Errorf("guided: %d programs were looked at, want all that are kept", n)
	}
}

// A finding can end the hunt.
func TestUntil(t *testing.T) {
	sum := run(t, hunt.Options{Faults: lastWake, Seed: 1, Programs: 1_000_000, Shrink: -1,
		Until: func(f *hunt.Found) bool { return f.Signature() == lastWakeSignature }})
	if !slices.Contains(signatures(sum), lastWakeSignature) || sum.Programs == 1_000_000 {
		t.Errorf("%d programs, found %q; want an end at %s", sum.Programs, signatures(sum), lastWakeSignature)
	}
}

// makeNothing makes programs of no ops.
type makeNothing struct{}

func (makeNothing) Generate(_ *program.Rand, p *program.Program, _ program.Limits) { p.Ops = p.Ops[:0] }

func (makeNothing) Mutate(_ *program.Rand, p, _ *program.Program, _ program.Limits) {
	p.Ops = p.Ops[:0]
}

// What makes the programs can be replaced.
func TestMaker(t *testing.T) {
	sum := run(t, hunt.Options{Faults: lastWake, Seed: 1, Programs: 1000, Maker: func() hunt.Maker { return makeNothing{} }})
	if sum.Programs != 1000 || len(sum.Findings) != 0 || sum.Corpus > 2 {
		t.Errorf("%d programs, corpus %d, findings %q; want nothing of nothing", sum.Programs, sum.Corpus, signatures(sum))
	}
}
