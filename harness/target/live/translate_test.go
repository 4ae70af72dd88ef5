package live

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
)

var update = flag.Bool("update", false, "write the golden translations")

// HAProxy #2494's program of the corpus becomes, without editing, one that
// opens more streams than the quota, suppresses acknowledgements, waits, and
// closes.
func TestTranslate2494(t *testing.T) {
	f, err := corpus.ReadFile("../../../corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Translate(f.Program)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "2494.live", p.String())
	streams, deaf, waits, closed := uint32(0), false, false, false
	for _, o := range p.Ops {
		switch o.Verb {
		case program.NetBlock:
			deaf = true
		case program.PeerRequest:
			if deaf {
				streams += o.Arg[program.RequestCount]
			}
		case program.TimePass:
			waits = streams > 0
		case program.PeerClose:
			closed = waits
		}
	}
	if streams <= quota || !closed {
		t.Errorf("%d streams without an acknowledgement, closed after a wait: %t", streams, closed)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it)\n%s", file, diff)
	}
}

// Every program of the corpus for a connection has a translation, of which a
// live target plays every op.
func TestTranslateCorpus(t *testing.T) {
	seeds, err := corpus.Embedded().Seeds(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		p, err := Translate(s.Program)
		if err != nil {
			t.Errorf("%s: %v", s.File, err)
			continue
		}
		for _, o := range p.Ops {
			if !plays(o.Verb) {
				t.Errorf("%s: %s", s.File, o)
			}
		}
	}
	if _, err := Translate(program.New(program.Process)); err == nil {
		t.Error("a program about a process has no peer")
	}
}

// What the peer and the network do stays; what the server does is time.
func TestTranslateOps(t *testing.T) {
	for _, c := range []struct{ name, ops, want string }{
		{"a stop as the first frame", "peer.stop c0/s0\n", "peer.stop c0/s0\n"},
		{"more of a stream keeps it open", "peer.stream c0/s0 headers\npeer.reset c0/s0\n", "peer.request c0/s0 small\npeer.reset c0/s0\n"},
		{"an answer that is kept is large", "peer.stream c0/s0 headers fin\napp.send c0/s0 len=1000\nrun.mux c0\n", "peer.request c0/s0 large fin\n"},
		{"an end by itself comes late", "peer.stream c0/s0 headers fin\napp.send c0/s0 len=1000\napp.send c0/s0 len=0 fin\napp.detach c0/s0\n", "peer.request c0/s0 late fin\n"},
		{"a body is swallowed", "peer.stream c0/s0 headers\npeer.stream c0/s0 data fin\n", "peer.request c0/s0 sink\npeer.stream c0/s0 data fin\n"},
		{"an ack in a blocked network", "net.block c0\npeer.stream c0/s0 headers fin\nnet.ack c0\n", "net.block c0\npeer.request c0/s0 small fin\nnet.ok c0\ntime.pass ms=20\nnet.block c0\n"},
	} {
		in, err := program.Parse(c.name, []byte("lastwake/1 mux\n"+c.ops))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Translate(in)
		if err != nil {
			t.Fatal(err)
		}
		want := "lastwake/1 live\npeer.stream c0/s2 control\ntime.pass ms=50\n" + c.want + "time.pass ms=300\npeer.close c0\n"
		if got := p.String(); got != want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, want)
		}
	}
}
