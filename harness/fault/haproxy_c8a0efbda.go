package fault

var haproxyC8a0efbda = Fault{
	ID:         HAPROXY_c8a0efbda,
	Name:       "HAPROXY-c8a0efbda",
	Title:      "a probe's copy of a STREAM frame is built from a buffer that an acknowledgement has freed",
	Model:      "mux",
	Issue:      "2051",
	Commit:     "c8a0efbda",
	FixDate:    "2023-02-22",
	Tag:        "v2.8-dev5",
	Introduced: "77cb38d22",
	Since:      "v2.6-dev8",
	SinceDate:  "2022-04-28",
	LastWith:   "8c20a74c9",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "A copy of a STREAM frame points into the same Tx buffer as its original. Frames that were lost bore a flag " +
		"by which the builder asked whether their stream and their bytes were still there. Frames copied for a probe did " +
		"not bear it, nor did the head of a frame that was split. The part of a probe that the window does not let out " +
		"waits among the frames to send; when the original is acknowledged meanwhile, the buffer goes, and the copy that " +
		"waits is built from it.",
	Fix: "The flag becomes a member of the STREAM frame, dup: set on an original as soon as it is copied, so that every " +
		"copy has it, and handed on when a frame is split. Later on dc8a20b31 frees what a probe did not send.",
	Primary:  "heap-use-after-free | qc_stream_buf | qc_build_frms | qc_stream_buf_free | qc_stream_buf_alloc",
	Seed:     "seed/mux/haproxy-c8a0efbda.prog",
	Known:    "crash/mux/heap-use-after-free-qc_build_frms.txtar",
	Sequence: "peer.stream app.send run.mux net.block run.timer run.conn net.lose net.ok run.conn net.ack run.conn",
	Confirm: []Check{
		{"bt", "memcpy, quic_build_stream_frame, qc_build_frm, qc_do_build_pkt, qc_build_pkt, qc_prep_app_pkts, " +
			"qc_send_app_pkts, quic_conn_app_io_cb"},
		{"frame function quic_build_stream_frame", "the copy of the payload; its length may be near 2^64: the buffer's head " +
			"and size are those of somebody else"},
		{"p frm->flags & 2", "0: QUIC_FL_TX_FRAME_LOST is not set, so the stream was not looked up"},
		{"p frm->stream.offset.key + frm->stream.len", "not more than ack_offset of the stream with that id, if there is one: " +
			"the peer has these bytes"},
	},
	NearMisses: []NearMiss{
		{"probe-due", "pto fired"},
		{"original-acked", "ack STREAM"},
		{"buffer-freed", "tx buf free"},
	},
}
