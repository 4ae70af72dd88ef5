package hunt_test

import (
	"context"
	"testing"

	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/target/toy"
)

// BenchmarkOverhead is what the search costs per program where the target
// costs next to nothing.
func BenchmarkOverhead(b *testing.B) {
	b.ReportAllocs()
	sum, err := hunt.Run(context.Background(), hunt.Options{Target: toy.Target{}, Seed: 1, Programs: uint64(b.N), Shrink: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(sum.Ops)/float64(sum.Programs), "ops/program")
	b.ReportMetric(sum.Seconds*1e9/float64(sum.Ops), "ns/op-executed")
}
