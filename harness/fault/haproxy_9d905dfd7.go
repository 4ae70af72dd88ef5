package fault

var haproxy9d905dfd7 = Fault{
	ID:     HAPROXY_9d905dfd7,
	Name:   "HAPROXY-9d905dfd7",
	Model:  "mux",
	Commit: "9d905dfd7",

	Title:      "a stream on which the peer allows no byte at first does not count as blocked by that",
	FixDate:    "2023-10-09",
	Tag:        "v2.9-dev8",
	Introduced: "6ea781919",
	Since:      "v2.6-dev4",
	SinceDate:  "2022-03-23",
	LastWith:   "d85f9f9d4",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "A stream is marked as blocked when it sends the last byte that the peer allows. Where the peer allows none from " +
		"the start it sends no byte, and was never marked. It stays in the send list with a buffer that it may not fill; " +
		"when another stream's bytes go out the send loop comes round again, asserts that whoever holds a buffer is " +
		"blocked, and halts. And a MAX_STREAM_DATA wakes the mux only for a stream that is marked.",
	Fix:     "A new stream is marked as blocked when the peer's initial limit is 0.",
	Primary: "bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_io_cb | run.mux",
	Others: []string{
		"bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_shutdown | run.mux",
		"bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_shutdown | app.detach",
		"bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_shutdown | proc.softstop",
		"bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_io_cb | run.all",
		"bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_shutdown | run.all",
		"bug-on | qcc_io_send: qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL) | qcc_shutdown | run.timer",
		"lost-wakeup | stream-pending | qcs | peer.max_stream_data",
	},
	Seed:     "seed/mux/haproxy-9d905dfd7.prog",
	Known:    "crash/mux/bug-on-qcc_io_send-qcc_io_cb-qcs--stream--buf-qcs--flag.txtar",
	Sequence: "peer.stream peer.stream peer.max_stream_data app.send app.send run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcc_io_send, called by qcc_io_cb"},
		{"p qcs->tx.msd", "0, or what a MAX_STREAM_DATA has made of it"},
		{"p qcs->flags & 0x10", "0: QC_SF_BLK_SFCTL is not set"},
		{"p qcs->stream->buf", "not null: it holds a buffer"},
	},
	NearMisses: []NearMiss{
		{"no-credit", "xfer limited by stream flow control"},
		{"another-sent", "sent STREAM"},
	},
}
