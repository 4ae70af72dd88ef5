package fault

var haproxyDa24bcfad = Fault{
	ID:     HAPROXY_da24bcfad,
	Name:   "HAPROXY-da24bcfad",
	Model:  "mux",
	Commit: "da24bcfad",

	Title:      "an error that the mux detects wakes nobody, so the CONNECTION_CLOSE is not sent",
	FixDate:    "2023-05-09",
	Tag:        "v2.8-dev11",
	Introduced: "51f116d65",
	Since:      "v2.8-dev10",
	SinceDate:  "2023-05-04",
	LastWith:   "58721f219",
	Backport:   "2.7",
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "qcc_set_error only notes the error. The CONNECTION_CLOSE for it is asked for by the next run of the mux's " +
		"tasklet. Where nothing else was going on nobody woke that tasklet: a peer that had broken the protocol was not " +
		"told, and the connection stayed open, deaf, until a timeout.",
	Fix: "qcc_set_error wakes the tasklet itself, wherever it is called from. 41f0472d9 lost that again, and 4f2554903 " +
		"brought it back.",
	Order: Order{
		Before: []string{
			"qcc->flags |= QC_CF_ERRL",
			"qcc->err = err",
		},
		After: []string{
			"qcc->flags |= QC_CF_ERRL",
			"qcc->err = err",
			"tasklet_wakeup(qcc->wait_event.tasklet)",
		},
	},
	Primary: "lost-wakeup | error-unsent | qcc | peer.stream",
	Others: []string{
		"lost-wakeup | error-unsent | qcc | app.send",
		"lost-wakeup | error-unsent | qcc | peer.max_stream_data",
		"lost-wakeup | error-unsent | qcc | peer.reset",
		"lost-wakeup | error-unsent | qcc | peer.stop",
		"lost-wakeup | failure-untold | qcs | app.send",
		"lost-wakeup | failure-untold | qcs | peer.max_stream_data",
		"lost-wakeup | failure-untold | qcs | peer.reset",
		"lost-wakeup | failure-untold | qcs | peer.stop",
		"lost-wakeup | failure-untold | qcs | peer.stream",
	},
	Seed:     "seed/mux/haproxy-da24bcfad.prog",
	Known:    "crash/mux/lost-wakeup-error-unsent.txtar",
	Sequence: "peer.stream",
	Confirm: []Check{
		{"p qcc->flags & 1", "1, QC_CF_ERRL: an error was noted"},
		{"p qcc->flags & 2", "0, QC_CF_ERRL_DONE is not set: no CONNECTION_CLOSE was asked for"},
		{"p/x qcc->wait_event.tasklet->state & 0x40", "0: the tasklet is not queued"},
		{"p qcc->conn->handle.qc->flags", "without the bit of QUIC_FL_CONN_IMMEDIATE_CLOSE"},
	},
	NearMisses: []NearMiss{
		{"tasklet-idle", "run qcc_tasklet end"},
		{"error-noted", "ERRL set"},
	},
}
