package fault

var haproxyB9e064040 = Fault{
	ID:     HAPROXY_b9e064040,
	Name:   "HAPROXY-b9e064040",
	Model:  "mux",
	Commit: "b9e064040",

	Title:      "bytes that were prepared and rejected do not count against the peer's limit for the connection",
	Issue:      "1738",
	FixDate:    "2022-06-10",
	Tag:        "v2.7-dev1",
	Introduced: "05ce55e58",
	Since:      "v2.6-dev4",
	SinceDate:  "2022-03-23",
	LastWith:   "142477420",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "accounting",
	Mechanism: "How much a stream may prepare was reckoned from what the connection had sent and what this run of the send " +
		"loop had prepared. What an earlier run had prepared, and the congestion window had not let out, was in neither " +
		"sum. Several streams that wait for the window prepare more between them than the peer allows, and when the " +
		"window opens the mux sends beyond the limit: it halts by an assertion, or the peer closes the connection.",
	Fix:     "The connection counts what its streams have prepared, qcc.tx.offsets, and limits them by that sum.",
	Primary: "accounting | tx-limit | qcc | run.mux",
	Others: []string{
		"accounting | tx-limit | qcc | app.detach",
		"accounting | tx-limit | qcc | proc.softstop",
		"accounting | tx-limit | qcc | run.all",
		"accounting | tx-limit | qcc | run.timer",
		"bug-on | qcc_streams_sent_done: qcc->tx.sent_offsets > qcc->rfctl.md | qc_build_frms | app.detach",
		"bug-on | qcc_streams_sent_done: qcc->tx.sent_offsets > qcc->rfctl.md | qc_build_frms | proc.softstop",
		"bug-on | qcc_streams_sent_done: qcc->tx.sent_offsets > qcc->rfctl.md | qc_build_frms | run.all",
		"bug-on | qcc_streams_sent_done: qcc->tx.sent_offsets > qcc->rfctl.md | qc_build_frms | run.mux",
		"bug-on | qcc_streams_sent_done: qcc->tx.sent_offsets > qcc->rfctl.md | qc_build_frms | run.timer",
		"bug-on | qcs_build_stream_frm: qcc->tx.sent_offsets + total > qcc->rfctl.md | qcs_send | app.detach",
		"bug-on | qcs_build_stream_frm: qcc->tx.sent_offsets + total > qcc->rfctl.md | qcs_send | proc.softstop",
		"bug-on | qcs_build_stream_frm: qcc->tx.sent_offsets + total > qcc->rfctl.md | qcs_send | run.all",
		"bug-on | qcs_build_stream_frm: qcc->tx.sent_offsets + total > qcc->rfctl.md | qcs_send | run.mux",
		"bug-on | qcs_build_stream_frm: qcc->tx.sent_offsets + total > qcc->rfctl.md | qcs_send | run.timer",
	},
	Seed:     "seed/mux/haproxy-b9e064040.prog",
	Known:    "crash/mux/accounting-tx-limit.txtar",
	Sequence: "peer.stream peer.stream net.block app.send run.mux app.send run.mux net.ok run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW below qc_send (qcc_io_send), in qcs_build_stream_frm or in qcc_streams_sent_done"},
		{"p qcc->tx.sent_offsets", "not more than qcc->rfctl.md yet"},
		{"p qcc->rfctl.md", "less than the sum of tx.offset over the streams of the connection"},
	},
	NearMisses: []NearMiss{
		{"frame-rejected", "free rejected STREAM"},
		{"window-opens", "qc_notify_send"},
	},
}
