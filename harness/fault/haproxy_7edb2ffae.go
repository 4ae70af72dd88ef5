package fault

var haproxy7edb2ffae = Fault{
	ID:         HAPROXY_7edb2ffae,
	Name:       "HAPROXY-7edb2ffae",
	Title:      "STREAM frames that were kept are sent as they are although the peer allows more by now",
	Model:      "mux",
	Commit:     "7edb2ffae",
	FixDate:    "2024-12-19",
	Tag:        "v3.2-dev2",
	Introduced: "14710b5e6",
	Since:      "v3.2-dev2",
	SinceDate:  "2024-12-18",
	LastWith:   "f2838f517",
	Backport:   "3.1",
	Eras:       []string{"3.2"},
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "Frames that the transport did not take are kept for the next time, and dropped when there is something new to " +
		"encode. A higher limit of the peer counted as that only when it let a blocked offset go on. A frame that was cut to the " +
		"old limit and not sent has blocked nobody: the real offset stands before the limit, and the soft one is beyond the new " +
		"limit as well. So the short frame is sent, and the stream is left in the send list with bytes that it may send, which " +
		"qcc_io_send asserts against.",
	Fix: "The frames are dropped if the soft offset had reached the old limit and the real offset has not reached the new one.",
	Order: Order{
		Before: []string{
			"qfctl_set_max(max, &unblock_soft, &unblock_real)",
			"if unblock_soft or unblock_real: qcc_clear_frms(qcc)",
		},
		After: []string{
			"blocked_soft = qfctl_sblocked()",
			"qfctl_set_max(max, &unblock_soft, &unblock_real)",
			"if not qfctl_rblocked() and blocked_soft: qcc_clear_frms(qcc)",
		},
	},
	Primary: "bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_io_cb | run.mux",
	// The same assertion, in another op that lets the mux send.
	Others: []string{
		"bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | run.mux",
		"bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | app.detach",
		"bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | proc.softstop",
		"bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_io_cb | run.all",
		"bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | run.all",
		"bug-on | qcc_io_send: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | run.timer",
	},
	Seed:     "seed/mux/haproxy-7edb2ffae.prog",
	Known:    "crash/mux/bug-on-qcc_io_send-qcc_io_cb-qcs--stream--buf-qfctl_rbl.txtar",
	Sequence: "peer.stream app.send net.block run.mux peer.max_data net.ok run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcc_io_send, in the loop after qcc_send_frames"},
		{"p qcs->tx.fc.off_soft > qcs->tx.fc.off_real", "1: bytes are prepared and not sent"},
		{"p qcs->tx.fc.limit > qcs->tx.fc.off_real && qcc->tx.fc.limit > qcc->tx.fc.off_real", "1: the peer allows more of them"},
	},
	NearMisses: []NearMiss{
		{"frame-kept", "send_frames: frames left"},
		{"limit-raised", "rx MAX_"},
		{"window-opens", "qc_notify_send"},
		{"kept-frame-sent", "sent STREAM"},
	},
}
