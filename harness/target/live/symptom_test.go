package live

import (
	"testing"

	"github.com/lastwake/lastwake/harness/target/live/guardian"
)

// How a server died is read from its status and from what it said, and what it
// said goes first.
func TestDied(t *testing.T) {
	for _, c := range []struct {
		name, log string
		status    guardian.Status
		want      string
	}{
		{"a signal", "serving\n", guardian.Status{Code: 139, Signal: 11, Core: true}, "signal | SIGSEGV | server | -"},
		{"an exit", "cannot bind\n", guardian.Status{Code: 3}, "exit | status 3 | server | -"},
		{"an exit without an error", "", guardian.Status{}, "exit | status 0 | server | -"},
		{"a report", "serving\n==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x60b0 at pc 0x1 bp 0x2 sp 0x3\nREAD of size 4 at 0x60b0 thread T0\n" +
			"    #0 0x1 in __tasklet_wakeup_on src/task.c:1\n    #1 0x2 in qc_stream_buf_free src/quic_stream.c:2\n\nSUMMARY: AddressSanitizer: heap-use-after-free src/task.c:1 in __tasklet_wakeup_on\n",
			guardian.Status{Code: 1}, "heap-use-after-free | qc_stream_buf_free | server | -"},
		{"a bug-on", "\nFATAL: bug condition \"qcc->nb_sc == 0\" matched at src/mux_quic.c:10\n  call trace(1):\n  | 0x5 [0f 0b]: qcc_release+0x1/0x2\n",
			guardian.Status{Code: 132, Signal: 4}, "bug-on | qcc_release | - | -"},
		{"a panic", "panic: no\n\ngoroutine 1 [running]:\nexample.com/x.(*T).wake(0x0)\n\t/x/t.go:7 +0x1\nmain.main()\n\t/x/main.go:3 +0x1\nexit status 2\n",
			guardian.Status{Code: 2}, "panic | example.com/x.(*T).wake | server | -"},
	} {
		if got := died([]byte(c.log), c.status).Signature(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Output that is no report is no symptom, whatever words are in it.
func TestReported(t *testing.T) {
	for _, log := range []string{"", "ready\n", "GET /ERROR: 404\n", "#0 is the first stream\n", "warning: no certificate\n"} {
		if y := reported([]byte(log)); y != nil {
			t.Errorf("%q: %s", log, y.Signature())
		}
	}
}

// A debugger adds the function; before that a symptom is known by its signal.
func TestSame(t *testing.T) {
	a, b := &Symptom{Class: Signal, Where: "SIGSEGV in qcc_release"}, &Symptom{Class: Signal, Where: "SIGSEGV"}
	c := &Symptom{Class: Signal, Where: "SIGABRT"}
	if !a.same(b) || a.same(c) || a.same(nil) {
		t.Error("told apart by the wrong things")
	}
}
