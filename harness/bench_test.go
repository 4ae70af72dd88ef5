//go:build linux

package harness

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lastwake/lastwake/corpus"
	driver "github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/model/plain"
	"github.com/lastwake/lastwake/harness/triage"
	"github.com/lastwake/lastwake/reports"
)

// These benchmarks are "make bench": each is one measurement of several
// seconds whose parts take turns on one thread, so run them with -benchtime 1x.
// They judge nothing; what they print are ratios within one run.

// BenchmarkCheckedOverPlain is what the checks cost: the time of the checked
// twin over that of the plain model, on the committed set. "model" is the ops
// alone, "driver" with settle and audits, as a hunt runs them.
func BenchmarkCheckedOverPlain(b *testing.B) {
	programs := readBenchSet(b)
	plain, checked := session(b, plain.Mux()), session(b, model.Mux{})
	b.Run("model", func(b *testing.B) {
		ratio(b, len(programs), func() { playAll(plain, programs) }, func() { playAll(checked, programs) })
	})
	b.Run("driver", func(b *testing.B) {
		p, c := driver.New(plain), driver.New(checked)
		ratio(b, len(programs), func() { runAll(p, programs) }, func() { runAll(c, programs) })
	})
}

func playAll(s target.Session, programs []*program.Program) {
	for _, p := range programs {
		s.Reset(&p.Header, fault.Set{})
		for _, op := range p.Ops {
			s.Step(op)
		}
	}
}

func runAll(r *driver.Runner, programs []*program.Program) {
	for _, p := range programs {
		r.Run(p, fault.Set{})
	}
}

// ratio reports how long both take for one program, and the second over the
// first: CPU time of this thread, the fastest tenth of the rounds.
func ratio(b *testing.B, n int, plain, checked func()) {
	const rounds = 150
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var times [2][]time.Duration
	allocs := testing.AllocsPerRun(5, checked)
	for range rounds {
		for i, f := range []func(){plain, checked} {
			start := cpu(b)
			f()
			times[i] = append(times[i], cpu(b)-start)
		}
	}
	p, c := fastest(times[0]), fastest(times[1])
	b.ReportMetric(float64(p)/float64(n), "plain-ns/program")
	b.ReportMetric(float64(c)/float64(n), "checked-ns/program")
	b.ReportMetric(float64(c)/float64(p), "checked/plain")
	b.ReportMetric(allocs/float64(n), "allocs/program")
	b.ReportMetric(0, "ns/op")
}

func fastest(ts []time.Duration) time.Duration {
	slices.Sort(ts)
	return ts[len(ts)/10]
}

// cpu is the CPU time of this thread.
func cpu(b *testing.B) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// BenchmarkReport is how long it takes from the first violation to the full
// report: the run again as often as it takes to know the address, with stacks,
// the record, and its text. It is the fastest of ten for each known crash of
// the mux; the median of them all, the slowest one and how many take more than
// a millisecond are reported: a program that does not end takes its time, and
// so does each replay.
func BenchmarkReport(b *testing.B) {
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		b.Fatal(err)
	}
	r := driver.New(session(b, model.Mux{}))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ms []float64
	for _, c := range crashes {
		faults, err := fault.Parse(strings.Join(c.Program.Header.Faults, ","))
		if err != nil {
			b.Fatal(err)
		}
		fastest := math.Inf(1)
		for range 10 {
			r.Run(c.Program, faults)
			start := cpu(b)
			f, err := r.Explain(c.Program, faults)
			if err != nil || f == nil {
				b.Fatalf("%s: %v, %v", c.Title, f, err)
			}
			if err := reports.Text(io.Discard, triage.NewRecord(f)); err != nil {
				b.Fatal(err)
			}
			fastest = min(fastest, (cpu(b)-start).Seconds()*1e3)
		}
		ms = append(ms, fastest)
	}
	b.ReportMetric(median(ms), "median-ms")
	b.ReportMetric(slices.Max(ms), "slowest-ms")
	slow := 0
	for _, t := range ms {
		if t > 1 {
			slow++
		}
	}
	b.ReportMetric(float64(slow), "over-1-ms")
	b.ReportMetric(float64(len(ms)), "crashes")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFind is the search for #2494 from nothing with 20 seeds, one worker
// each: how many find it, and the median of when.
func BenchmarkFind(b *testing.B) {
	const seeds, budget = 20, 3_000_000 // executed ops
	signature := fault.HAPROXY_bd384a359.Fault().Primary
	var seconds, ops []float64
	for seed := range uint64(seeds) {
		ctx, stop := context.WithCancel(context.Background())
		sum, err := hunt.Run(ctx, hunt.Options{Target: model.Mux{}, Faults: fault.Set{}.With(fault.HAPROXY_bd384a359),
			Seed: seed + 1, Ops: budget, Crash: func(f *hunt.Found) (string, error) {
				if f.Signature() == signature {
					stop()
				}
				return "", nil
			}})
		stop()
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range sum.Found {
			if f.Signature() == signature {
				seconds, ops = append(seconds, f.Seconds), append(ops, float64(f.Ops))
				if n := len(f.Program.Ops); n > 10 || !f.Minimal {
					b.Errorf("seed %d: %d ops, minimal %t", seed+1, n, f.Minimal)
				}
			}
		}
	}
	b.ReportMetric(float64(len(seconds)), "found-of-20")
	b.ReportMetric(median(seconds), "median-s")
	b.ReportMetric(median(ops), "median-ops")
	b.ReportMetric(0, "ns/op")
}

func median(xs []float64) float64 {
	if len(xs) == 0 {
		return -1
	}
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// BenchmarkEngine is what Go's engine costs: for a run of nothing in an empty
// package, and for one with what fuzz/mux links; and the executed ops a second
// of FuzzMux and of a hunt, one worker each.
func BenchmarkEngine(b *testing.B) {
	empty, mux := buildEmpty(b), buildMux(b)
	var nothing, linked, fuzzed, hunted []float64
	for seed := range uint64(3) {
		nothing = append(nothing, 1/rate(b, engine(b, empty, "FuzzNothing"), execs))
		linked = append(linked, 1/rate(b, engine(b, mux, "FuzzNothing"), execs))
		fuzzed = append(fuzzed, rate(b, engine(b, mux, "FuzzMux"), played))
		t := &counted{}
		sum, err := hunt.Run(context.Background(), hunt.Options{Target: t, Seed: seed + 1, Budget: engineTime})
		if err != nil {
			b.Fatal(err)
		}
		hunted = append(hunted, float64(t.done)/sum.Seconds)
	}
	b.ReportMetric(median(nothing)*1e6, "empty-us/run")
	b.ReportMetric(median(linked)*1e6, "linked-us/run")
	b.ReportMetric(median(linked)/median(nothing), "linked/empty")
	b.ReportMetric(median(fuzzed), "FuzzMux-ops/s")
	b.ReportMetric(median(hunted), "hunt-ops/s")
	b.ReportMetric(median(hunted)/median(fuzzed), "hunt/FuzzMux")
	b.ReportMetric(0, "ns/op")
}

// counted is the mux target with a count of the ops that were played, as
// FuzzMux counts them: what cannot be played costs next to nothing.
type counted struct {
	model.Mux
	done uint64
}

type countedSession struct {
	*model.Session
	done *uint64
}

func (c *counted) NewSession() (target.Session, error) {
	s, err := c.Mux.NewSession()
	if err != nil {
		return nil, err
	}
	return countedSession{s.(*model.Session), &c.done}, nil
}

func (s countedSession) Step(op program.Op) target.Event {
	e := s.Session.Step(op)
	if e.Outcome == program.Done {
		*s.done++
	}
	return e
}

const engineTime = 5 * time.Second

var (
	execs  = regexp.MustCompile(`execs: (\d+) `)
	played = regexp.MustCompile(`played: \d+ programs, (\d+) ops`)
)

// buildEmpty builds a fuzz target that does nothing, in a package that imports
// nothing.
func buildEmpty(b *testing.B) string {
	dir := b.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module empty\n\ngo 1.26.0\n",
		"empty_test.go": "package empty\n\nimport \"testing\"\n\nfunc FuzzNothing(f *testing.F) { f.Fuzz(func(*testing.T, []byte) {}) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	return build(b, dir, ".")
}

func buildMux(b *testing.B) string { return build(b, "..", "./fuzz/mux") }

func build(b *testing.B, dir, pkg string) string {
	bin := filepath.Join(b.TempDir(), "fuzz.test")
	cmd := exec.Command("go", "test", "-c", "-fuzz=Fuzz", "-o", bin, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// engine lets one worker fuzz a target for a while and returns what was
// printed.
func engine(b *testing.B, bin, name string) string {
	dir := b.TempDir()
	cmd := exec.Command(bin, "-test.run=^$", "-test.fuzz=^"+name+"$", "-test.parallel=1", "-test.fuzzminimizetime=1x",
		fmt.Sprintf("-test.fuzztime=%s", engineTime), "-test.fuzzcachedir="+dir)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LASTWAKE_FAULTS=none", "LASTWAKE_SEEDS=none")
	out, err := cmd.CombinedOutput()
	// At the end of its time the engine now and then takes its own deadline for
	// a failure of the target (golang/go#75804); what it counted holds.
	if err != nil && !strings.Contains(string(out), "context deadline exceeded") {
		b.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// rate is the last number that pattern finds in what an engine printed, a
// second.
func rate(b *testing.B, out string, pattern *regexp.Regexp) float64 {
	all := pattern.FindAllStringSubmatch(out, -1)
	if all == nil {
		b.Fatalf("no %s in\n%s", pattern, out)
	}
	n, err := strconv.ParseFloat(all[len(all)-1][1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return n / engineTime.Seconds()
}
