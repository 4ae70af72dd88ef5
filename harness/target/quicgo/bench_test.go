package quicgo_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// BenchmarkPrograms is what a hunt pays for a program of 30 ops, played in a
// worker and judged: programs a second on one core, and in a second of both
// processes' time on a processor, which other work on the machine changes less.
// Settle's ops come on top.
func BenchmarkPrograms(b *testing.B) {
	s, err := ours().NewSession()
	if err != nil {
		b.Fatal(err)
	}
	r := exec.New(s)
	r.Sample(true)
	busy := cpu(b)
	rand := program.NewRand(1)
	p := program.New(program.Quicgo)
	ops := 0
	for b.Loop() {
		for len(p.Ops) != 30 {
			program.Generate(rand, p, program.Limits{Ops: 30, Actors: lab.Actors})
		}
		ops += len(r.Run(p, fault.Set{}).Events)
		p.Ops = p.Ops[:0]
	}
	wall := b.Elapsed()
	if err := s.Close(); err != nil { // a child's time is known when it has ended
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/(cpu(b)-busy).Seconds(), "programs/cpu-s")
	b.ReportMetric(float64(b.N)/wall.Seconds(), "programs/s")
	b.ReportMetric(float64(ops)/float64(b.N), "ops/program")
}

// cpu is the time on a processor of this process and of those that it has
// started and that have ended.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	sum := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}
