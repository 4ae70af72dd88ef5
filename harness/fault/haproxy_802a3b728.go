package fault

var haproxy802a3b728 = Fault{
	ID:         HAPROXY_802a3b728,
	Name:       "HAPROXY-802a3b728",
	Title:      "a request to a server that is given up before its first byte is sent is reset while its stream is idle",
	Model:      "mux",
	Commit:     "802a3b728",
	FixDate:    "2026-04-23",
	Tag:        "v3.4.0",
	Backport:   "3.3",
	Introduced: "1efaca8a5",
	Since:      "v3.3-dev2",
	SinceDate:  "2025-06-12",
	LastWith:   "fb828a471",
	Eras:       []string{"3.5"},
	Severity:   "MINOR",
	Symptom:    BugOn,
	Class:      "accounting",
	Mechanism: "A stream leaves the state IDLE with the first frame that is sent or received on it. Of a stream that we " +
		"open ourselves that may be the RESET_STREAM, when the stream layer gives the request up at once. The stream's " +
		"local half is closed then while it is idle, which the states of a stream do not know: a strict build halts in " +
		"qcs_close_local. It is the mistake of HAPROXY-96ca1b7c3 on the other side, four years later; here it is known by " +
		"the idle stream that is to be reset, before a strict build halts on it.",
	Fix: "qcc_reset_stream opens the stream of a connection to a server.",
	Order: Order{
		Before: []string{
			"qcc_reset_stream: qcs->flags |= QC_SF_TO_RESET",
			"qcs_send_reset: qcs_close_local(qcs)   qcs->st == QC_SS_IDLE",
		},
		After: []string{
			"qcc_reset_stream: qcs->flags |= QC_SF_TO_RESET, qcs_idle_open(qcs)",
			"qcs_send_reset: qcs_close_local(qcs)",
		},
	},
	Primary: "accounting | idle-reset | qcs | run.mux",
	Others: []string{
		"accounting | idle-reset | qcs | run.all",
		"accounting | idle-reset | qcs | run.timer",
	},
	Seed:     "seed/mux/haproxy-802a3b728.prog",
	Known:    "crash/mux/accounting-idle-reset.txtar",
	Sequence: "app.shut run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_close_local, called by qcs_send_reset, in a build with DEBUG_STRICT=2"},
		{"p qcs->st", "0, QC_SS_IDLE"},
		{"p qcs->tx.fc.off_real", "0: no byte of the request was sent"},
		{"p qcs->qcc->flags & QC_CF_IS_BACK", "not 0: a connection to a server"},
	},
	NearMisses: []NearMiss{
		{"request-opened", "strm attach"},
		{"request-given-up", "TO_RESET set"},
	},
}
