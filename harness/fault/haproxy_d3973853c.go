package fault

var haproxyD3973853c = Fault{
	ID:         HAPROXY_d3973853c,
	Name:       "HAPROXY-d3973853c",
	Title:      "the mux's handler goes on with the connection that it has just released",
	Model:      "mux",
	Commit:     "d3973853c",
	FixDate:    "2022-07-25",
	Tag:        "v2.7-dev3",
	Introduced: "37c2e4a65",
	Since:      "v2.6-dev11",
	SinceDate:  "2022-05-18",
	LastWith:   "51d38a26f",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "The handler of the mux's tasklet sends, purges the streams that are over, and receives. When the last " +
		"stream goes and nothing keeps the connection any more (its timeout has struck, or it has failed), the purge " +
		"step releases it. The handler then fell through to the receive step, with a qcc that was back in its pool.",
	Fix: "After the release the handler jumps to its end.",
	Order: Order{
		Before: []string{
			"qc_send(qcc)",
			"purge the streams that are over",
			"qc_release(qcc)   if the connection is dead",
			"qc_recv(qcc)",
		},
		After: []string{
			"qc_send(qcc)",
			"purge the streams that are over",
			"qc_release(qcc) and leave   if the connection is dead",
			"qc_recv(qcc)",
		},
	},
	Primary:  "heap-use-after-free | qcc | qcc_io_recv | qcc_release | qmux_init",
	Seed:     "seed/mux/haproxy-d3973853c.prog",
	Known:    "crash/mux/heap-use-after-free-qcc_io_recv.txtar",
	Sequence: "peer.stream app.send app.detach run.mux",
	Confirm: []Check{
		{"bt", "the receive step, called by the handler of the mux's tasklet"},
		{"p qcc->streams_by_id", "no tree: the memory has another owner, or a free-list link"},
		{"info line *$pc", "in the frame of the handler: below the call that releases the connection"},
	},
	NearMisses: []NearMiss{
		{"mux-runs", "run qcc_tasklet begin"},
		{"dead-in-the-handler", "dead: release from qcc_tasklet"},
	},
}
