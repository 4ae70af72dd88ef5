package quicgo_test

import (
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// BenchmarkPrograms is what a hunt pays for a program of 30 ops, played in a
// worker and judged: programs a second on one core. Settle's ops come on top.
func BenchmarkPrograms(b *testing.B) {
	s, err := ours().NewSession()
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r := exec.New(s)
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
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "programs/s")
	b.ReportMetric(float64(ops)/float64(b.N), "ops/program")
}
