package witness

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lastwake/lastwake/harness/program"
)

// TestProject wants the normalisation of the recordings, and no more of it.
func TestProject(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a timeout is told when it changes",
			"timeout: off|run qcc_tasklet begin|timeout: off|timeout: default|timeout: off",
			"timeout: off|run qcc_tasklet begin|timeout: default|timeout: off"},
		{"an empty run is one line",
			"run qcc_tasklet begin|io_send begin|run qcc_tasklet end|timeout: shut",
			"run qcc_tasklet (nothing to do)|timeout: shut"},
		{"a run that looked at a stream is not empty",
			"run qcc_tasklet begin|io_send begin streams|run qcc_tasklet end",
			"run qcc_tasklet begin|io_send begin streams|run qcc_tasklet end"},
		{"a run that released has no end",
			"run qcc_tasklet begin|io_send begin",
			"run qcc_tasklet begin|io_send begin"},
		{"probes that follow each other are one",
			"pto fired|pto fired|conn freed|pto fired",
			"pto fired|conn freed|pto fired"},
		{"contiguous bytes are sent in one go",
			"sent STREAM id=0 off=0 len=7|sent STREAM id=0 off=7 len=3|sent STREAM id=0 off=11 len=1|sent STREAM id=4 off=12 len=1",
			"sent STREAM id=0 off=0 len=10|sent STREAM id=0 off=11 len=1|sent STREAM id=4 off=12 len=1"},
		{"and acknowledged in one go, frame and effect",
			"ack STREAM id=0 off=0 len=7|desc ack id=0 off=0 len=7 new=7|ack STREAM id=0 off=7 len=3|desc ack id=0 off=7 len=3 new=3|tx buf free id=0 used=0",
			"ack STREAM id=0 off=0 len=10|desc ack id=0 off=0 len=10 new=10|tx buf free id=0 used=0"},
		{"a pair that frees a buffer ends the go",
			"ack STREAM id=0 off=0 len=7|desc ack id=0 off=0 len=7 new=7|tx buf free id=0 used=0|ack STREAM id=0 off=7 len=3|desc ack id=0 off=7 len=3 new=3",
			"ack STREAM id=0 off=0 len=7|desc ack id=0 off=0 len=7 new=7|tx buf free id=0 used=0|ack STREAM id=0 off=7 len=3|desc ack id=0 off=7 len=3 new=3"},
		{"frames without a descriptor stay apart",
			"ack STREAM id=0 off=0 len=7|ack: no desc id=0|ack STREAM id=0 off=7 len=7|ack: no desc id=0",
			"ack STREAM id=0 off=0 len=7|ack: no desc id=0|ack STREAM id=0 off=7 len=7|ack: no desc id=0"},
	}
	for _, tt := range tests {
		var in []Event
		for i, text := range strings.Split(tt.in, "|") {
			in = append(in, Event{Op: i, Text: text})
		}
		if d := cmp.Diff(strings.Split(tt.want, "|"), Texts(Project(in))); d != "" {
			t.Errorf("%s:\n%s", tt.name, d)
		}
	}
}

// TestOtherConnections wants only what happened to c0.
func TestOtherConnections(t *testing.T) {
	p := program.New(program.Mux)
	p.Ops = []program.Op{{Verb: program.NetOpen, Conn: 1}, {Verb: program.RunMux}}
	got := Texts(ofConnection0(p, []Event{{-1, "opening"}, {0, "c1"}, {1, "c0"}}))
	if d := cmp.Diff([]string{"opening", "c0"}, got); d != "" {
		t.Error(d)
	}
}

// TestReduce wants a rule to forgive what it says and nothing else.
func TestReduce(t *testing.T) {
	tests := []struct{ in, want string }{
		{"snd_buf id=0 in=573 ret=573 fin=1 tx.buf=553", "snd_buf id=0 ret=all fin=1 tx.buf=553"},
		{"snd_buf id=0 in=573 ret=16 fin=0 tx.buf=16384", "snd_buf id=0 ret=part fin=0 tx.buf=16384"},
		{"wake qcc_tasklet FREED from=qc_stream_buf_free in_list_bit=0 tid_from=brk-heap or image pointer",
			"wake qcc_tasklet FREED from=qc_stream_buf_free"},
		{"process ended: exit status 0", ""},
		{"process ended: crash signal 11", "process ended: crash signal 11"},
		{"rcv_buf id=0 ret=+ fin=0", "rcv_buf id=0 ret=+ fin=0"},
	}
	for _, tt := range tests {
		if got, _ := Reduce(tt.in); got != tt.want {
			t.Errorf("Reduce(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestDiff wants the place of the first difference, the op of each line of the
// model, and an end.
func TestDiff(t *testing.T) {
	p := program.New(program.Mux)
	p.Ops = []program.Op{{Verb: program.RunMux}}
	rec := &Recording{Events: []string{"a", "b", "c", "d", "e", "f"}}
	events := []Event{{-1, "a"}, {-1, "b"}, {0, "c"}, {0, "d"}, {0, "x"}, {0, "f"}}
	want := []string{
		"  b # the opening of the connection", "  c # op 0: run.mux c0", "  d # op 0: run.mux c0",
		"- e", "+ x # op 0: run.mux c0", "  f # op 0: run.mux c0",
	}
	got := strings.Split(Diff(rec, p, events), "\n")
	for i := range got {
		got[i] = strings.Join(strings.Fields(got[i]), " ")
		want[i] = strings.Join(strings.Fields(want[i]), " ")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var long []Event
	for range 100 {
		long = append(long, Event{0, "y"})
	}
	if n := strings.Count(Diff(rec, p, long), "\n") + 1; n != maxDiff {
		t.Errorf("a diff of %d lines, want %d", n, maxDiff)
	}
}

// TestParseRecording wants what is not a recording refused with its line.
func TestParseRecording(t *testing.T) {
	tests := []struct{ in, want string }{
		{"# client: close\n", "x.log: no events"},
		{"# client: close\nconn freed\n\n", "x.log:3: an empty line"},
		{"conn freed\n# client: close\n", "x.log:2: a header line behind the first event"},
	}
	for _, tt := range tests {
		_, err := ParseRecording("x.log", tt.in)
		if err == nil || err.Error() != tt.want {
			t.Errorf("ParseRecording(%q): %v, want %s", tt.in, err, tt.want)
		}
	}
	r, err := ParseRecording("x.log", "# client: close\n# server: hq, release order shipped (tasklet before streams)\nconn freed\n")
	if err != nil {
		t.Fatal(err)
	}
	if r.Client != "close" || r.Faults().Empty() || len(r.Events) != 1 {
		t.Errorf("%+v", r)
	}
}
