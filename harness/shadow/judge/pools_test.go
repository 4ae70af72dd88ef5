package judge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases/checked"
)

// What pools hide from the judges that people believe, and not from ours.
func TestPools(t *testing.T) {
	slow(t, "runs under valgrind")
	need(t, "gcc", "valgrind")
	rows, err := judge.ReadPools("testdata/pools.txt")
	if err != nil {
		t.Fatal(err)
	}
	asan := compile(t, "pools-asan", "testdata/pools/*.c", "-fsanitize=address")
	bare, annotated := compile(t, "pools", "testdata/pools/*.c"), compile(t, "pools-annotated", "testdata/pools/*.c", "-DANNOTATED")
	memcheck := func(bin, name string) (judge.Verdict, error) {
		out, err := judge.Command(nil, "valgrind", append(judge.MemcheckFlags, "--leak-check=no", bin, name)...)
		return judge.ParseMemcheck(out), err
	}
	plain, twin := plainWorld(t), twinWorld(t)
	ask := map[string]func(i int, name string) (judge.Verdict, error){
		"asan": func(_ int, name string) (judge.Verdict, error) {
			out, err := judge.Command(judge.ASanEnv(false), asan, name)
			return judge.ParseASan(out).Verdict, err
		},
		"memcheck":  func(_ int, name string) (judge.Verdict, error) { return memcheck(bare, name) },
		"annotated": func(_ int, name string) (judge.Verdict, error) { return memcheck(annotated, name) },
		"page": func(i int, _ string) (judge.Verdict, error) {
			return judge.PlayPages(plain.Arena(), func(m shadow.Mode) { plain.Reset(m); plain.PoolCase(i) })
		},
		"twin": func(i int, _ string) (judge.Verdict, error) {
			j, err := judge.Play(twin.Arena(), func(m shadow.Mode) { twin.Reset(m); twin.PoolCase(i) })
			return j.Verdict, err
		},
	}
	fmt.Printf("pools: what they hide\n  %-19s", "")
	for _, j := range judge.PoolJudges {
		fmt.Printf("%-28s", j)
	}
	fmt.Println("as shipped")
	for _, row := range rows {
		i := slices.Index(cases.PoolNames(), row.Case)
		if i < 0 {
			t.Fatalf("no case %q", row.Case)
		}
		fmt.Printf("  %-19s", row.Case)
		for _, j := range judge.PoolJudges {
			got, err := ask[j](i, row.Case)
			if err != nil || got != row.Want[j] {
				t.Errorf("%s: %s says %q, want %q (%v)", row.Case, j, got, row.Want[j], err)
			}
			fmt.Printf("%-28s", got.Class+strings.Repeat("-", max(0, 1-len(got.Class))))
		}
		ended := judge.PlayShipped(twin.Arena(), func(m shadow.Mode) { twin.Reset(m); twin.PoolCase(i) })
		if ended == "" {
			ended = fmt.Sprintf("silent, reads %d", twin.Sum())
		}
		fmt.Println(ended)
	}
	if len(rows) != len(cases.PoolNames()) {
		t.Errorf("%d rows for %d cases", len(rows), len(cases.PoolNames()))
	}
}

func plainWorld(t *testing.T) *cases.World {
	t.Helper()
	w, err := cases.New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Arena().Close() })
	return w
}

func twinWorld(t *testing.T) *checked.World {
	t.Helper()
	w, err := checked.New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Arena().Close() })
	return w
}
