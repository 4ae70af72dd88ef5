package judge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/corpus"
	lexec "github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/internal/said"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
)

// A mjob is a program of the mux with the faults that are on.
type mjob struct {
	p        *program.Program
	faults   fault.Set
	sabotage said.Sabotage
}

// memory are the classes that AddressSanitizer or the processor judge.
var memory = map[string]bool{
	shadow.ClassUseAfterFree: true, shadow.ClassOverflow: true, shadow.ClassUseAfterScope: true, shadow.ClassDoubleFree: true,
	shadow.ClassBadFree: true, shadow.ClassNull: true, shadow.ClassWild: true,
}

// The plain model under gcc's AddressSanitizer gives every program the same
// first verdict as the checked twin: class, object and its field, using,
// freeing and allocating function, kind and size of the access, op. A program
// with which nothing is wrong takes the same course.
func TestMux(t *testing.T) {
	slow(t, "the mux model is built with -asan")
	bin := goASan(t)
	n := size(t, 100_000, 5_000, 100)
	jobs, ours, unseen := onTwin(t, muxJobs(t, n+n/16))
	theirs := onASan(t, bin, jobs)
	same, classes, signatures := 0, map[string]int{}, map[string]int{}
	for i, j := range jobs {
		classes[ours[i].Class]++
		signatures[ours[i].Signature]++
		if diff := cmp.Diff(ours[i], theirs[i]); diff == "" && ours[i].Harness == "" {
			same++
		} else if i-same < 3 {
			t.Errorf("faults %s, %+v\n%s%s-twin +asan\n%s", j.faults, j.sabotage, ours[i].Harness, j.p, diff)
		}
	}
	if same < len(jobs) {
		t.Fail()
	}
	judged := 0
	for class := range memory {
		judged += classes[class]
	}
	if testing.Verbose() && os.Getenv("LASTWAKE_JUDGE_SIGNATURES") != "" {
		t.Log(counts(signatures))
	}
	fmt.Printf("mux: %d/%d with asan, %d of them by a bad access; %d more read what was never written\n  classes: %s; %d signatures\n",
		same, len(jobs), judged, unseen, counts(classes), len(signatures))
	if len(jobs) < n {
		t.Errorf("void: only %d programs, want %d", len(jobs), n)
	}
	if judged < len(jobs)/5 {
		t.Errorf("void: %d of %d programs end with a bad access", judged, len(jobs))
	}
}

// A run that is sabotaged stops in the same place each time, whoever watches:
// neither traces nor audits nor the digest of the state use what is dead.
func TestSabotagedReplays(t *testing.T) {
	r, saboteur := newRunner(t)
	n, classes := 0, map[string]int{}
	for _, j := range known(t) {
		for after := 1; after <= len(j.p.Ops); after++ {
			for nth := range 7 {
				saboteur.Sabotage = said.Sabotage{After: after, Nth: nth}
				s := said.Of(r, j.p, j.faults)
				n++
				if classes[s.Class]++; s.Harness != "" {
					t.Fatalf("faults %s, %+v: %s\n%s", j.faults, saboteur.Sabotage, s.Harness, j.p)
				}
			}
		}
	}
	t.Logf("%d runs: %s", n, counts(classes))
	if classes[shadow.ClassUseAfterFree] < n/4 {
		t.Errorf("void: %d of %d sabotaged runs use freed memory", classes[shadow.ClassUseAfterFree], n)
	}
}

// onTwin plays jobs on the checked twin and returns what it said. Those that
// read what was never written are left out and counted: AddressSanitizer does
// not know, and what such a value leads to is another matter. Leaks are
// compared by what is live, which both have: the leak checker of the twin asks
// who points at whom.
func onTwin(t *testing.T, jobs []mjob) (judged []mjob, all []said.Said, unseen int) {
	t.Helper()
	r, saboteur := newRunner(t)
	for _, j := range jobs {
		saboteur.Sabotage = j.sabotage
		s := said.Of(r, j.p, j.faults)
		if s.Class == shadow.ClassUninitialized {
			unseen++
			continue
		}
		judged, all = append(judged, j), append(all, s)
	}
	return judged, all, unseen
}

// onASan has the command onasan play jobs. A process that dies has said what
// it could: the next one goes on behind the program that killed it.
func onASan(t *testing.T, bin string, jobs []mjob) []said.Said {
	t.Helper()
	var all []said.Said
	for len(all) < len(jobs) {
		var in, errs bytes.Buffer
		enc := json.NewEncoder(&in)
		for _, j := range jobs[len(all):] {
			if err := enc.Encode(said.Job{Program: j.p.String(), Faults: j.faults.String(), Sabotage: j.sabotage}); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(bin, "mux")
		cmd.Env = append(os.Environ(), judge.ASanGoOnEnv()...)
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
		cmd.Stdin, cmd.Stderr = &in, &errs
		out, err := cmd.Output()
		for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
			var s said.Said
			if dec.Decode(&s) != nil {
				break
			}
			all = append(all, s)
		}
		if len(all) < len(jobs) {
			text := errs.String()
			t.Errorf("onasan ended (%v) in program %d:\n%s%s", err, len(all), jobs[len(all)].p, text[max(0, len(text)-3000):])
			all = append(all, said.Said{Harness: "the process died"})
		}
	}
	return all
}

// muxJobs returns the corpus with its own faults, and about n programs that a
// hunt with faults on has kept, or that are made from those and from what it
// has found: most of them have something wrong, in many ways, and the others
// are there to come to their end.
func muxJobs(t *testing.T, n int) []mjob {
	t.Helper()
	pool := known(t)
	jobs := append([]mjob(nil), pool...)
	sets := faultSets()
	var hunted []*program.Program
	for i, set := range sets {
		o := hunt.Options{Target: model.Mux{}, Faults: set, Seed: seed(t) + uint64(i), Programs: uint64(4 * n / len(sets)), Workers: 2, Shrink: -1}
		o.Keep = func(ps []*program.Program) error { hunted = append(hunted, ps...); return nil }
		sum, err := hunt.Run(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range sum.Found {
			pool = append(pool, mjob{p: f.Program.Clone(), faults: set})
		}
	}
	// A quarter comes to its end, a quarter breaks something else at most, a
	// quarter makes a bad access and is mutated again, a quarter is sabotaged.
	r := program.NewRand(seed(t))
	probe, saboteur := newRunner(t)
	left := [4]int{n / 4, n / 4, n / 4, n - 3*(n/4)}
	for tries := 0; left != [4]int{} && tries < 300*n; tries++ {
		j := pool[r.Intn(len(pool))]
		if tries%4 == 0 {
			j = mjob{p: hunted[r.Intn(len(hunted))], faults: sets[r.Intn(len(sets))]}
		}
		j.p = j.p.Clone()
		if tries%8 != 0 {
			program.Mutate(r, j.p, hunted[r.Intn(len(hunted))], program.Limits{})
		}
		if tries%4 == 0 && len(j.p.Ops) > 0 {
			j.sabotage = said.Sabotage{After: 1 + r.Intn((len(j.p.Ops)+1)/2), Nth: r.Intn(1 << 16)}
		}
		saboteur.Sabotage = j.sabotage
		kind := outcome(probe.Run(j.p, j.faults), j.sabotage)
		if left[kind] == 0 {
			continue
		}
		left[kind]--
		jobs = append(jobs, j)
		if kind == 2 {
			pool = append(pool, j)
		}
	}
	return jobs
}

// outcome is the quarter of muxJobs that a run belongs to.
func outcome(h *target.History, s said.Sabotage) int {
	switch {
	case s.After != 0:
		return 3
	case h.Stop.Kind == target.StopTrap, h.Stop.Kind == target.StopSegv, h.Stop.Kind == target.StopBadFree:
		return 2
	case oracle.Suspect(h):
		return 1
	}
	return 0
}

func newRunner(t *testing.T) (*lexec.Runner, *said.Saboteur) {
	t.Helper()
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	saboteur := &said.Saboteur{Inspector: s.(target.Inspector), Arena: s.(*model.Session).Arena()}
	return lexec.New(saboteur), saboteur
}

// known are the seeds and the known crashes.
func known(t *testing.T) []mjob {
	t.Helper()
	var jobs []mjob
	add := func(p *program.Program) {
		f, err := fault.Parse(strings.Join(p.Header.Faults, ","))
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, mjob{p: p, faults: f})
	}
	seeds, err := corpus.Embedded().Seeds(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		add(s.Program)
	}
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range crashes {
		add(c.Program)
	}
	return jobs
}

// faultSets are the sets of faults to hunt with: each alone, and all at once.
func faultSets() []fault.Set {
	var sets []fault.Set
	var all fault.Set
	for _, f := range fault.All() {
		if f.Model == program.Mux {
			sets = append(sets, fault.Set{}.With(f.ID))
			all = all.With(f.ID)
		}
	}
	return append(sets, all)
}
