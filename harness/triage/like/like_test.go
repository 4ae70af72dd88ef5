package like_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/triage/like"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

const unknown = `Program terminated with signal SIGSEGV, Segmentation fault.
#0  ebmb_lookup (root=0x7f1e44fc83d0) at ebtree/ebmbtree.h:12
#1  0x55 in qc_stream_desc_release (stream=0x7f1e44fc8520) at src/quic_stream.c:118
#2  0x55 in qcs_free (qcs=0x7f1e44fc83d0) at src/mux_quic.c:71
#3  0x55 in qcc_release (qcc=0x7f1e44fd0600) at src/mux_quic.c:2415
#4  0x55 in qcc_timeout_task (t=0x7f1e44fd0000) at src/mux_quic.c:2510
#5  0x55 in process_runnable_tasks () at src/task.c:876
`

func modelled(name string) bool {
	return slices.Contains(strings.Fields("qc_stream_desc_release qcs_free qcc_release qcc_timeout_task qmux_init"), name)
}

// The frames that the model has are looked for, outermost first; the others
// are named.
func TestNew(t *testing.T) {
	l := likeOf(t)
	if got := strings.Join(l.Frames, " "); got != "qcc_timeout_task qcc_release qcs_free qc_stream_desc_release" {
		t.Errorf("frames %s", got)
	}
	if !slices.Equal(l.Strange, []string{"ebmb_lookup"}) {
		t.Errorf("strange %q", l.Strange)
	}
}

func likeOf(t *testing.T) like.Like {
	t.Helper()
	doc, err := trace.Read("x", strings.NewReader(unknown), trace.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return like.New(doc.Reports[0].Use, modelled)
}

// Of the seeds some come to the place; the shortest for each depth is no
// longer than that of a greater one.
func TestShortest(t *testing.T) {
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seeds, err := corpus.Embedded().Seeds(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	r, search := exec.New(s), like.NewSearch(likeOf(t), fault.Set{})
	for _, x := range seeds {
		if _, err := search.Look(r, x.Program); err != nil {
			t.Fatal(err)
		}
	}
	got, err := search.Shortest(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 || got[0].Depth < 3 {
		t.Fatalf("depths %+v", got)
	}
	for i := 1; i < len(got); i++ {
		if got[i].Depth >= got[i-1].Depth || len(got[i].Program.Ops) > len(got[i-1].Program.Ops) {
			t.Errorf("depth %d takes %d ops, depth %d takes %d", got[i].Depth, len(got[i].Program.Ops), got[i-1].Depth, len(got[i-1].Program.Ops))
		}
	}
}

// A model may come to the place by another way than the process did: what
// counts are the functions that are there in the right order.
func TestDepth(t *testing.T) {
	l := like.Like{Frames: strings.Fields("quic_conn_app_io_cb qc_parse_pkt_frms qcc_recv qcc_decode_qcs")}
	for stack, want := range map[string]int{
		"":                  0,
		"qcc_release":       0,
		"qc_parse_pkt_frms": 1,
		"qcc_decode_qcs qcc_recv qc_parse_pkt_frms":                           3, // the driver stands in for the outermost
		"h3_rcv_buf qcc_decode_qcs h3_x qcc_recv y qc_parse_pkt_frms":         3,
		"qcc_recv qcc_decode_qcs":                                             1, // the wrong way round
		"qcc_decode_qcs qcc_recv qc_parse_pkt_frms quic_conn_app_io_cb":       4,
		"qcc_decode_qcs qcc_decode_qcs qcc_recv qcc_recv quic_conn_app_io_cb": 3,
	} {
		var frames []target.Frame
		for f := range strings.FieldsSeq(stack) {
			frames = append(frames, target.Frame{Func: f})
		}
		if got := l.Depth([][]target.Frame{nil, frames}); got != want {
			t.Errorf("%q: %d, want %d", stack, got, want)
		}
	}
}

// A run is seen in functions that make and free nothing: where the model says
// what it does.
func TestEvents(t *testing.T) {
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := program.Parse("x", []byte("lastwake/1 mux app=hq\npeer.stream c0/s0 headers\npeer.max_data c0 add=900\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := like.Like{Frames: strings.Fields("qc_parse_pkt_frms qcc_recv_max_data")}
	search := like.NewSearch(l, fault.Set{})
	if n, err := search.Look(exec.New(s), p); err != nil || n != len(l.Frames) {
		t.Errorf("depth %d of %d, %v", n, len(l.Frames), err)
	}
	if n, err := search.Lead(exec.New(s), p); err != nil || n != 8 {
		t.Errorf("%d steps of 8, %v", n, err)
	}
}
