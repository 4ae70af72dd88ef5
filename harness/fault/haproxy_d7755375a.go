package fault

var haproxyD7755375a = Fault{
	ID:         HAPROXY_d7755375a,
	Name:       "HAPROXY-d7755375a",
	Title:      "a STOP_SENDING for a stream that is closed already tries to open it again",
	Model:      "mux",
	Commit:     "d7755375a",
	FixDate:    "2022-10-03",
	Tag:        "v2.7-dev8",
	Introduced: "96ca1b7c3",
	Since:      "v2.7-dev4",
	SinceDate:  "2022-08-09",
	LastWith:   "92fa63f73",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "qcc_recv_stop_sending opens the stream that the frame names, without a look at its state. A stream that " +
		"has sent its last byte is closed while the stream layer still holds it, and a peer may well stop it then: opening " +
		"a closed stream is what qcs_idle_open asserts against. A build without hot assertions does not notice.",
	Fix: "A STOP_SENDING for a stream whose local half is closed is ignored. RFC 9000 would rather have a RESET_STREAM in " +
		"answer when everything was sent, which the commit leaves for later.",
	Order: Order{
		Before: []string{
			"qcc_get_qcs(qcc, id, 0, 1, &qcs)",
			"qcs_idle_open(qcs)   asserts that the stream is not closed",
			"qcc_reset_stream(qcs, err)",
		},
		After: []string{
			"qcc_get_qcs(qcc, id, 0, 1, &qcs)",
			"leave if qcs_is_close_local(qcs)",
			"qcs_idle_open(qcs)   asserts that the stream is not closed",
			"qcc_reset_stream(qcs, err)",
		},
	},
	Primary:  "bug-on | qcs_idle_open: qcs->st == QC_SS_CLO | qcc_recv_stop_sending | peer.stop",
	Seed:     "seed/mux/haproxy-d7755375a.prog",
	Known:    "crash/mux/bug-on-qcs_idle_open-qcc_recv_stop_sending-qcs--st-QC_S.txtar",
	Sequence: "peer.stream app.send run.mux peer.stop",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_idle_open, called by qcc_recv_stop_sending"},
		{"p qcs->st", "QC_SS_CLO: both halves are closed"},
		{"p qcs->tx.sent_offset == qcs->tx.offset", "1: all of the answer was sent"},
	},
	NearMisses: []NearMiss{
		{"answer-sent", "sent done"},
		{"stream-closed", "->CLO"},
		{"stopped", "rx STOP_SENDING"},
	},
}
