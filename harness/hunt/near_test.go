package hunt

import (
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
)

// A condition counts once, however often it is met, and one that is not met
// does not.
func TestNearMissesOfARun(t *testing.T) {
	f := fault.Fault{NearMisses: []fault.NearMiss{{Name: "full", Event: "CONN_FULL set"}, {Name: "freed", Event: "FREED"}}}
	lines := []exec.Line{{Events: []string{"CONN_FULL set id=4"}}, {}, {Events: []string{"run", "CONN_FULL set id=8"}}}
	if n := met(&f, lines); n != 1 {
		t.Errorf("met %d conditions, want 1", n)
	}
	lines = append(lines, exec.Line{Events: []string{"wake qcc_tasklet FREED from=qc_stream_buf_free"}})
	if n := met(&f, lines); n != 2 {
		t.Errorf("met %d conditions, want 2", n)
	}
}

// The ladders are those of the faults that are on.
func TestLaddersFollowTheFaults(t *testing.T) {
	h := &hunter{ladders: newLadders(fault.Set{}.With(fault.HAPROXY_bd384a359))}
	if got, want := h.nearMisses(), "  near misses bd384a359 0/5"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (&hunter{}).nearMisses(); got != "" {
		t.Errorf("without a fault: %q", got)
	}
}
