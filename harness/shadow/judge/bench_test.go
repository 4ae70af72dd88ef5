//go:build linux

package judge_test

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases/checked"
)

const (
	benchSteps     = 200 // of one sequence
	benchSequences = 200 // of one round
	benchRounds    = 100
)

// A lane is one way to run the workload: it plays so many sequences and
// returns the CPU time that they took and their sum.
type lane struct {
	name, plain string // plain is the lane that this one is compared with
	play        func(sequences int) (time.Duration, uint64)
	// share is the part of a round's sequences that is played, one in so many.
	share int
	times []time.Duration // of one sequence
}

// BenchmarkSideBySide plays one workload as plain Go, as checked Go, in C, in C
// with gcc's AddressSanitizer, and the C under memcheck, which take turns. It
// prints what a sequence takes, over its own plain: the fastest tenth of the
// rounds, CPU time.
func BenchmarkSideBySide(b *testing.B) {
	if err := judge.Missing("gcc", "valgrind"); err != nil {
		b.Skip(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	lanes := benchLanes(b)
	for round := range benchRounds {
		var want uint64
		for i := range lanes {
			l := &lanes[i]
			if round%l.share != 0 {
				continue
			}
			took, sum := l.play(benchSequences)
			if want == 0 {
				want = sum
			}
			if sum != want {
				b.Fatalf("%s: the sum is %d, of %s %d", l.name, sum, lanes[0].name, want)
			}
			l.times = append(l.times, took/benchSequences)
		}
	}
	sideBySide(b, lanes)
}

// sideBySide prints the table. The bar is on the ratios: that of the checked
// twin is to be a quarter of AddressSanitizer's at most. What a sequence costs
// more than its plain one is compared beside it.
func sideBySide(b *testing.B, lanes []lane) {
	fmt.Printf("\n%-28s%12s%16s\n", "one workload", "ns/sequence", "over its plain")
	ratio := map[string]float64{}
	for _, l := range lanes {
		plain := lanes[slices.IndexFunc(lanes, func(p lane) bool { return p.name == l.plain })]
		ratio[l.name] = float64(tenth(l.times)) / float64(tenth(plain.times))
		fmt.Printf("%-28s%12d%16.2f\n", l.name, tenth(l.times).Nanoseconds(), ratio[l.name])
	}
	ours, theirs := ratio["Go, checked"], ratio["C with ASan"]
	fmt.Printf("checked over ASan: ratio %.2f, cost added %.2f\n", ours/theirs, (ours-1)/(theirs-1))
	b.ReportMetric(ours, "checked/plain")
	b.ReportMetric(theirs, "asan/C")
	b.ReportMetric(ours/theirs, "checked/asan")
	b.ReportMetric(0, "ns/op")
}

func tenth(ts []time.Duration) time.Duration {
	slices.Sort(ts)
	return ts[len(ts)/10]
}

func benchLanes(b *testing.B) []lane {
	p, err := cases.New(shadow.Options{})
	if err != nil {
		b.Fatal(err)
	}
	c, err := checked.New(shadow.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = p.Arena().Close(), c.Arena().Close() })
	dir := b.TempDir()
	build := func(name string, flags ...string) string {
		bin := filepath.Join(dir, name)
		if err := judge.CompileC(bin, []string{"testdata/workload/workload.c"}, append(flags, "-O2")...); err != nil {
			b.Fatal(err)
		}
		return bin
	}
	plain, asan := build("workload"), build("workload-asan", "-fsanitize=address")
	return []lane{
		{name: "Go", plain: "Go", share: 1, play: func(n int) (time.Duration, uint64) {
			return timed(b, n, func(i int) uint64 { p.Reset(shadow.Plain); return p.Workload(uint32(i), benchSteps) })
		}},
		{name: "Go, checked", plain: "Go", share: 1, play: func(n int) (time.Duration, uint64) {
			return timed(b, n, func(i int) uint64 { c.Reset(shadow.Sanitize); return c.Workload(uint32(i), benchSteps) })
		}},
		{name: "C", plain: "C", share: 1, play: process(b, plain)},
		{name: "C with ASan", plain: "C", share: 1, play: process(b, asan)},
		{name: "C under memcheck", plain: "C", share: 5, play: process(b, "valgrind", "-q", plain)},
	}
}

func timed(b *testing.B, sequences int, play func(i int) uint64) (took time.Duration, sum uint64) {
	start := threadTime(b)
	for i := range sequences {
		sum += play(i)
	}
	return threadTime(b) - start, sum
}

// threadTime is the CPU time of this thread.
func threadTime(b *testing.B) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// process starts a program that plays the workload in C, which measures
// itself, and returns what asks it to.
func process(b *testing.B, command ...string) func(int) (time.Duration, uint64) {
	cmd := exec.Command(command[0], command[1:]...)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			b.Errorf("%v: %v", command, err)
		}
	})
	return func(n int) (took time.Duration, sum uint64) {
		fmt.Fprintf(in, "%d %d\n", n, benchSteps)
		if _, err := fmt.Fscan(out, &took, &sum); err != nil {
			b.Fatalf("%v: %v", command, err)
		}
		return took, sum
	}
}
