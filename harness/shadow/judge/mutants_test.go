package judge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/shadow/judge"
)

// Nobody notices a check that is missing, unless something fails without it.
// Every mutant is killed: by what the judges have said of the cases and of
// random programs, or by the tests of packages shadow and instrument. Those
// that do what the sanitizer does are listed with a proof.
func TestMutants(t *testing.T) {
	slow(t, "a process for each mutant")
	dir := t.TempDir()
	mutants, overlay, err := judge.Mutate("..", dir)
	if err != nil {
		t.Fatal(err)
	}
	proofs := equivalents(t, mutants)
	if len(mutants) > 200 || len(proofs)*20 > len(mutants) {
		t.Errorf("%d mutants, want 200 at most; %d of them equivalent, want 5 in 100 at most", len(mutants), len(proofs))
	}
	p := newPack(t, dir, overlay)
	p.measure(t)
	chosen := chooseMutants(t, mutants, proofs)
	killedBy := p.killAll(chosen)
	killed, same, kinds := 0, 0, map[string]int{}
	var table strings.Builder
	for i, m := range chosen {
		by := killedBy[i]
		_, listed := proofs[m.Name]
		switch {
		case listed && by != "":
			t.Errorf("mutant %d is not equivalent: %s: %s", m.ID, m.Name, by)
		case listed:
			same++
		case by == "":
			t.Errorf("mutant %d survives: %s\nreproduce: make judge-mutants MUTANT=%d", m.ID, m.Name, m.ID)
		default:
			killed++
			kinds[strings.FieldsFunc(by, func(r rune) bool { return r == ':' || r == ' ' || r == ',' })[0]]++
		}
		fmt.Fprintf(&table, "%3d  %-72s  %s\n", m.ID, m.Name, by)
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "mutants.txt"), []byte(table.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("mutants: %d/%d killed, of %d; %d are equivalent\n  by: %s; each in reports/out/judge/mutants.txt\n",
		killed, len(chosen)-same, len(mutants), len(proofs), counts(kinds))
}

// equivalents are the proofs by the name of the mutant.
func equivalents(t *testing.T, mutants []judge.Mutant) map[string]string {
	t.Helper()
	list, err := judge.ReadEquivalents("testdata/equivalent.txt")
	if err != nil {
		t.Fatal(err)
	}
	proofs := map[string]string{}
	for _, e := range list {
		if e.Proof == "" || !slices.ContainsFunc(mutants, func(m judge.Mutant) bool { return m.Name == e.Name }) {
			t.Errorf("equivalent.txt: %q has no proof, or is no mutant", e.Name)
		}
		proofs[e.Name] = e.Proof
	}
	return proofs
}

// chooseMutants returns forty mutants, all of them at night, or the one with
// the number in LASTWAKE_JUDGE_MUTANT.
func chooseMutants(t *testing.T, mutants []judge.Mutant, proofs map[string]string) []judge.Mutant {
	t.Helper()
	if s := os.Getenv("LASTWAKE_JUDGE_MUTANT"); s != "" {
		i, err := strconv.Atoi(s)
		if err != nil || i < 1 || i > len(mutants) {
			t.Fatalf("LASTWAKE_JUDGE_MUTANT=%q is not the number of a mutant, 1 to %d", s, len(mutants))
		}
		return mutants[i-1 : i]
	}
	if nightly() {
		return mutants
	}
	chosen := slices.DeleteFunc(slices.Clone(mutants), func(m judge.Mutant) bool { return proofs[m.Name] != "" })
	r := rand.New(rand.NewPCG(seed(t), 0))
	r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	chosen = chosen[:40]
	slices.SortFunc(chosen, func(a, b judge.Mutant) int { return a.ID - b.ID })
	return chosen
}

// A pack are those that kill mutants, each built once with all of them in it.
type pack struct {
	hold   string // the command onmutant
	record []byte
	tests  []testBinary
	limit  time.Duration // for one of them; who takes longer hangs
}

// A testBinary is the tests of a package, or those of them that look at what a
// mutant does: others look at frames or at the files in the folder.
type testBinary struct{ name, dir, bin, run string }

func newPack(t *testing.T, dir, overlay string) *pack {
	t.Helper()
	p := &pack{hold: filepath.Join(dir, "onmutant")}
	goTool(t, "build", "-overlay", overlay, "-o", p.hold, "./cmd/onmutant")
	for _, b := range []testBinary{
		{name: "shadow", dir: "..", run: "."},
		{name: "instrument", dir: "../instrument", run: "^(TestTwinAgrees|TestCoverageIsBlindToFaults)$"},
	} {
		b.bin = filepath.Join(dir, b.name+".test")
		goTool(t, "test", "-c", "-overlay", overlay, "-o", b.bin, b.dir)
		p.tests = append(p.tests, b)
	}
	var err error
	if p.record, err = json.Marshal(newRecord(t)); err != nil {
		t.Fatal(err)
	}
	return p
}

// measure lets the sanitizer as it is pass, and sets the limit by how long that
// takes: a second or ten, as busy as the machine is.
func (p *pack) measure(t *testing.T) {
	t.Helper()
	p.limit = 10 * time.Minute
	start := time.Now()
	if by := p.kill(judge.Mutant{}); by != "" {
		t.Fatalf("the sanitizer as it is does not pass: %s", by)
	}
	p.limit = max(30*time.Second, 10*time.Since(start))
}

func goTool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// newRecord asks the judges for what no mutant may say otherwise.
func newRecord(t *testing.T) *judge.Record {
	t.Helper()
	table, err := judge.ReadTable("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	divergences, err := judge.ReadDivergences("testdata/divergence.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := &judge.Record{}
	for _, name := range table.Cases {
		want, _ := wanted(table, divergences, "twin", name)
		r.Cases = append(r.Cases, want)
	}
	var random, unwritten []*judge.Program
	for i := range 3000 {
		random = append(random, judge.Random(seed(t), i))
	}
	r.ASan = saidBy(t, random, judge.MachineEnv(), machine(t))
	for i := range 500 {
		unwritten = append(unwritten, judge.RandomUninitialised(seed(t), i))
	}
	r.Memcheck = saidBy(t, unwritten, nil, machineOnMemcheck(t)...)
	return r
}

func saidBy(t *testing.T, ps []*judge.Program, env []string, command ...string) []judge.Said {
	t.Helper()
	outcomes, err := judge.RunMachine(ps, env, command...)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]judge.Said, len(ps))
	for i, p := range ps {
		all[i] = judge.Said{Program: p, Outcome: outcomes[i]}
	}
	return all
}

// killAll has mutants killed, two at a time, and returns by whom.
func (p *pack) killAll(mutants []judge.Mutant) []string {
	by := make([]string, len(mutants))
	var wg sync.WaitGroup
	for lane := range 2 {
		wg.Go(func() {
			for i := lane; i < len(mutants); i += 2 {
				by[i] = p.kill(mutants[i])
			}
		})
	}
	wg.Wait()
	return by
}

var failed = regexp.MustCompile(`--- FAIL: (\S+)`)

// kill returns who has killed a mutant and how, "" for one that survives.
func (p *pack) kill(m judge.Mutant) string {
	if out, err := p.withMutant(m, p.record, ".", p.hold); err != nil {
		return describe(err, strings.TrimSpace(out))
	}
	for _, b := range p.tests {
		out, err := p.withMutant(m, nil, b.dir, b.bin, "-test.failfast", "-test.run", b.run, "-test.skip", "^(TestCanary|TestInlining)$")
		if err == nil {
			continue
		}
		by := b.name
		if f := failed.FindStringSubmatch(out); f != nil {
			by += ": " + f[1]
		}
		return describe(err, by)
	}
	return ""
}

// describe is one line on who has killed a mutant.
func describe(err error, by string) string {
	switch {
	case err == context.DeadlineExceeded:
		return "time: it hangs"
	case strings.Contains(by, "compiled out"):
		return "canary: the arena does not start"
	}
	by, _, _ = strings.Cut(by, "\n")
	if by == "" {
		by = fmt.Sprintf("crash: %v", err)
	}
	return by[:min(len(by), 160)]
}

// withMutant runs a command with a mutant in it.
func (p *pack) withMutant(m judge.Mutant, stdin []byte, dir string, command ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", judge.MutantVariable, m.ID))
	cmd.Stdin = bytes.NewReader(stdin)
	text, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return string(text), err
}
