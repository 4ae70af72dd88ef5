package judge_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/shadow/instrument"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
)

// A court is one judge: it says what is wrong with case i.
type court struct {
	name string
	// slow: make judge alone asks it.
	slow bool
	// ready makes the judge ready and returns it.
	ready func(t *testing.T) func(i int, name string) (judge.Verdict, error)
}

var courts = []court{
	{"twin", false, twin},
	{"asan", false, asan},
	{"memcheck", true, memcheck},
	{"goasan", true, goasan},
}

func twin(t *testing.T) func(int, string) (judge.Verdict, error) {
	tw := newTwin(t)
	var mu sync.Mutex
	return func(i int, _ string) (judge.Verdict, error) {
		mu.Lock()
		defer mu.Unlock()
		j, err := tw.Case(i)
		return j.Verdict, err
	}
}

func asan(t *testing.T) func(int, string) (judge.Verdict, error) {
	need(t, "gcc")
	bin := compile(t, "cases-asan", "testdata/cases/*.c", "-fsanitize=address")
	return func(_ int, name string) (judge.Verdict, error) {
		out, err := judge.Command(judge.ASanEnv(true), bin, name)
		return judge.ParseASan(out).Verdict, err
	}
}

func memcheck(t *testing.T) func(int, string) (judge.Verdict, error) {
	need(t, "gcc", "valgrind")
	bin := compile(t, "cases-memcheck", "testdata/cases/*.c")
	return func(_ int, name string) (judge.Verdict, error) {
		out, err := judge.Command(nil, "valgrind", append(judge.MemcheckFlags, bin, name)...)
		return judge.ParseMemcheck(out), err
	}
}

func goasan(t *testing.T) func(int, string) (judge.Verdict, error) {
	bin := goASan(t)
	return func(_ int, name string) (judge.Verdict, error) {
		out, err := judge.Command(judge.ASanGoOnEnv(), bin, "case", name)
		if _, said, ok := strings.Cut(out, "verdict: "); ok || err != nil {
			v, bad := judge.ParseVerdict(strings.TrimSpace(said))
			return v, errors.Join(err, bad)
		}
		return judge.ParseASan(out).Verdict, nil // it ended the process
	}
}

// Every case is given the same verdict by every judge, apart from the intended
// differences, each of which is real.
func TestCases(t *testing.T) {
	table, err := judge.ReadTable("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cases.CaseNames(), table.Cases); diff != "" {
		t.Fatalf("-cases +table\n%s", diff)
	}
	divergences, err := judge.ReadDivergences("testdata/divergence.txt")
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]bool{}
	var asked []string
	called := 0
	for _, c := range courts {
		t.Run(c.name, func(t *testing.T) {
			if c.slow {
				slow(t, "a process of its own for each of 38 cases")
			}
			called++
			judgement := everyCase(t, table, c.ready(t))
			asked = append(asked, c.name)
			for i, got := range judgement {
				name := table.Cases[i]
				if err := compare(table, divergences, c.name, name, got); err != nil {
					t.Error(err)
					wrong[name] = true
				}
			}
		})
	}
	right := len(table.Cases) - len(wrong)
	if judging() && len(asked) < called {
		right = 0 // who was not heard has not agreed
	}
	fmt.Printf("cases: %d/%d by %s\n", right, len(table.Cases), strings.Join(asked, ", "))
}

// everyCase asks a judge for all cases, two at a time.
func everyCase(t *testing.T, table *judge.Table, ask func(int, string) (judge.Verdict, error)) []judge.Verdict {
	got, errs := make([]judge.Verdict, len(table.Cases)), make([]error, len(table.Cases))
	var wg sync.WaitGroup
	for lane := range 2 {
		wg.Go(func() {
			for i := lane; i < len(got); i += 2 {
				got[i], errs[i] = ask(i, table.Cases[i])
			}
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("%s: %v", table.Cases[i], err)
		}
	}
	return got
}

// wanted is what a judge has to say of a case, by the table or by a divergence
// from it, whose reason it returns too.
func wanted(table *judge.Table, ds []judge.Divergence, by, name string) (want judge.Verdict, why string) {
	if i := slices.IndexFunc(ds, func(d judge.Divergence) bool { return d.Judge == by && d.Case == name }); i >= 0 {
		return ds[i].Want, " (" + ds[i].Reason + ")"
	}
	return table.Want[name], ""
}

// compare holds a verdict against the table and the divergences.
func compare(table *judge.Table, ds []judge.Divergence, by, name string, got judge.Verdict) error {
	want, why := wanted(table, ds, by, name)
	if why != "" && want == table.Want[name] {
		return fmt.Errorf("%s: %s does not differ from the table", name, by)
	}
	if got != want {
		return fmt.Errorf("%s: %s says %q, want %q%s", name, by, got, want, why)
	}
	return nil
}

// A divergence is of a case and a judge that there are.
func TestDivergences(t *testing.T) {
	ds, err := judge.ReadDivergences("testdata/divergence.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		known := slices.ContainsFunc(courts, func(c court) bool { return c.name == d.Judge })
		if !known || !slices.Contains(cases.CaseNames(), d.Case) {
			t.Errorf("no judge %q or no case %q", d.Judge, d.Case)
		}
	}
}

// The twin in the folder is what the generator makes of the source.
func TestCasesAreCurrent(t *testing.T) {
	res, err := instrument.Generate(instrument.Config{Dir: "cases", OutDir: "cases/checked"})
	if err != nil {
		t.Fatal(err)
	}
	const dir = "harness/shadow/judge/"
	for name, want := range res.Files {
		got, err := os.ReadFile(strings.TrimPrefix(name, dir))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: run go generate ./harness/shadow/judge/cases: -want +got\n%s", name, diff)
		}
	}
}
