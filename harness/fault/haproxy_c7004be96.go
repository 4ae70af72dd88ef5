package fault

var haproxyC7004be96 = Fault{
	ID:         HAPROXY_c7004be96,
	Name:       "HAPROXY-c7004be96",
	Title:      "a stream that is over joins the purge list while its node is still in the send list",
	Model:      "mux",
	Commit:     "c7004be96",
	FixDate:    "2026-01-20",
	Tag:        "v3.4-dev3",
	Backport:   "3.1",
	Introduced: "e296585ae",
	Since:      "v3.2-dev2",
	SinceDate:  "2024-12-18",
	LastWith:   "eb5279b15",
	Eras:       []string{"3.2", "3.5"},
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "qcc.purg_list and qcc.send_list hold a stream by the same node, el_send. A stream that is over has nothing " +
		"left to send, so that looked safe; but a peer's unidirectional stream has no local half, and the end of its " +
		"remote half is the end of all of it. When its reading was aborted a STOP_SENDING waits in the send list, and a " +
		"FIN or a RESET_STREAM that arrives before the mux's tasklet runs moves the node into the purge list as well. " +
		"An assertion is in the way; without it the send loop walks from one list into the other.",
	Fix: "When a stream is closed for good a STOP_SENDING that waits is cancelled, and the stream leaves the send list " +
		"first.",
	Order: Order{
		Before: []string{
			"qcs->st = QC_SS_CLO",
			"BUG_ON(LIST_INLIST(&qcs->el_send))",
			"LIST_APPEND(&qcc->purg_list, &qcs->el_send)",
		},
		After: []string{
			"qcs->st = QC_SS_CLO",
			"if QC_SF_TO_STOP_SENDING: clear it, LIST_DEL_INIT(&qcs->el_send)",
			"BUG_ON(LIST_INLIST(&qcs->el_send))",
			"LIST_APPEND(&qcc->purg_list, &qcs->el_send)",
		},
	},
	Primary: "bug-on | qcs_close_remote: LIST_INLIST(&qcs->el_send) | qcc_recv | peer.stream",
	// The assertion when a RESET_STREAM ends the stream, and over TCP in the run of
	// the tasklet that reads the frame, alone or with all. In a build without it,
	// what a send list does whose node went to the purge list: it does not end, or
	// ends in memory that is something else.
	Others: []string{
		"bug-on | qcs_close_remote: LIST_INLIST(&qcs->el_send) | qcc_recv_reset_stream | peer.reset",
		"bug-on | qcs_close_remote: LIST_INLIST(&qcs->el_send) | qcc_recv_reset_stream | run.mux",
		"bug-on | qcs_close_remote: LIST_INLIST(&qcs->el_send) | qcc_recv_reset_stream | run.all",
		"bug-on | qcs_close_remote: LIST_INLIST(&qcs->el_send) | qcc_recv | run.mux",
		"bug-on | qcs_close_remote: LIST_INLIST(&qcs->el_send) | qcc_recv | run.all",
		"null-dereference | - | qcs_send | - | -",
		"heap-buffer-overflow | session | qcs_destroy | - | session_accept_fd",
		"null-dereference | - | qcc_send_frames | - | -",
		"wild-access | - | qcc_send_frames | - | -",
		"heap-use-after-free | qcs | qcc_send_stream | qcs_free | qcs_new",
		"dangling-subscription | qcc.send_list | qcc | run.mux",
		"step-budget | qcc_io_send | - | run.mux",
		"step-budget | qcc_io_send | - | run.all",
	},
	Seed:     "seed/mux/haproxy-c7004be96.prog",
	Known:    "crash/mux/bug-on-qcs_close_remote-qcc_recv-LIST_INLIST-qcs--el_se.txtar",
	Sequence: "peer.stream peer.stream",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_close_remote, called by qcc_recv or qcc_recv_reset_stream"},
		{"p qcs->id & 2", "2: a unidirectional stream, of the peer"},
		{"p qcs->flags & QC_SF_TO_STOP_SENDING", "not 0: a STOP_SENDING was about to be sent"},
	},
	NearMisses: []NearMiss{
		{"uni-stream-refused", "TO_STOP_SENDING set"},
		{"stop-sending-waits", "send_list add"},
		{"uni-stream-over", "OPEN->CLO"},
	},
}
