package fault

var haproxy3fdb039a9 = Fault{
	ID:         HAPROXY_3fdb039a9,
	Name:       "HAPROXY-3fdb039a9",
	Title:      "a stream descriptor of which all is acknowledged stays until the connection ends",
	Model:      "mux",
	Commit:     "3fdb039a9",
	FixDate:    "2025-05-07",
	Tag:        "v3.2-dev15",
	Introduced: "f4a83fbb1",
	Since:      "v3.1-dev9",
	SinceDate:  "2024-10-01",
	LastWith:   "576e47fb9",
	Backport:   "3.1",
	Eras:       []string{"3.2"},
	Severity:   "MEDIUM",
	Symptom:    Leak,
	Class:      "lost-wakeup",
	Mechanism: "When qc_stream_desc_ack was made simpler, freeing the descriptor became its caller's business, and the caller " +
		"did not do it. Every stream of a connection leaves its descriptor behind, so that a long connection takes more and more " +
		"memory; and as there always is one left, a connection whose mux is gone never closes because everything is acknowledged.",
	Fix: "qc_handle_newly_acked_frm frees the descriptor when it is released and waits for nothing.",
	Order: Order{
		Before: []string{
			"qc_stream_desc_ack(stream)",
			"if qc_stream_desc_done(stream): qc_check_close_on_released_mux(qc)",
		},
		After: []string{
			"qc_stream_desc_ack(stream)",
			"if qc_stream_desc_done(stream): qc_stream_desc_free(stream, 0), qc_check_close_on_released_mux(qc)",
		},
	},
	Primary:  "lost-wakeup | desc-bare | qc_stream_desc | net.ack",
	Seed:     "seed/mux/haproxy-3fdb039a9.prog",
	Known:    "crash/mux/lost-wakeup-desc-bare.txtar",
	Sequence: "peer.stream app.send run.mux app.detach net.ack",
	Confirm: []Check{
		{"set $desc = (struct qc_stream_desc *)ADDRESS", "ADDRESS is a descriptor in streams_by_id of the quic_conn whose id no stream bears"},
		{"p $desc->flags", "1: released, and no FIN is waited for"},
		{"p $desc->buf_tree.b[0]", "null: no buffer, so nothing is left to be acknowledged"},
	},
	NearMisses: []NearMiss{
		{"fin-sent", "WAIT_FOR_FIN set"},
		{"descriptor-released", "desc release"},
		{"all-acked", "FIN acked"},
	},
}
