package fault

var haproxy801e39e1c = Fault{
	ID:         HAPROXY_801e39e1c,
	Name:       "HAPROXY-801e39e1c",
	Title:      "the last frame of a peer's critical stream is not looked at, and the connection goes on without it",
	Model:      "mux",
	Commit:     "801e39e1c",
	FixDate:    "2025-01-03",
	Tag:        "v3.2-dev3",
	Backport:   "3.1",
	Introduced: "caf60ac69",
	Since:      "v3.2-dev3",
	SinceDate:  "2025-01-02",
	LastWith:   "af00be8e0",
	Eras:       []string{"3.2", "3.5"},
	Severity:   "MINOR",
	Symptom:    Freeze,
	Class:      "accounting",
	Mechanism: "To keep a stream connector off a stream that waits to be purged, HAPROXY-caf60ac69 did not decode completed " +
		"streams any more. A peer's unidirectional stream never has a stream connector and counts as completed with its " +
		"last byte: the application layer never hears of the end of a control stream, which HTTP/3 calls an error of " +
		"the connection.",
	Fix: "Completed streams are decoded again; it is qcs_attach_sc that does nothing for a closed one.",
	Order: Order{
		Before: []string{
			"qcc_decode_qcs: rcv_buf(qcs) unless qcs_is_completed(qcs)",
		},
		After: []string{
			"qcc_decode_qcs: rcv_buf(qcs)",
			"qcs_attach_sc: leave if qcs->st == QC_SS_CLO",
		},
	},
	Excludes: []ID{HAPROXY_caf60ac69},
	Primary:  "accounting | critical-stream | qcs | run.mux",
	Others: []string{
		"accounting | critical-stream | qcs | run.all",
		"accounting | critical-stream | qcs | proc.softstop",
	},
	Seed:     "seed/mux/haproxy-801e39e1c.prog",
	Known:    "crash/mux/accounting-critical-stream.txtar",
	Sequence: "peer.stream peer.stream run.mux",
	Confirm: []Check{
		{"p qcc->flags & QC_CF_ERRL", "0: the connection is in good health"},
		{"p ((struct h3c *)qcc->ctx)->flags & H3_CF_UNI_CTRL_SET", "not 0: the peer had a control stream"},
		{"p qcc->streams_by_id", "no stream with the id of the peer's control stream, 2 as a rule, is in it"},
	},
	NearMisses: []NearMiss{
		{"control-stream-open", "TO_STOP_SENDING set"},
		{"completed-at-once", "OPEN->CLO"},
		{"not-decoded", "skipped completed"},
	},
}
