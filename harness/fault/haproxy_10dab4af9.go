package fault

var haproxy10dab4af9 = Fault{
	ID:         HAPROXY_10dab4af9,
	Name:       "HAPROXY-10dab4af9",
	Title:      "qcs_new allocates the stream's descriptor before every field is set, and a failure frees what was never there",
	Model:      "mux",
	Commit:     "10dab4af9",
	FixDate:    "2023-10-11",
	Tag:        "v2.9-dev8",
	Introduced: "4b167006f",
	Since:      "v2.8-dev1",
	SinceDate:  "2022-12-12",
	LastWith:   "63a6f26a8",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "use-of-uninitialized-value",
	Mechanism: "qcs_new allocates the descriptor in the middle of setting the stream's fields. When that allocation fails, " +
		"qcs_free gets a stream whose buffers and offsets hold whatever lay in the memory before, and frees the buffers " +
		"that they seem to name. A slot that a cleanly freed stream left behind holds null buffers and hides the mistake; " +
		"fresh memory, or memory of another object of the same size, shows it.",
	Fix: "The descriptor is allocated at the end of qcs_new, when every field is set.",
	Order: Order{
		Before: []string{
			"qcs->stream = NULL, flags, state, id",
			"qcs->stream = qc_stream_desc_new()   on failure: qcs_free(qcs)",
			"qcs->rx and qcs->tx: limits, buffers, offsets",
			"app_ops->attach(qcs)   on failure: qcs_free(qcs)",
		},
		After: []string{
			"qcs->stream = NULL, flags, state, id",
			"qcs->rx and qcs->tx: limits, buffers, offsets",
			"qcs->stream = qc_stream_desc_new()   on failure: qcs_free(qcs)",
			"app_ops->attach(qcs)   on failure: qcs_free(qcs)",
		},
	},
	Primary:  "use-of-uninitialized-value | qcs | qcs_free | - | qcs_new",
	Seed:     "seed/mux/haproxy-10dab4af9.prog",
	Known:    "crash/mux/use-of-uninitialized-value-qcs_free.txtar",
	Sequence: "peer.stream",
	Confirm: []Check{
		{"bt", "qcs_free, called by qcs_new: a stream dies before it was born"},
		{"frame function qcs_new", "the line behind the failed allocation of the descriptor"},
		{"p qcs->stream", "0x0: there was no memory for it"},
		{"p qcs->rx.ncbuf", "neither null nor an address that is mapped: nobody has written it"},
	},
	NearMisses: []NearMiss{
		{"stream-freed", "qcs_free begin"},
	},
}
