package fault

var haproxy178fbffda = Fault{
	ID:         HAPROXY_178fbffda,
	Name:       "HAPROXY-178fbffda",
	Title:      "what a reset stream had prepared stays in the connection's flow control, and other streams wait for it",
	Model:      "mux",
	Issue:      "2049",
	Commit:     "178fbffda",
	FixDate:    "2023-03-22",
	Tag:        "v2.8-dev6",
	Introduced: "843a1196b",
	Since:      "v2.7-dev2",
	SinceDate:  "2022-07-11",
	LastWith:   "1d0ed1a2e",
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "accounting",
	Mechanism: "Bytes count against the peer's limit for the connection as soon as they move to the stream's descriptor, " +
		"before they are sent. A reset drops those that were not sent and did not give their credit back: the connection " +
		"believes that it has used more of the limit than it has. Other streams are refused credit that is there; or one " +
		"stays in the send list with nothing that it may send, and as the limit is never reached by sending, the flag " +
		"that would end the send loop is never set.",
	Fix: "qcc_reset_stream takes what was prepared and not sent off the connection's sum. Issue #2074 is the same mistake.",
	Order: Order{
		Before: []string{
			"qcs->flags |= QC_SF_TO_RESET",
			"qcc_send_stream(qcs, 1)",
		},
		After: []string{
			"qcs->flags |= QC_SF_TO_RESET",
			"qcc->tx.offsets -= qcs->tx.offset - qcs->tx.sent_offset",
			"qcs->tx.offset = qcs->tx.sent_offset",
			"qcc_send_stream(qcs, 1)",
		},
	},
	Primary: "accounting | tx-offsets | qcc | peer.stop",
	Others: []string{
		"accounting | tx-offsets | qcc | app.shut",
		"accounting | tx-offsets | qcc | peer.stream",
	},
	Seed:     "seed/mux/haproxy-178fbffda.prog",
	Known:    "crash/mux/accounting-tx-offsets.txtar",
	Sequence: "peer.stream peer.stream net.block app.send app.send run.mux peer.stop net.ok run.mux",
	Confirm: []Check{
		{"p qcc->tx.offsets - qcc->tx.sent_offsets", "more than the sum of tx.offset - tx.sent_offset over the streams of the qcc"},
		{"p qcc->tx.offsets == qcc->rfctl.md", "1: by its own count the connection has used up what the peer allows"},
		{"p qcc->flags & QC_CF_BLK_MFCTL", "0: and yet it is not marked as blocked, for it has sent less"},
	},
	NearMisses: []NearMiss{
		{"bytes-prepared", "xfer id="},
		{"not-sent", "free rejected STREAM"},
		{"stream-reset", "TO_RESET set"},
	},
}
