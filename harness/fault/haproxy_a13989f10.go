package fault

var haproxyA13989f10 = Fault{
	ID:     HAPROXY_a13989f10,
	Name:   "HAPROXY-a13989f10",
	Model:  "mux",
	Commit: "a13989f10",

	Title:      "an assertion wants the active buffer of a stream to be freed last, and dropping unsent bytes frees it first",
	FixDate:    "2024-01-29",
	Tag:        "v3.0-dev3",
	Introduced: "ad6b13d31",
	Since:      "v3.0-dev2",
	SinceDate:  "2024-01-26",
	LastWith:   "7d22c4956",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "Acknowledgements empty the oldest buffer first, so the buffer that the mux fills was always the last one of " +
		"its stream to be freed, and qc_stream_buf_free asserts it. Since HAPROXY-ad6b13d31 was fixed, releasing a stream " +
		"drops the bytes that were not sent and frees the active buffer if nothing is left in it, while older ones still " +
		"wait for their acknowledgement.",
	Fix: "The assertion goes: buffers may be freed in any order.",
	// Without the fix of ad6b13d31 nothing drops unsent bytes.
	Excludes: []ID{HAPROXY_ad6b13d31},
	Primary:  "bug-on | qc_stream_buf_free: !LIST_ISEMPTY(&stream->buf_list) | qc_stream_desc_release | run.mux",
	Others: []string{
		"bug-on | qc_stream_buf_free: !LIST_ISEMPTY(&stream->buf_list) | qc_stream_desc_release | app.detach",
		"bug-on | qc_stream_buf_free: !LIST_ISEMPTY(&stream->buf_list) | qc_stream_desc_release | proc.softstop",
		"bug-on | qc_stream_buf_free: !LIST_ISEMPTY(&stream->buf_list) | qc_stream_desc_release | run.all",
		"bug-on | qc_stream_buf_free: !LIST_ISEMPTY(&stream->buf_list) | qc_stream_desc_release | run.timer",
	},
	Seed:     "seed/mux/haproxy-a13989f10.prog",
	Known:    "crash/mux/bug-on-qc_stream_buf_free-qc_stream_desc_release-LIST_I.txtar",
	Sequence: "peer.stream app.send run.mux net.block app.send run.mux peer.stop run.mux app.detach",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qc_stream_buf_free, below qc_stream_desc_release and qcs_free"},
		{"p stream->buf_list.n == &stream->buf_list", "0: an older buffer is left"},
		{"p stream->release", "1"},
	},
	NearMisses: []NearMiss{
		{"first-buffer-sent", "tx buf full"},
		{"second-buffer", "used=2"},
		{"unsent-dropped", "desc trim"},
	},
}
