package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/process"
	"github.com/lastwake/lastwake/harness/triage"
)

var unmapsDescriptor = fault.Set{}.With(fault.HAPROXY_40d1c84bf)

// incident is HAProxy #2492: the worker takes the copy of the startup logs,
// frees the old ones and calls unsetenv.
const incident = `lastwake/1 process munmap=%s pad=%d
env.set FOO value=bar
ring.dup r0
proc.fork
proc.switch x1
proc.worker
`

// farArray is the same with the environ array beyond the hole: it moves when a
// variable is added, and what lies between keeps it away.
const farArray = `lastwake/1 process munmap=%s pad=%d
proc.pad bytes=1024
env.set FOO value=bar
ring.dup r0
proc.fork
proc.switch x1
proc.worker
`

func runner(t *testing.T) *exec.Runner {
	t.Helper()
	s, err := process.Process{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return exec.New(s)
}

func parse(t *testing.T, text string) *program.Program {
	t.Helper()
	p, err := program.Parse("", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dies is the stack of C functions on which a run to the symptom ends, "" for
// one that comes to its end.
func dies(t *testing.T, r *exec.Runner, f *exec.Finding) string {
	t.Helper()
	v, err := r.Ship(f)
	if err != nil {
		t.Fatal(err)
	}
	var frames []string
	for _, x := range v.Use {
		if x.CFile != "" {
			frames = append(frames, x.Func)
		}
	}
	return strings.Join(frames, " <- ")
}

// The sweep over the 16 positions that an allocation has in a page: the
// sanitizer reports the munmap at the call, wherever the descriptor lies, with
// everything that lies in its range. Who only sees crashes sees one position
// under Linux, and all of them under a kernel that rounds down.
func TestAlignmentSweep(t *testing.T) {
	r := runner(t)
	for _, c := range []struct {
		kernel  string
		crashes int
	}{{"linux", 1}, {"bsd", 16}} {
		caught, crashed := 0, 0
		for i := range 16 {
			p := parse(t, fmt.Sprintf(incident, c.kernel, 16*i))
			f, err := r.Explain(p, unmapsDescriptor)
			if err != nil {
				t.Fatal(err)
			}
			if f == nil {
				continue
			}
			if got, want := f.Signature(), fault.HAPROXY_40d1c84bf.Fault().Primary; got != want {
				t.Errorf("pad %d: %s, want %s", 16*i, got, want)
			}
			if !slices.ContainsFunc(f.Stop.Victims, func(v string) bool { return strings.HasPrefix(v, "ring of ") }) || len(f.Stop.Victims) < 5 {
				t.Errorf("pad %d: victims %q", 16*i, f.Stop.Victims)
			}
			caught++
			whole := *f
			whole.Program = p // the run to the symptom goes on to the end
			stack := dies(t, r, &whole)
			if stack != "" {
				crashed++
			}
			t.Logf("munmap=%s pad=%d: caught at the call; without the sanitizer: %s", c.kernel, 16*i, orSilent(stack))
		}
		if caught != 16 || crashed != c.crashes {
			t.Errorf("munmap=%s: %d of 16 caught, want all; %d crash, want %d", c.kernel, caught, crashed, c.crashes)
		}
	}
}

func orSilent(stack string) string {
	if stack == "" {
		return "silent"
	}
	return "dies in " + stack
}

// Both ways to die of it: in unsetenv itself when the array is in the hole, in
// strncmp when only strings are, which is the backtrace of the issue.
func TestBothSymptoms(t *testing.T) {
	r := runner(t)
	for text, want := range map[string]string{
		incident: "unsetenv <- main",
		farArray: "strncmp <- unsetenv <- main",
	} {
		p := parse(t, fmt.Sprintf(text, "bsd", 0))
		f, err := r.Explain(p, unmapsDescriptor)
		if err != nil || f == nil {
			t.Fatal(f, err)
		}
		whole := *f
		whole.Program = p
		if got := dies(t, r, &whole); got != want {
			t.Errorf("%s, want %s\n%s", got, want, p)
		}
	}
}

// The report of the incident tells the ways to die beside the cause.
func TestSymptomsAreReported(t *testing.T) {
	f, err := runner(t).Explain(parse(t, fmt.Sprintf(incident, "linux", 0)), unmapsDescriptor)
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	all, err := triage.Symptoms(process.Process{}, f)
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []string
	for _, c := range all {
		outcomes = append(outcomes, c.Outcome)
	}
	for _, want := range []string{"silent", "dies in unsetenv"} {
		if !slices.Contains(outcomes, want) {
			t.Errorf("outcomes %q, want %q among them", outcomes, want)
		}
	}
}

// The first fix alone does not pass: what it left is the second fault. The two
// are never on together in history, and the catalogue says so.
func TestIncompleteFix(t *testing.T) {
	r := runner(t)
	incomplete := fault.Set{}.With(fault.HAPROXY_0cfbeb1ae)
	for _, set := range []struct {
		on   fault.Set
		want string
	}{
		{unmapsDescriptor, fault.HAPROXY_40d1c84bf.Fault().Primary},
		{incomplete, fault.HAPROXY_0cfbeb1ae.Fault().Primary},
		{fault.Set{}, ""},
	} {
		f, err := r.Explain(parse(t, fmt.Sprintf(incident, "linux", 0)), set.on)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if f != nil {
			got = f.Signature()
		}
		if got != set.want {
			t.Errorf("faults %s: %q, want %q", set.on, got, set.want)
		}
	}
	a, b := fault.HAPROXY_40d1c84bf.Fault(), fault.HAPROXY_0cfbeb1ae.Fault()
	if !slices.Contains(a.Excludes, b.ID) || !slices.Contains(b.Excludes, a.ID) {
		t.Error("the two exclude each other")
	}
}

// A session remembers nothing of what it ran before.
func TestSessionRemembersNothing(t *testing.T) {
	a, b := runner(t), runner(t)
	rng := program.NewRand(3)
	p, q := program.New(program.Process), program.New(program.Process)
	for range 500 {
		program.Generate(rng, p, program.Limits{})
		program.Generate(rng, q, program.Limits{})
		b.Run(q, unmapsDescriptor)
		if d := exec.Diff(a.Run(p, fault.Set{}), b.Run(p, fault.Set{})); d != "" {
			t.Fatalf("%s, after %s: %s", p, q, d)
		}
		if !slices.Equal(a.Session().(target.Inspector).Cov(), b.Session().(target.Inspector).Cov()) {
			t.Fatalf("%s, after %s: other edges were taken", p, q)
		}
	}
}
