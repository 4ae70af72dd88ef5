package fault

var haproxy8038821c8 = Fault{
	ID:         HAPROXY_8038821c8,
	Name:       "HAPROXY-8038821c8",
	Title:      "a stream that stays to send its data keeps a pointer to the stream connector that left it",
	Model:      "mux",
	Commit:     "8038821c8",
	FixDate:    "2022-04-08",
	Tag:        "v2.6-dev5",
	Introduced: "fe035eca3",
	Since:      "v2.6-dev5",
	SinceDate:  "2022-04-07",
	LastWith:   "9c3955c98",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "The stream layer detaches and frees its end of the stream, the conn-stream of the time, the stream " +
		"connector of today. A mux stream with data left stays, and its link to what was freed was not cut. When the " +
		"connection fails, or the peer resets the stream, the mux walks its streams and calls into the freed one.",
	Fix: "Detaching cuts the link in both directions.",
	Order: Order{
		Before: []string{
			"qc_detach(cs): cs->ctx is left, qcs->cs is left",
			"cs_free(cs) by the stream layer",
			"on an error, for each stream with a cs: wake it",
		},
		After: []string{
			"qc_detach(cs): cs->ctx = NULL, qcs->cs = NULL",
			"cs_free(cs) by the stream layer",
			"on an error, for each stream with a cs: wake it",
		},
	},
	Primary:  "heap-use-after-free | stconn | sc_conn_process | sc_destroy | sc_new_from_endp",
	Seed:     "seed/mux/haproxy-8038821c8.prog",
	Known:    "crash/mux/heap-use-after-free-sc_conn_process.txtar",
	Sequence: "peer.stream net.block app.send run.mux app.detach peer.close run.mux",
	Confirm: []Check{
		{"bt", "the walk over the streams that reports an error, qc_wake_some_streams in 2.6 and qcc_wake_some_streams since"},
		{"p qcs->flags & QC_SF_DETACH", "not 0: the stream layer has left this stream"},
		{"p *qcs->sd->sc", "an object of another kind, or a free-list link; in 2.6 qcs.cs.data_cb was 0x0"},
	},
	NearMisses: []NearMiss{
		{"stream-attached", "attach stconn"},
		{"detached-with-data", "keep DETACH"},
		{"stream-told-of-an-error", "se error"},
	},
}
