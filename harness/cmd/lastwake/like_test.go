package main

import (
	"context"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/triage/like"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// unknowns are the stacks of deaths that are not in the catalogue, innermost
// function first, each with the fix that it is of.
var unknowns = map[string]string{
	"456c3997b": "qc_stream_buf_free qc_stream_desc_release qcs_free qcc_release qcc_shutdown qcc_timeout_task",
	"3aded1d37": "qc_stream_desc_new qcs_new qcc_init_stream_remote qcc_get_qcs qcc_recv_max_stream_data qc_parse_pkt_frms",
	"025945f12": "qc_release_frm qc_stream_desc_free qc_stream_desc_release qcs_free qcs_destroy qmux_strm_detach",
	"37d01eea3": "qc_frm_free qc_send_mux qcc_send_frames qcs_send_stop_sending qcc_io_send qcc_shutdown qcc_release qcc_timeout_task",
	"e35463c76": "qc_dup_pkt_frms qc_prep_fast_retrans qc_dgrams_retransmit quic_conn_app_io_cb",
	"98b1fd4ff": "qcs_attach_sc h3_headers_to_htx h3_rcv_buf qcc_decode_qcs qcc_recv qc_parse_pkt_frms",
	"869fb457e": "quic_conn_release qc_idle_timer_task",
	"3b990fe0b": "qc_frm_free qc_free_frm_list qc_release_lost_pkts qc_packet_loss_lookup qc_process_timer",
}

// searched hunts from nothing and returns how many programs were looked at
// until each depth was first come to.
func searched(t *testing.T, stack string, seed uint64, programs uint64, lead bool) (first []int, of int) {
	t.Helper()
	var frames []trace.Frame
	for _, w := range strings.Fields(stack) {
		frames = append(frames, trace.Frame{Func: w, Name: trace.Name(w), Kind: trace.KindOf(trace.Name(w))})
	}
	l := like.New(frames, modelled)
	s := like.NewSearch(l, fault.Set{})
	first = make([]int, len(l.Frames)+1)
	looked := 0
	_, err := hunt.Run(context.Background(), hunt.Options{Target: model.Mux{}, Seed: seed, Programs: programs, Shrink: -1,
		Lead: func(r *exec.Runner, p *program.Program) (int, error) {
			n, err := s.Look(r, p)
			looked++
			for d := n; d > 0 && first[d] == 0; d-- {
				first[d] = looked
			}
			if !lead {
				n = 0
			}
			return n, err
		}})
	if err != nil {
		t.Fatal(err)
	}
	return first, len(l.Frames)
}

func TestTmpLike(t *testing.T) {
	for name, stack := range unknowns {
		for _, seed := range []uint64{1} {
			a, of := searched(t, stack, seed, 4000, false)
			b, _ := searched(t, stack, seed, 4000, true)
			t.Log(name, seed, of, a[1:], b[1:])
		}
	}
}
