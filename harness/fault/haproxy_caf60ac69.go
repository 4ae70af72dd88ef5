package fault

var haproxyCaf60ac69 = Fault{
	ID:         HAPROXY_caf60ac69,
	Name:       "HAPROXY-caf60ac69",
	Title:      "a stream connector is attached to a stream that waits to be purged",
	Model:      "mux",
	Commit:     "caf60ac69",
	FixDate:    "2024-12-31",
	Tag:        "v3.2-dev3",
	Backport:   "3.1",
	Introduced: "e296585ae",
	Since:      "v3.2-dev2",
	SinceDate:  "2024-12-18",
	LastWith:   "4a997e5a9",
	Eras:       []string{"3.2"},
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "A STOP_SENDING that arrives first closes the local half with a RESET_STREAM. When the whole request comes " +
		"after it the remote half is closed before the request is decoded, so that the stream, which has no stream " +
		"connector yet, counts as completed and stands in the purge list. Decoding attaches a stream connector to it " +
		"all the same, and the next run of the mux frees the stream under it.",
	Fix: "Attaching to a stream that is closed does nothing and succeeds. The first attempt skipped the decoder for such " +
		"a stream instead and was mended three days later: HAPROXY-801e39e1c.",
	Order: Order{
		Before: []string{
			"qcc_recv: qcs_close_remote(qcs)   puts the stream into purg_list",
			"qcc_decode_qcs, qcs_attach_sc: sc_new_from_endp(qcs->sd)",
			"qcc_purge_streams: qcs_destroy(qcs)",
		},
		After: []string{
			"qcc_recv: qcs_close_remote(qcs)   puts the stream into purg_list",
			"qcc_decode_qcs, qcs_attach_sc: leave if qcs->st == QC_SS_CLO",
			"qcc_purge_streams: qcs_destroy(qcs)",
		},
	},
	Primary: "bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | qcs_destroy | run.mux",
	Others: []string{
		"bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | qcs_destroy | run.all",
		"bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | qcs_destroy | proc.softstop",
		"bug-on | qcc_purge_streams: !qcs_is_completed(qcs) | qcc_io_process | run.mux",
		"bug-on | qcc_purge_streams: !qcs_is_completed(qcs) | qcc_io_process | run.all",
		"bug-on | qcc_purge_streams: !qcs_is_completed(qcs) | qcc_io_process | proc.softstop",
		"heap-use-after-free | sedesc | __sc_mux_strm | qcs_free | qcs_new",
		"heap-use-after-free | sedesc | sc_destroy | qcs_free | qcs_new",
	},
	Seed:     "seed/mux/haproxy-caf60ac69.prog",
	Known:    "crash/mux/bug-on-qcs_free-qcs_destroy-qcs--sd-se_fl_test-qcs--sd.txtar",
	Sequence: "peer.stop run.mux peer.stream run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_free or qcc_purge_streams, called by qcc_io_process"},
		{"p qcs->st", "QC_SS_CLO: both halves are closed"},
		{"p qcs->sd->sc", "not 0x0: the stream layer has just been told of the request"},
	},
	NearMisses: []NearMiss{
		{"stopped-before-the-request", "rx STOP_SENDING"},
		{"reset-answers", "tx RESET_STREAM"},
		{"completed-before-decoding", "purg_list add"},
		{"attached-all-the-same", "attach stconn"},
	},
}
