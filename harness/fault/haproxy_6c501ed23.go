package fault

var haproxy6c501ed23 = Fault{
	ID:         HAPROXY_6c501ed23,
	Name:       "HAPROXY-6c501ed23",
	Title:      "a Tx buffer that cannot be allocated counts as a quota that is used up, and nobody ends the wait",
	Model:      "mux",
	Commit:     "6c501ed23",
	FixDate:    "2023-05-12",
	Tag:        "v2.8-dev12",
	Introduced: "d2f80a2e6",
	Since:      "v2.6-dev7",
	SinceDate:  "2022-04-21",
	LastWith:   "50fe00650",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "qc_stream_buf_alloc returned NULL when the connection had used up its Tx buffers and when there was no " +
		"memory, and the mux took either for the first: it set QC_CF_CONN_FULL and waited. That flag is cleared when a " +
		"buffer is given back. A connection that has none has none to give back: no stream that needs a buffer sends ever " +
		"again.",
	Fix: "qc_stream_buf_alloc says how much of the quota is left, and without memory the connection is to close. The " +
		"commit had the two cases the wrong way round; 1611a7659 turned them three days later.",
	Order: Order{
		Before: []string{
			"out = qc_stream_buf_alloc(qcs->stream, offset)",
			"no buffer: qcc->flags |= QC_CF_CONN_FULL, wait for one to be given back",
		},
		After: []string{
			"out = qc_stream_buf_alloc(qcs->stream, offset, &avail)",
			"no buffer, avail not 0: an error, there is no memory",
			"no buffer, avail 0: qcc->flags |= QC_CF_CONN_FULL, wait for one to be given back",
		},
	},
	Primary: "lost-wakeup | conn-full | qcc | run.mux",
	Others: []string{
		"lost-wakeup | conn-full | qcc | app.detach",
		"lost-wakeup | conn-full | qcc | proc.softstop",
		"lost-wakeup | conn-full | qcc | run.all",
		"lost-wakeup | conn-full | qcc | run.timer",
	},
	Seed:     "seed/mux/haproxy-6c501ed23.prog",
	Known:    "crash/mux/lost-wakeup-conn-full.txtar",
	Sequence: "peer.stream app.send run.mux app.send run.mux",
	Confirm: []Check{
		{"p qcc->flags & QC_CF_CONN_FULL", "not 0: a stream was refused a Tx buffer"},
		{"p qcc->conn->handle.qc->stream_buf_count", "0, or far less than tune.quic.frontend.conn-tx-buffers.limit: the quota was not the reason"},
		{"p pool_head_quic_stream_buf->buckets", "a failed that is not 0: there was no memory"},
	},
	NearMisses: []NearMiss{
		{"send-begins", "io_send begin streams"},
		{"conn-full", "CONN_FULL set"},
	},
}
