package fault

var haproxy8d5def0ba = Fault{
	ID:         HAPROXY_8d5def0ba,
	Name:       "HAPROXY-8d5def0ba",
	Title:      "the acknowledgement of a frame sent twice goes to the stream that the frame remembers, which is freed",
	Model:      "mux",
	Commit:     "8d5def0ba",
	FixDate:    "2022-03-29",
	Tag:        "v2.6-dev5",
	Introduced: "785d3bded",
	Since:      "v2.5-dev8",
	SinceDate:  "2021-09-23",
	LastWith:   "10cea5cd6",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "A STREAM frame remembers the stream whose bytes it bears, and a copy that is sent as a probe remembers it " +
		"too. The acknowledgement of one of them empties the stream's buffer, and a stream that the stream layer has left " +
		"is freed then. The acknowledgement of the other follows the pointer. In 2022 it led to the qcs; since then the " +
		"bytes have moved to the descriptor, which is what the frame remembers today.",
	Fix: "The stream is looked up by its id; when it is not there the frame is dropped.",
	Order: Order{
		Before: []string{
			"ACK of a STREAM frame: strm = frm->stream",
			"ack the range on strm",
		},
		After: []string{
			"ACK of a STREAM frame: look frm->id up in the tree of streams",
			"leave if it is not there",
			"ack the range on what was found",
		},
	},
	Primary:  "heap-use-after-free | qc_stream_desc | qc_handle_newly_acked_frm | qc_stream_desc_free | qc_stream_desc_new",
	Seed:     "seed/mux/haproxy-8d5def0ba.prog",
	Known:    "crash/mux/heap-use-after-free-qc_handle_newly_acked_frm.txtar",
	Sequence: "peer.stream app.send run.mux app.detach run.timer run.conn net.ack run.mux net.ack",
	Confirm: []Check{
		{"bt", "the treatment of an acknowledged STREAM frame, below qc_parse_ack_frm"},
		{"p/x (long)frm->stream.id", "a stream id that is in no tree of the connection"},
		{"p *frm->stream.stream", "no stream: the memory has another owner, or a free-list link"},
	},
	NearMisses: []NearMiss{
		{"frame-sent", "sent STREAM"},
		{"stream-freed", "desc free"},
	},
}
