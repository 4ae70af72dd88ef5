package model_test

import (
	"bytes"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
)

// What a session ran before changes nothing: not the history, not the edges. A
// hunt that shares sessions among lanes is exact only because of this.
func TestSessionRemembersNothing(t *testing.T) {
	a, b := exec.New(session(t, model.Mux{})), exec.New(session(t, model.Mux{}))
	r := program.NewRand(1)
	p, q := program.New(program.Mux), program.New(program.Mux)
	for range 3000 {
		program.Generate(r, p, program.Limits{})
		program.Generate(r, q, program.Limits{})
		b.Run(q, lastWake)
		if d := exec.Diff(a.Run(p, fault.Set{}), b.Run(p, fault.Set{})); d != "" {
			t.Fatalf("%s, after %s: %s", p, q, d)
		}
		if !bytes.Equal(edges(a), edges(b)) {
			t.Fatalf("%s, after %s: other edges were taken", p, q)
		}
		if !bytes.Equal(a.Parts(), b.Parts()) {
			t.Fatalf("%s, after %s: parts were in other states", p, q)
		}
	}
}

// A step further is another state of a part, seen after the op that led to it.
func TestParts(t *testing.T) {
	r := exec.New(session(t, model.Mux{}))
	r.Settle(false)
	run := func(ops string) []byte {
		p, err := program.Parse("parts", []byte("lastwake/1 mux app=hq\n"+ops))
		if err != nil {
			t.Fatal(err)
		}
		r.Run(p, fault.Set{})
		return bytes.Clone(r.Parts())
	}
	one := run("peer.stream c0/s0 headers fin\n")
	fresh := 0
	for i, op := range run("peer.stream c0/s0 headers fin\napp.send c0/s0 len=9\n") {
		switch {
		case one[i] != 0 && op != one[i]:
			t.Errorf("state %d comes after %d ops, and after %d in a longer program", i, one[i], op)
		case one[i] == 0 && op != 0:
			fresh++
			if op != 2 {
				t.Errorf("state %d comes after %d ops, want 2", i, op)
			}
		}
	}
	if fresh == 0 {
		t.Error("a stream with bytes to send is in no state of its own")
	}
}

func edges(r *exec.Runner) []byte { return r.Session().(target.Inspector).Cov() }

// A program costs no memory once a session has grown.
func TestRunAllocatesNothing(t *testing.T) {
	r, p := exec.New(session(t, model.Mux{})), parse(t)
	if n := testing.AllocsPerRun(100, func() { r.Run(p, fault.Set{}) }); n != 0 {
		t.Errorf("%v allocations per program, want 0", n)
	}
}
