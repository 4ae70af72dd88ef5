package fault

var haproxyB0dd4810e = Fault{
	ID:     HAPROXY_b0dd4810e,
	Name:   "HAPROXY-b0dd4810e",
	Model:  "mux",
	Commit: "b0dd4810e",

	Title:      "a STOP_SENDING for a stream that the peer alone sends on makes the send loop ask a descriptor that is not there",
	FixDate:    "2024-03-05",
	Tag:        "v3.0-dev5",
	Introduced: "3fe325159",
	Since:      "v3.0-dev3",
	SinceDate:  "2024-01-31",
	LastWith:   "d8f1ff864",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "null-dereference",
	Mechanism: "A unidirectional stream of the peer has no stream descriptor, for nothing is sent on it. When the application " +
		"layer does not know its type it gives the stream up, which queues a STOP_SENDING. Since 3fe325159 the send loop " +
		"asked qcs_prep_bytes, once that frame was out, whether the stream has bytes to send too; that function looks into " +
		"the descriptor.",
	Fix: "The send loop asks qcs_prep_bytes only for a stream that has a descriptor. The commit also initialises both " +
		"offsets of such a stream, of which qcs_destroy had compared one that was never set.",
	Primary:  "null-dereference | - | qcs_prep_bytes | - | -",
	Seed:     "seed/mux/haproxy-b0dd4810e.prog",
	Known:    "crash/mux/null-dereference-qcs_prep_bytes.txtar",
	Sequence: "peer.stream run.mux",
	Confirm: []Check{
		{"bt", "qcs_prep_bytes or qc_stream_buf_get (may be inlined), called by qcc_io_send, by qcc_io_cb"},
		{"p qcs->id & 3", "2: a unidirectional stream that the client opened"},
		{"p qcs->stream", "0x0: it never had a descriptor"},
		{"p qcs->flags & 0x200", "0x200, QC_SF_TO_STOP_SENDING, or 0 just after the frame was sent"},
	},
	NearMisses: []NearMiss{
		{"uni-stream-given-up", "TO_STOP_SENDING set id=2"},
		{"stop-sending-out", "tx STOP_SENDING id=2"},
	},
}
