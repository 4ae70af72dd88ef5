package fault

var haproxy87f8766d3 = Fault{
	ID:         HAPROXY_87f8766d3,
	Name:       "HAPROXY-87f8766d3",
	Title:      "a STOP_SENDING on the HTTP/3 control stream frees it under the application layer, which writes GOAWAY on it",
	Model:      "mux",
	Issue:      "2006",
	Commit:     "87f8766d3",
	FixDate:    "2023-01-30",
	Tag:        "v2.8-dev3",
	Introduced: "a5b507521",
	Since:      "v2.7-dev2",
	SinceDate:  "2022-07-11",
	LastWith:   "1e340ba6b",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "The mux treated a STOP_SENDING for our control stream like any other: it answered with a RESET_STREAM, " +
		"closed the stream, and purged it. The HTTP/3 layer keeps a pointer to that stream, and when the connection ends it " +
		"writes a GOAWAY on what was freed. Only a peer that breaks RFC 9114 sends such a frame.",
	Fix: "The mux asks the application layer before it lets a frame close a stream. HTTP/3 refuses for its control stream " +
		"and closes the connection with H3_CLOSED_CRITICAL_STREAM.",
	Order: Order{
		Before: []string{
			"qcs_idle_open(qcs)",
			"qcc_reset_stream(qcs, err)",
		},
		After: []string{
			"qcs_idle_open(qcs)",
			"leave if app_ops->close(qcs) refuses",
			"qcc_reset_stream(qcs, err)",
		},
	},
	Primary:  "heap-use-after-free | qcs | h3_send_goaway | qcs_free | qcs_new",
	Seed:     "seed/mux/haproxy-87f8766d3.prog",
	Known:    "crash/mux/heap-use-after-free-h3_send_goaway.txtar",
	Sequence: "run.mux peer.stop run.mux run.timer",
	Confirm: []Check{
		{"bt", "h3_send_goaway, below qcc_shutdown or qcc_release"},
		{"p h3c->ctrl_strm", "an address that no node of qcc->streams_by_id lies in"},
		{"p *h3c->ctrl_strm", "not stream 3: the memory has another owner, or a free-list link"},
	},
	NearMisses: []NearMiss{
		{"control-stream-stopped", "rx STOP_SENDING id=3"},
		{"control-stream-reset", "tx RESET_STREAM id=3"},
		{"control-stream-freed", "qcs_free end id=3"},
		{"shutdown-after-it", "app shutdown"},
	},
}
