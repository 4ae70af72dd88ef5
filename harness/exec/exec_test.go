package exec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/toy"
)

var (
	lastWake = fault.Set{}.With(fault.HAPROXY_bd384a359)
	pinned   = fault.Set{}.With(fault.HAPROXY_ad6b13d31)
)

func parse(t *testing.T, ops string) *program.Program {
	t.Helper()
	p, err := program.Parse("test.prog", []byte("lastwake/1 mux\n"+ops))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// starved is a program that leaves one stream with the buffer and one waiting
// for it, both detached: a release now wakes the tasklet.
const starved = `net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s4 headers fin
app.send c0/s0
app.send c0/s4
run.mux c0
app.detach c0/s0
app.detach c0/s4
`

func TestExplainTrap(t *testing.T) {
	r := exec.New(toy.New())
	f, err := r.Explain(parse(t, starved+"run.timer c0 mux\ntime.pass\n"), lastWake)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Signature(), "heap-use-after-free | tasklet | toy_bufferfree | toy_release | toy_reset"; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	if got, want := f.Verdict.Op, 8; got != want {
		t.Errorf("op %d, want %d", got, want)
	}
	if f.Object == nil || f.Object.FreeOp != 8 || f.Object.AllocOp != -1 {
		t.Errorf("object %+v, want one allocated before op 0 and freed in op 8", f.Object)
	}
	if got := len(f.Program.Ops); got != 9 {
		t.Errorf("program has %d ops, want 9: what follows the trap is not needed", got)
	}
	want := `run.timer c0 mux  # stopped
#   wake tasklet
`
	if h := f.History(); !strings.HasSuffix(h, want) {
		t.Errorf("history ends otherwise:\n%s", h)
	}
	if _, err := program.Parse("history", []byte(f.History())); err != nil {
		t.Errorf("a history parses as a program: %v", err)
	}
}

// What only settle brings to light becomes a program that ends with settle's
// ops and fires without settle.
func TestSettleIsWrittenOut(t *testing.T) {
	tests := []struct {
		name, ops string
		faults    fault.Set
		signature string
		appended  int
	}{
		{"leak", "peer.stream c0/s0 headers fin\napp.shut c0/s0\n", fault.Set{},
			"leak | quic_frame | - | - | toy_release", 2},
		{"lost wakeup", starved, pinned,
			"lost-wakeup | conn-full | qcc | run.mux", 2},
		{"accounting", "peer.stream c0/s0 headers fin\napp.abort c0/s0\n", fault.Set{},
			"accounting | tx-offsets | qcc | app.abort", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := exec.New(toy.New())
			f, err := r.Explain(parse(t, test.ops), test.faults)
			if err != nil {
				t.Fatal(err)
			}
			if f == nil {
				t.Fatal("nothing found")
			}
			if f.Signature() != test.signature || f.Appended != test.appended || f.NeedsSettle {
				t.Errorf("got %q with %d ops appended (needs settle: %t), want %q with %d:\n%s",
					f.Signature(), f.Appended, f.NeedsSettle, test.signature, test.appended, f.History())
			}
			again, err := r.ExplainAs(f.Program, test.faults, false)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(f.Lines, again.Lines); diff != "" || again.Signature() != f.Signature() {
				t.Errorf("%q without settle (-first +again):\n%s", again.Signature(), diff)
			}
		})
	}
}

func TestNothingWrong(t *testing.T) {
	r := exec.New(toy.New())
	f, err := r.Explain(parse(t, starved+"run.timer c0 mux\n"), fault.Set{})
	if f != nil || err != nil {
		t.Errorf("got %v, %v; want nothing", f, err)
	}
}

func TestStepBudget(t *testing.T) {
	r := exec.New(toy.New())
	f, err := r.Explain(parse(t, "run.migrate c0\n"), fault.Set{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Signature(), "step-budget | run_migrate | - | run.migrate"; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
}

// A replay that differs from the run is the harness's fault and no finding.
func TestDisagreementIsHarnessFault(t *testing.T) {
	s, err := toy.Target{Flaky: true}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	_, err = exec.New(s).Explain(parse(t, "time.pass\n"+starved+"run.timer c0 mux\n"), lastWake)
	var hf *exec.HarnessFault
	if !errors.As(err, &hf) {
		t.Fatalf("got error %v, want a HarnessFault", err)
	}
	if want := "op 0 (time.pass)"; !strings.Contains(hf.What, want) {
		t.Errorf("the fault says %q, want it to name op 0", hf.What)
	}
}

// broken panics with something that is no session's own.
type broken struct{ *toy.Session }

func (b broken) Step(op program.Op) target.Event {
	if op.Verb == program.NetOK {
		panic("index out of mind")
	}
	return b.Session.Step(op)
}

// wandering comes to the same access by another way in every run but the first.
type wandering struct {
	*toy.Session
	runs int
}

func (w *wandering) Reset(h *program.Header, faults fault.Set) {
	w.runs++
	w.Session.Reset(h, faults)
}

func (w *wandering) Step(op program.Op) target.Event {
	if w.runs == 1 {
		return w.Session.Step(op)
	}
	return w.detour(op)
}

//go:noinline
func (w *wandering) detour(op program.Op) target.Event { return w.Session.Step(op) }

// A replay that stops in another function has found something else, however
// alike the two accesses are.
func TestAnotherPlaceIsHarnessFault(t *testing.T) {
	_, err := exec.New(&wandering{Session: toy.New()}).ExplainAs(parse(t, starved+"run.timer c0 mux\n"), lastWake, false)
	var hf *exec.HarnessFault
	if !errors.As(err, &hf) || !strings.Contains(hf.What, "in another place") {
		t.Errorf("got %v, want a HarnessFault that says so", err)
	}
}

func TestUnknownPanicIsHarnessFault(t *testing.T) {
	r := exec.New(broken{toy.New()})
	_, err := r.Explain(parse(t, "net.ok c0\n"), fault.Set{})
	var hf *exec.HarnessFault
	if !errors.As(err, &hf) || !strings.Contains(hf.What, "index out of mind") || !strings.Contains(hf.Stack, "Step") {
		t.Errorf("got %v, want a HarnessFault with the panic's value and stack", err)
	}
	if _, err := r.Record(parse(t, ""), fault.Set{}); err != nil {
		t.Errorf("the runner is good for the next program, got %v", err)
	}
}

func TestHistoryIsTheSameEveryTime(t *testing.T) {
	p := parse(t, starved+"run.timer c0 mux\n")
	hash := func() string {
		lines, err := exec.New(toy.New()).Record(p, lastWake)
		if err != nil {
			t.Fatal(err)
		}
		return exec.Hash(exec.Text(&p.Header, lines))
	}
	want := hash()
	for range 100 {
		if got := hash(); got != want {
			t.Fatalf("hash %s, then %s", want, got)
		}
	}
}

// The fast path costs no memory: a hunt runs it millions of times.
func TestRunAllocatesNothing(t *testing.T) {
	r := exec.New(toy.New())
	p := parse(t, starved+"run.timer c0 mux\n")
	if n := testing.AllocsPerRun(100, func() {
		if h := r.Run(p, fault.Set{}); oracle.Suspect(h) {
			t.Fatal("something is wrong with a good program")
		}
	}); n != 0 {
		t.Errorf("%v allocations per program, want 0", n)
	}
}
