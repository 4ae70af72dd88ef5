package fault

var haproxy73806f067 = Fault{
	ID:     HAPROXY_73806f067,
	Name:   "HAPROXY-73806f067",
	Model:  "mux",
	Commit: "73806f067",

	Title:      "an assertion wants a stream to have sent what it has prepared, though its connection has failed",
	Issue:      "2456",
	FixDate:    "2024-02-23",
	Tag:        "v3.0-dev4",
	Introduced: "3fe325159",
	Since:      "v3.0-dev3",
	SinceDate:  "2024-01-31",
	LastWith:   "1b8c5abee",
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "qcs_destroy halts when the stream has prepared bytes that were not sent, since they would stay in the " +
		"connection's flow control. 178fbffda had brought that check with a comparison that can never hold; 3fe325159 " +
		"mended the comparison. On a connection in error transfers stop where they are: a stream that detaches is " +
		"destroyed at once, bytes prepared or not, and the process halts over a sum that nobody needs any more.",
	Fix:      "The check is skipped once QC_CF_ERR_CONN or QC_CF_ERRL is set.",
	Primary:  "bug-on | qcs_destroy: qcs->tx.offset != qcs->tx.sent_offset | qmux_strm_detach | app.detach",
	Seed:     "seed/mux/haproxy-73806f067.prog",
	Known:    "crash/mux/bug-on-qcs_destroy-qmux_strm_detach-qcs--tx.offset-qcs.txtar",
	Sequence: "peer.stream net.block app.send run.mux peer.close app.detach",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_destroy, called by qmux_strm_detach"},
		{"p qcs->tx.fc.off_soft - qcs->tx.fc.off_real", "not 0: prepared and not sent"},
		{"p qcc->flags & 0x21", "not 0: QC_CF_ERRL (1) or QC_CF_ERR_CONN (0x20) is set"},
	},
	NearMisses: []NearMiss{
		{"prepared", "build STREAM"},
		{"rejected", "free rejected STREAM"},
		{"connection-failed", "ERR_CONN set"},
		{"destroyed-at-detach", "qcs_destroy"},
	},
}
