package triage_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/toy"
	"github.com/lastwake/lastwake/harness/triage"
)

var both = fault.Set{}.With(fault.HAPROXY_bd384a359).With(fault.HAPROXY_ad6b13d31)

func find(t *testing.T, r *exec.Runner, ops string, faults fault.Set) *exec.Finding {
	t.Helper()
	p, err := program.Parse("test.prog", []byte("lastwake/1 mux\n"+ops))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Explain(p, faults)
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		t.Fatal("nothing found")
	}
	return f
}

const noisy = `time.pass ms=10
net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s12 headers fin
peer.stream c0/s4 headers fin
app.send c0/s12 len=500
app.send c0/s4 len=4000 fin
run.mux c0
run.mux c0
app.abort c0/s0
app.detach c0/s0
app.detach c0/s12
app.detach c0/s4
run.timer c0 mux
`

// Shrinking keeps the signature although smaller programs would break
// something else.
func TestShrinkKeepsTheSignature(t *testing.T) {
	r := exec.New(toy.New())
	f := find(t, r, noisy, both)
	s, err := triage.Shrink(r, f, program.MinimizeOptions{Budget: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Finding.Signature(), f.Signature(); got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	if got := len(s.Finding.Program.Ops); got != 9 || !s.Proof.Minimal {
		t.Errorf("%d ops, %s; want 9 and minimal:\n%s", got, s.Proof, s.Finding.Program)
	}
}

func TestShrinkCanBeCancelled(t *testing.T) {
	r := exec.New(toy.New())
	f := find(t, r, noisy, both)
	n := 0
	s, err := triage.Shrink(r, f, program.MinimizeOptions{Budget: 10_000, Cancel: func() bool { n++; return n > 5 }})
	if err != nil {
		t.Fatal(err)
	}
	if s.Finding.Signature() != f.Signature() || s.Proof.Minimal {
		t.Errorf("got %s, %s; want the same finding and no proof", s.Finding.Signature(), s.Proof)
	}
}

// The fault named is the one without which the signature vanishes.
func TestAttribute(t *testing.T) {
	r := exec.New(toy.New())
	tests := []struct{ ops, want string }{
		{strings.Replace(noisy, "app.abort c0/s0\n", "", 1), "HAPROXY-bd384a359"},
		{"peer.stream c0/s0 headers\napp.abort c0/s0\n", ""},
	}
	for _, test := range tests {
		got, err := triage.Attribute(r, find(t, r, test.ops, both))
		if err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("fault %q, want %q", got, test.want)
		}
	}
}

// A crash file holds all there is and parses back.
func TestCrashRoundTrip(t *testing.T) {
	r := exec.New(toy.New())
	f := find(t, r, noisy, both)
	rec := triage.NewRecord(f)
	if rec.Use == nil || rec.Use.Op != 13 || rec.Free == nil || rec.Free.Op != 13 || rec.Alloc == nil || rec.Alloc.Op != -1 {
		t.Errorf("use %+v, free %+v, alloc %+v; want ops 13, 13 and the set-up", rec.Use, rec.Free, rec.Alloc)
	}
	if !slices.Equal(rec.Faults, []string{"HAPROXY-bd384a359", "HAPROXY-ad6b13d31"}) {
		t.Errorf("faults %q", rec.Faults)
	}
	c, err := triage.NewCrash(f, "HAPROXY-bd384a359", rec)
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.Format()
	if err != nil {
		t.Fatal(err)
	}
	again, err := corpus.ParseCrash("crash.txtar", file)
	if err != nil {
		t.Fatal(err)
	}
	if again.Signature != f.Signature() || !again.Program.Equal(triage.Program(f)) {
		t.Errorf("got %s and\n%s", again.Signature, again.Prog)
	}
}
