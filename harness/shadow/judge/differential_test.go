package judge_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
)

// machine builds the machine in C for AddressSanitizer.
func machine(t *testing.T) string {
	t.Helper()
	need(t, "gcc")
	return compile(t, "machine", "testdata/machine/machine.c", "-fsanitize=address", "-fsanitize-recover=address")
}

// machineOnMemcheck is the command that plays programs under memcheck: the
// machine in C, with pools for its objects.
func machineOnMemcheck(t *testing.T) []string {
	t.Helper()
	need(t, "gcc", "valgrind")
	bin := compile(t, "machine-pool", "testdata/machine/machine.c", "-DPOOL")
	return append(append([]string{"valgrind"}, judge.MemcheckFlags...), "--leak-check=no", "--error-limit=no", bin)
}

func newTwin(t *testing.T) *judge.Twin {
	t.Helper()
	tw, err := judge.NewTwin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tw.Close() })
	return tw
}

// seed is that of the random programs: LASTWAKE_JUDGE_SEED, or 1.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := os.Getenv("LASTWAKE_JUDGE_SEED")
	if s == "" {
		return 1
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("LASTWAKE_JUDGE_SEED=%q is no seed", s)
	}
	return n
}

// The programs in testdata/differential, among them all on which the judges
// have ever disagreed by mistake, and that in LASTWAKE_JUDGE_PROGRAM.
func TestSavedPrograms(t *testing.T) {
	bin, tw := machine(t), newTwin(t)
	files, err := filepath.Glob("testdata/differential/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	alone := os.Getenv("LASTWAKE_JUDGE_PROGRAM")
	if alone != "" {
		files = []string{alone}
	}
	rules := map[judge.Rule]int{}
	for _, file := range files {
		ps, err := judge.ReadPrograms(file)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := tw.Try(ps, judge.MachineEnv(), bin)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, x := range trials {
			if rules[x.Rule]++; x.Err != nil {
				t.Errorf("%s: %v\n%s", file, x.Err, x.Program)
			}
			if alone != "" {
				t.Logf("%-14s %v", x.Rule, x.Theirs)
			}
		}
	}
	for _, r := range judge.Rules {
		if rules[r] == 0 && alone == "" {
			t.Errorf("no program needs rule %s", r)
		}
	}
}

// Every rule has a reason in testdata/rules.txt.
func TestRules(t *testing.T) {
	reasons, err := judge.ReadReasons("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range judge.Rules {
		if reasons[string(r)] == "" {
			t.Errorf("rule %s has no reason", r)
		}
		delete(reasons, string(r))
	}
	for r := range reasons {
		t.Errorf("there is no rule %s", r)
	}
}

// classes are what random programs have to hit: often, or the run says little.
var classes = []string{
	"heap-use-after-free", "heap-buffer-overflow", "double-free", "bad-free", "alloc-dealloc-mismatch",
	"new-delete-type-mismatch", "stack-use-after-scope", "stack-buffer-overflow", "stack-buffer-underflow",
	"null-dereference", "wild-access", "leak",
}

// A tally is what many trials have come to.
type tally struct {
	mu             sync.Mutex
	rules, classes map[string]int
	bad            []judge.Trial
}

func (y *tally) add(trials []judge.Trial) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, x := range trials {
		if x.Err != nil {
			y.bad = append(y.bad, x)
			continue
		}
		y.rules[string(x.Rule)]++
		y.classes[x.Theirs.Class]++
	}
}

func counts(m map[string]int) string {
	var s []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k != "" {
			s = append(s, fmt.Sprintf("%s %d", k, m[k]))
		}
	}
	return strings.Join(s, ", ")
}

// Random programs get the same first verdict from the twin and from gcc's
// AddressSanitizer: the same op, class, kind, size and address.
func TestDifferential(t *testing.T) {
	bin, seed, n := machine(t), seed(t), size(t, 1_000_000, 20_000, 2_000)
	const batch = 1000
	y := &tally{rules: map[string]int{}, classes: map[string]int{}}
	next := make(chan int, n/batch+1)
	for at := 0; at < n; at += batch {
		next <- at
	}
	close(next)
	var wg sync.WaitGroup
	for range 2 {
		tw := newTwin(t)
		wg.Go(func() {
			for at := range next {
				var ps []*judge.Program
				for i := at; i < min(at+batch, n); i++ {
					ps = append(ps, judge.Random(seed, i))
				}
				trials, err := tw.Try(ps, judge.MachineEnv(), bin)
				if err != nil {
					t.Error(err)
				}
				y.add(trials)
			}
		})
	}
	wg.Wait()
	y.report(t, seed, bin)
	fmt.Printf("differential: %d/%d with asan, seed %d\n", n-len(y.bad), n, seed)
	fmt.Printf("  classes: %s\n  agreed: %s\n", counts(y.classes), counts(y.rules))
	for _, class := range classes {
		if want := max(1, n/200); y.classes[class] < want {
			t.Errorf("void: %d of %d programs end with %s, want %d", y.classes[class], n, class, want)
		}
	}
}

// report shrinks and saves the first disagreements.
func (y *tally) report(t *testing.T, seed uint64, bin string) {
	tw := newTwin(t)
	for _, x := range y.bad[:min(3, len(y.bad))] {
		x, err := judge.Shrink(x, func(ps []*judge.Program) ([]judge.Trial, error) {
			return tw.Try(ps, judge.MachineEnv(), bin)
		})
		if err != nil {
			t.Error(err)
		}
		file, err := judge.Save(out, seed, x)
		if err != nil {
			t.Error(err)
		}
		t.Errorf("%v\n%sreproduce: LASTWAKE_JUDGE_PROGRAM=$PWD/%s go test ./harness/shadow/judge -run TestSavedPrograms\n"+
			"if the twin is right or mended, keep the program in testdata/differential", x.Err, x.Program, strings.TrimPrefix(file, "../../../"))
	}
}

// Random programs that read what was never written get the same verdict from
// the twin and from memcheck: the same op and byte. In C their objects come
// from pools that have told memcheck of themselves.
func TestDifferentialUninitialised(t *testing.T) {
	slow(t, "a run under valgrind")
	command := machineOnMemcheck(t)
	tw, seed, n := newTwin(t), seed(t), size(t, 20_000, 1_000, 1_000)
	ps, err := judge.ReadPrograms("testdata/uninitialised/copies.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i := range min(n, 20_000) {
		ps = append(ps, judge.RandomUninitialised(seed, i))
	}
	theirs, err := judge.RunMachine(ps, nil, command...)
	if err != nil {
		t.Fatal(err)
	}
	same, hits := 0, 0
	for i, p := range ps {
		ours, err := tw.Play(p)
		if err != nil {
			t.Fatalf("%v in\n%s", err, p)
		}
		if theirs[i].Class == shadow.ClassUninitialized {
			hits++
		}
		if err := judge.CompareUninitialised(p, ours, theirs[i]); err == nil {
			same++
		} else if i-same < 3 {
			t.Errorf("%v\n%s", err, p)
		}
	}
	if same < len(ps) {
		t.Fail()
	}
	fmt.Printf("uninitialised: %d/%d with memcheck, seed %d, %d of them read some\n", same, len(ps), seed, hits)
	if hits < len(ps)/10 {
		t.Errorf("void: %d of %d programs read what was never written", hits, len(ps))
	}
}
