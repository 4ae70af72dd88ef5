package judge_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/lastwake/lastwake/harness/shadow/judge"
)

// judging reports whether this is make judge: every judge has to be there, and
// what is slow is run too.
func judging() bool { return os.Getenv("LASTWAKE_JUDGE") == "1" || nightly() }

// nightly reports whether this is make judge-nightly, which is larger.
func nightly() bool { return os.Getenv("LASTWAKE_JUDGE") == "nightly" }

// out is the folder for what a test has to show.
const out = "../../../reports/out/judge"

// need skips a test when a judge is not there; make judge fails instead.
func need(t *testing.T, tools ...string) {
	t.Helper()
	err := judge.Missing(tools...)
	switch {
	case err == nil:
	case judging():
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// slow skips a test outside of make judge.
func slow(t *testing.T, why string) {
	t.Helper()
	if !judging() {
		t.Skip(why + ": make judge runs it (LASTWAKE_JUDGE=1)")
	}
}

// size is the number of programs of a test: N in the environment, or many in
// make judge-nightly, or usual in make judge, or few.
func size(t *testing.T, many, usual, few int) int {
	t.Helper()
	if s := os.Getenv("LASTWAKE_JUDGE_N"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("LASTWAKE_JUDGE_N=%q is no number of programs", s)
		}
		return n
	}
	switch {
	case nightly():
		return many
	case judging():
		return usual
	}
	return few
}

// tools is where programs are built, once for all tests.
var tools struct {
	dir string

	once   sync.Once
	goasan string
	err    error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "judge")
	if err != nil {
		panic(err)
	}
	tools.dir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// goASan builds the command onasan.
func goASan(t *testing.T) string {
	t.Helper()
	need(t, "gcc")
	tools.once.Do(func() { tools.goasan, tools.err = judge.BuildGoASan("..", tools.dir) })
	if tools.err != nil {
		t.Fatal(tools.err)
	}
	return tools.goasan
}

// compile builds C sources with the given flags.
func compile(t *testing.T, name, pattern string, flags ...string) string {
	t.Helper()
	sources, err := filepath.Glob(pattern)
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources %s: %v", pattern, err)
	}
	bin := filepath.Join(tools.dir, name)
	if err := judge.CompileC(bin, sources, flags...); err != nil {
		t.Fatal(err)
	}
	return bin
}
