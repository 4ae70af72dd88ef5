package fault

var haproxy43c090c1e = Fault{
	ID:     HAPROXY_43c090c1e,
	Name:   "HAPROXY-43c090c1e",
	Model:  "mux",
	Commit: "43c090c1e",

	Title:      "frames that the congestion window does not let out are lost",
	FixDate:    "2022-06-10",
	Tag:        "v2.7-dev1",
	Introduced: "2c71fe58f",
	Since:      "v2.6-dev3",
	SinceDate:  "2022-03-04",
	LastWith:   "78fa55967",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Leak,
	Class:      "leak",
	Mechanism: "The mux builds a STREAM frame for what a stream has to send and gives all frames to the transport. Those for " +
		"which the congestion window has no room come back; the bytes stay in their buffers, and the next run builds new " +
		"frames for them. Nobody freed the ones that came back.",
	Fix:      "qc_send (qcc_io_send in later versions) frees what the transport has left in its list.",
	Primary:  "leak | quic_frame | - | - | qcs_build_stream_frm",
	Seed:     "seed/mux/haproxy-43c090c1e.prog",
	Known:    "crash/mux/leak-qcs_build_stream_frm.txtar",
	Sequence: "peer.stream net.block app.send run.mux",
	Confirm: []Check{
		{"p pool_head_quic_frame->buckets", "the sum of used grows with every large answer, and does not fall when connections end"},
	},
	NearMisses: []NearMiss{
		{"stream-frame", "build STREAM"},
		{"frame-rejected", "send_frames: frames left"},
	},
}
