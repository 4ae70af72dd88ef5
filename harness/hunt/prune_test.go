package hunt

import (
	"context"
	"slices"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// What is kept covers what all cover, signatures included, and nothing of it
// can go.
func TestPruneLosesNothing(t *testing.T) {
	var faults fault.Set
	faults = faults.With(fault.HAPROXY_bd384a359).With(fault.HAPROXY_1cb254ad7)
	r := program.NewRand(7)
	var all []*program.Program
	for range 3000 {
		p := program.New(program.Mux)
		program.Generate(r, p, program.Limits{Ops: 24})
		all = append(all, p)
	}
	ctx := context.Background()
	kept, want, err := Prune(ctx, model.Mux{}, faults, all)
	if err != nil {
		t.Fatal(err)
	}
	measure := func(indexes []int) Coverage {
		var some []*program.Program
		for _, i := range indexes {
			some = append(some, all[i])
		}
		c, err := Measure(ctx, model.Mux{}, faults, some)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(c.Signatures)
		return c
	}
	slices.Sort(want.Signatures)
	got := measure(kept)
	if got.Edges != want.Edges || got.States != want.States || got.Features != want.Features || !slices.Equal(got.Signatures, want.Signatures) {
		t.Errorf("kept %+v\nof %+v", got, want)
	}
	if len(want.Signatures) == 0 || len(kept) > len(all)/2 {
		t.Errorf("%d kept of %d, %d signatures: this shows nothing", len(kept), len(all), len(want.Signatures))
	}
	for _, i := range []int{0, len(kept) / 2, len(kept) - 1} {
		without := measure(slices.Delete(slices.Clone(kept), i, i+1))
		if without.Features == want.Features && len(without.Signatures) == len(want.Signatures) {
			t.Errorf("program %d could go", kept[i])
		}
	}
}

// A signature alone is reason enough to stay. What others cover together is not,
// in a short program as little as in a long one.
func TestNecessary(t *testing.T) {
	got := necessary([]keptProgram{
		{index: 0, covered: []feature{1, 2}},
		{index: 3, covered: []feature{1}, sig: "a | b | c | d"},
		{index: 5, covered: []feature{2}, sig: "e | f | g | h"},
		{index: 7, covered: []feature{1, 2}, sig: "e | f | g | h"},
	})
	if want := []int{3, 5}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPruneCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Prune(ctx, model.Mux{}, fault.Set{}, []*program.Program{program.New(program.Mux)}); err != context.Canceled {
		t.Errorf("%v", err)
	}
}
