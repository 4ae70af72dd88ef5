package fault

var haproxyAd6b13d31 = Fault{
	ID:         HAPROXY_ad6b13d31,
	Name:       "HAPROXY-ad6b13d31",
	Title:      "unsent bytes pin the buffer of a released stream, and the connection runs out of buffers for good",
	Model:      "mux",
	Commit:     "ad6b13d31",
	FixDate:    "2024-01-26",
	Tag:        "v3.0-dev2",
	Introduced: "a45692049",
	Since:      "v2.6-dev7",
	SinceDate:  "2022-04-21",
	LastWith:   "1da5787db",
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "After a reset the stream releases its descriptor while the active buffer still holds bytes that were never " +
		"sent. An acknowledgement can only remove bytes that were sent, so the buffer never becomes empty: its share of " +
		"the connection's Tx buffers is lost for the life of the connection, and a stream that waits for one waits for ever.",
	Fix: "qc_stream_desc_release takes the final size, drops what lies beyond it from the active buffer, and frees the " +
		"buffer when nothing is left. That made HAPROXY-bd384a359 reachable.",
	Order: Order{
		Before: []string{
			"qc_stream_desc_release(stream): release = 1",
			"the descriptor is freed if it has no buffer",
		},
		After: []string{
			"qc_stream_desc_release(stream, final_size): release = 1",
			"bytes beyond final_size are removed from the active buffer",
			"the active buffer is freed if that empties it",
			"the descriptor is freed if it has no buffer",
		},
	},
	Primary: "lost-wakeup | desc-unfreed | qc_stream_desc | run.mux",
	// The same descriptor, released by another op than the run of the mux that
	// sends the reset, or acknowledged after its release.
	Others: []string{
		"lost-wakeup | desc-unfreed | qc_stream_desc | app.detach",
		"lost-wakeup | desc-unfreed | qc_stream_desc | net.ack",
		"lost-wakeup | desc-unfreed | qc_stream_desc | run.all",
		"lost-wakeup | desc-unfreed | qc_stream_desc | run.timer",
	},
	Seed:     "seed/mux/haproxy-ad6b13d31.prog",
	Known:    "crash/mux/lost-wakeup-desc-unfreed.txtar",
	Sequence: "peer.stream app.send run.mux peer.stop run.mux app.detach net.ack peer.stream app.send run.mux",
	Confirm: []Check{
		{"set $qcc = (struct qcc *)ADDRESS", "ADDRESS is the qcc of the frozen connection"},
		{"p $qcc->conn->handle.qc->stream_buf_count", "tune.quic.frontend.conn-tx-buffers.limit, 30 by default: no buffer is " +
			"left, although the peer acknowledged all that was sent"},
		{"set $desc = (struct qc_stream_desc *)ADDRESS", "ADDRESS is a descriptor in streams_by_id of that quic_conn whose id " +
			"no stream of the qcc bears"},
		{"p $desc->release", "1: the stream is gone"},
		{"p $desc->buf_list.n == &$desc->buf_list", "0: a buffer is left, which nothing will ever empty"},
	},
	NearMisses: []NearMiss{
		{"buffer-partly-sent", "free rejected STREAM"},
		{"stream-reset", "TO_RESET set"},
		{"released-with-unsent-bytes", "desc release"},
		{"sent-bytes-acked", "desc ack"},
		{"stream-refused", "tx buf alloc refused"},
	},
}
