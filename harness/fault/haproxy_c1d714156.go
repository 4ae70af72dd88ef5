package fault

var haproxyC1d714156 = Fault{
	ID:         HAPROXY_c1d714156,
	Name:       "HAPROXY-c1d714156",
	Title:      "an empty FIN frame is taken for one that is sent again, and the stream is never done",
	Model:      "mux",
	Commit:     "c1d714156",
	FixDate:    "2024-10-04",
	Tag:        "v3.1-dev10",
	Introduced: "d7f4e5abf",
	Since:      "v3.1-dev9",
	SinceDate:  "2024-10-01",
	LastWith:   "7cdc9325a",
	Eras:       []string{"3.2"},
	Severity:   "MAJOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "Since 3.1 the transport tells the mux of every STREAM frame that it puts in a packet, new or sent again, and " +
		"qmux_ctrl_send has to tell the two apart. A frame without a byte says nothing by its offset. For such a frame it asked " +
		"for a pending FIN and no buffer and nothing prepared; but the buffer whose bytes are sent and not acknowledged is " +
		"still there. So a FIN that comes late is ignored, the stream stays in the send list with nothing taken off it, and " +
		"qcc_io_send would send the FIN for ever if it did not assert that nobody is left with a buffer.",
	Fix: "For a frame without a byte the pending FIN alone decides: it is gone once the frame was told of.",
	Order: Order{
		Before: []string{
			"leave if offset + data < off_real",
			"leave if !data and (no FIN_STREAM, or a buffer is held, or bytes are prepared)",
			"the stream leaves the send list, closes locally, FIN_STREAM is cleared",
		},
		After: []string{
			"leave if offset + data < off_real",
			"leave if !data and no FIN_STREAM",
			"the stream leaves the send list, closes locally, FIN_STREAM is cleared",
		},
	},
	Primary: "bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_io_cb | run.mux",
	// The same assertion, in another op that lets the mux send; and a descriptor
	// whose FIN is acknowledged before the stream counts it as sent.
	Others: []string{
		"bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | run.mux",
		"bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | app.detach",
		"bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | proc.softstop",
		"bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_io_cb | run.all",
		"bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | run.all",
		"bug-on | qcc_io_send: only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc) | qcc_shutdown | run.timer",
		"bug-on | qcs_idle_open: qcs->st == QC_SS_CLO | qmux_ctrl_send | run.all",
		"bug-on | qcs_idle_open: qcs->st == QC_SS_CLO | qmux_ctrl_send | run.mux",
		"lost-wakeup | desc-bare | qc_stream_desc | app.detach",
		"lost-wakeup | stream-overdue | qcs | run.all",
		"lost-wakeup | stream-overdue | qcs | run.mux",
		"accounting | fin-sent | qcs | run.all",
		"accounting | fin-sent | qcs | run.mux",
	},
	Seed:     "seed/mux/haproxy-c1d714156.prog",
	Known:    "crash/mux/bug-on-qcc_io_send-qcc_io_cb-only-FIN-left-qcs--stream.txtar",
	Sequence: "peer.stream app.send run.mux app.shut run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcc_io_send, in the loop after qcc_send_frames"},
		{"p qcs->flags & QC_SF_FIN_STREAM", "2: the FIN is still to be sent"},
		{"p qcs->tx.fc.off_real == qcs->tx.fc.off_soft", "1: all bytes were sent"},
		{"p qcs->stream->buf", "not null: the buffer waits for its acknowledgement"},
	},
	NearMisses: []NearMiss{
		{"bytes-sent", "sent done"},
		{"late-fin", "shutw: FIN_STREAM set"},
		{"empty-frame", "len=0 fin=1"},
	},
}
