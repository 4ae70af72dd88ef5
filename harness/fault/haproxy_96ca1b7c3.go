package fault

var haproxy96ca1b7c3 = Fault{
	ID:     HAPROXY_96ca1b7c3,
	Name:   "HAPROXY-96ca1b7c3",
	Model:  "mux",
	Commit: "96ca1b7c3",

	Title:      "a STOP_SENDING does not open its stream, and the RESET_STREAM that answers it closes a stream that is idle",
	FixDate:    "2022-08-09",
	Tag:        "v2.7-dev4",
	Introduced: "a5b507521",
	Since:      "v2.7-dev2",
	SinceDate:  "2022-07-11",
	LastWith:   "c09ef0c5f",
	Severity:   "MINOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "A STOP_SENDING can be the first frame of a stream. It was answered with a RESET_STREAM without the stream " +
		"having been opened, and the stream's local half closed while it was idle, which the states of a stream do not " +
		"know: a strict build halts.",
	Fix: "qcc_recv_stop_sending opens the stream, as the first bytes would. 802a3b728 mended the same for streams that we " +
		"open ourselves, four years later.",
	Primary: "bug-on | qcs_close_local: qcs->st == QC_SS_IDLE | qcs_send_reset | run.mux",
	Others: []string{
		"bug-on | qcs_close_local: qcs->st == QC_SS_IDLE | qcs_send_reset | app.detach",
		"bug-on | qcs_close_local: qcs->st == QC_SS_IDLE | qcs_send_reset | proc.softstop",
		"bug-on | qcs_close_local: qcs->st == QC_SS_IDLE | qcs_send_reset | run.all",
		"bug-on | qcs_close_local: qcs->st == QC_SS_IDLE | qcs_send_reset | run.timer",
	},
	Seed:     "seed/mux/haproxy-96ca1b7c3.prog",
	Known:    "crash/mux/bug-on-qcs_close_local-qcs_send_reset-qcs--st-QC_SS_IDL.txtar",
	Sequence: "peer.stop run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_close_local, called by qcs_send_reset, in a build with DEBUG_STRICT=2"},
		{"p qcs->st", "0, QC_SS_IDLE"},
		{"p qcs->rx.offset_max", "0: the peer has sent nothing on this stream"},
	},
	NearMisses: []NearMiss{
		{"stream-stopped", "rx STOP_SENDING"},
		{"reset-sent", "tx RESET_STREAM"},
	},
}
