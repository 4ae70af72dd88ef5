package hunt

import (
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
)

// A condition counts once a run, however often it is met, and one that is not
// met does not.
func TestNearMissesOfARun(t *testing.T) {
	l := Ladder{fault: fault.Fault{NearMisses: []fault.NearMiss{{Name: "full", Event: "CONN_FULL set"}, {Name: "freed", Event: "FREED"}}},
		Near: make([]NearMiss, 2)}
	lines := []exec.Line{{Events: []string{"CONN_FULL set id=4"}}, {}, {Events: []string{"run", "CONN_FULL set id=8"}}}
	l.add(l.met(lines))
	if l.Most != 1 {
		t.Errorf("met %d conditions, want 1", l.Most)
	}
	lines = append(lines, exec.Line{Events: []string{"wake qcc_tasklet FREED from=qc_stream_buf_free"}})
	l.add(l.met(lines))
	if l.Most != 2 || l.Near[0].Runs != 2 || l.Near[1].Runs != 1 {
		t.Errorf("met %d conditions in %v runs, want 2 in 2 and 1", l.Most, l.Near)
	}
}

// The ladders are those of the faults that are on.
func TestLaddersFollowTheFaults(t *testing.T) {
	h := &hunter{ladders: newLadders(fault.Set{}.With(fault.HAPROXY_bd384a359))}
	if got, want := h.rungs(), "  bd384a359 reached 0, near 0/5, triggered 0, detected 0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (&hunter{}).rungs(); got != "" {
		t.Errorf("without a fault: %q", got)
	}
}

// The programs that came by are counted over all lanes, and the first of them
// has the ops of the lanes before it.
func TestReached(t *testing.T) {
	h := &hunter{ladders: newLadders(fault.Set{}.With(fault.HAPROXY_bd384a359))}
	other := fault.Set{}.With(fault.HAPROXY_ad6b13d31)
	a, b := newVisitor(h.ladders), newVisitor(h.ladders)
	a.visit(other, 10)
	b.visit(other.With(fault.HAPROXY_bd384a359), 20)
	b.visit(other.With(fault.HAPROXY_bd384a359), 30)
	h.reached(&a, 1000)
	h.reached(&b, 2000)
	if l := h.ladders[0]; l.Reached != 2 || l.ReachedOps != 2020 || l.Rung() != "reached" {
		t.Errorf("reached %d, first at op %d, rung %q", l.Reached, l.ReachedOps, l.Rung())
	}
}
