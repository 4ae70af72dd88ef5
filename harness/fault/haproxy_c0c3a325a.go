package fault

var haproxyC0c3a325a = Fault{
	ID:         HAPROXY_c0c3a325a,
	Name:       "HAPROXY-c0c3a325a",
	Title:      "a stream is freed although it owes the peer a STOP_SENDING, and the peer sends on",
	Model:      "mux",
	Commit:     "c0c3a325a",
	FixDate:    "2026-06-26",
	Tag:        "v3.5-dev2",
	Introduced: "663e872e3",
	Since:      "v2.8-dev1",
	SinceDate:  "2022-12-22",
	LastWith:   "7dfe7d240",
	Backport:   "2.6",
	Eras:       []string{"3.2", "3.5"},
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "A stream whose stream connector goes away is kept while its local half is open, for the bytes that are left. " +
		"Once FIN or RESET_STREAM is out nothing else was thought to be owed; but a STOP_SENDING may have been asked " +
		"for and not sent yet. The stream is freed with it, and the peer, which was never told, goes on sending.",
	Fix: "A detached stream stays until its STOP_SENDING is sent, counts as completed only then, and is purged after it.",
	Order: Order{
		Before: []string{
			"qcm_strm_detach: keep if !qcs_is_close_local(qcs)",
			"qcs_is_completed: local half closed and detached",
		},
		After: []string{
			"qcm_strm_detach: keep if !qcs_is_close_local(qcs) or QC_SF_TO_STOP_SENDING",
			"qcs_is_completed: local half closed, detached, and no QC_SF_TO_STOP_SENDING",
			"qcc_emit_rs_ss: a completed stream goes to purg_list",
		},
	},
	Primary:  "lost-wakeup | stop-sending-dropped | qcs | app.detach",
	Seed:     "seed/mux/haproxy-c0c3a325a.prog",
	Known:    "crash/mux/lost-wakeup-stop-sending-dropped.txtar",
	Sequence: "peer.stream app.send run.mux app.abort app.detach run.mux",
	Confirm: []Check{
		{"break qcs_destroy if qcs->flags & QC_SF_TO_STOP_SENDING", "hit in qmux_strm_detach (qcm_strm_detach since 3.4): the stream goes, and the flag says that the frame was never sent"},
		{"p qcs->st", "QC_SS_HLOC: we have sent everything, the peer has not"},
	},
	NearMisses: []NearMiss{
		{"answered", "OPEN->HLOC"},
		{"reading-aborted", "TO_STOP_SENDING set"},
		{"let-go", "detach id="},
	},
}
