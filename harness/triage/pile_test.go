package triage_test

import (
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/triage"
)

// A crasher is a program that breaks the model with one fault on.
type crasher struct {
	prog *program.Program
	on   fault.Set
	name string
}

// crashers makes n programs that break the model: for each fault programs
// that a generator made, and mutations of those that broke. None is of the
// corpus. A fault that no program shows in a while is left out.
func crashers(t *testing.T, n int) []crasher {
	t.Helper()
	var faults []fault.Fault
	for _, f := range fault.All() {
		if f.Model == program.Mux {
			faults = append(faults, f)
		}
	}
	known := map[[2]uint64]bool{}
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range crashes {
		known[c.Program.Hash()] = true
	}
	run := newRunner(t)
	share := n/len(faults) + 1
	var all []crasher
	for _, f := range faults {
		all = append(all, breaking(t, run, &f, share, known)...)
	}
	// Faults that are easily shown make up for those that are not.
	for i := 0; len(all) < n && i < len(faults); i++ {
		all = append(all, breaking(t, run, &faults[i], n-len(all), known)...)
	}
	return all[:min(n, len(all))]
}

// tries bounds the programs that are run to find crashers of one fault.
const tries = 60_000

func breaking(t *testing.T, run *exec.Runner, f *fault.Fault, n int, known map[[2]uint64]bool) []crasher {
	t.Helper()
	on := fault.Set{}.With(f.ID)
	for _, id := range f.Requires {
		on = on.With(id)
	}
	rnd := program.NewRand(0xfeed + uint64(f.ID))
	limits := program.Limits{Ops: 64, Actors: model.Mux{}.Actors()}
	start := seedOf(t, f)
	pool := []*program.Program{start}
	var out []crasher
	for range tries {
		if len(out) >= n {
			break
		}
		parent := pool[rnd.Intn(len(pool))]
		p := parent.Clone()
		for range 1 + rnd.Intn(4) {
			program.Mutate(rnd, p, start, limits)
		}
		p.Header.Faults = nil
		if known[p.Hash()] || !oracle.Suspect(run.Run(p, on)) {
			continue
		}
		known[p.Hash()] = true
		out = append(out, crasher{p, on, f.Name})
		if len(pool) < 256 {
			pool = append(pool, p)
		}
	}
	return out
}

func seedOf(t *testing.T, f *fault.Fault) *program.Program {
	t.Helper()
	seeds, err := corpus.Embedded().Seeds(f.Model)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(seeds, func(s corpus.Seed) bool { return s.File == "corpus/"+f.Seed })
	if i < 0 {
		t.Fatalf("%s: no seed %s", f.Name, f.Seed)
	}
	return seeds[i].Program
}

func newRunner(t *testing.T) *exec.Runner {
	t.Helper()
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return exec.New(s)
}

// A pile of crashers is grouped by cause: the groups are those of the faults
// that were on. LASTWAKE_PILE is how many crashers; 10000 is what is promised.
func TestPile(t *testing.T) {
	n := 600
	if s := os.Getenv("LASTWAKE_PILE"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	pile := crashers(t, n)
	start := time.Now()
	groups, signatures := make([]string, len(pile)), make([]string, len(pile))
	var wg sync.WaitGroup
	for w := range 2 {
		run := newRunner(t)
		wg.Go(func() {
			for i := w; i < len(pile); i += 2 {
				named, err := triage.Name(run, pile[i].prog, pile[i].on, false)
				if err != nil {
					t.Error(err)
					return
				}
				groups[i] = named.Group()
				if named.Finding != nil {
					signatures[i] = named.Finding.Signature()
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	truth := make([]string, len(pile))
	bySignature := make([]string, len(pile))
	for i, c := range pile {
		truth[i] = c.name
		bySignature[i] = signatures[i]
		if f, ok := fault.Match(signatures[i]); ok {
			bySignature[i] = f.Name
		}
	}
	ari := rand(truth, groups)
	t.Logf("%d crashers of %d faults, grouped in %.1f s: adjusted Rand index %.4f; by the signatures' owners alone %.4f",
		len(pile), len(counts(truth)), took.Seconds(), ari, rand(truth, bySignature))
	if ari < 0.99 {
		t.Errorf("adjusted Rand index %.4f, want 0.99", ari)
		for i := range pile {
			if groups[i] != truth[i] && i%50 == 0 {
				t.Logf("%s is called %q", truth[i], groups[i])
			}
		}
	}
}

func counts(labels []string) map[string]int {
	m := map[string]int{}
	for _, l := range labels {
		m[l]++
	}
	return m
}

// rand is the adjusted Rand index of two ways to group the same things: 1 for
// the same groups, about 0 for groups by chance.
func rand(a, b []string) float64 {
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	both := map[[2]string]int{}
	for i := range a {
		both[[2]string{a[i], b[i]}]++
	}
	var together, inA, inB float64
	for n := range maps.Values(both) {
		together += pairs(n)
	}
	for n := range maps.Values(counts(a)) {
		inA += pairs(n)
	}
	for n := range maps.Values(counts(b)) {
		inB += pairs(n)
	}
	expected := inA * inB / pairs(len(a))
	if most := (inA + inB) / 2; math.Abs(most-expected) > 1e-9 {
		return (together - expected) / (most - expected)
	}
	return 1
}

func TestRand(t *testing.T) {
	if got := rand([]string{"a", "a", "b", "b"}, []string{"x", "x", "y", "y"}); got != 1 {
		t.Errorf("the same groups: %v", got)
	}
	if got := rand([]string{"a", "a", "b", "b"}, []string{"x", "y", "x", "y"}); got > 0 {
		t.Errorf("groups across: %v", got)
	}
}
