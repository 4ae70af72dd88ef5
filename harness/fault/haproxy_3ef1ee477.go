package fault

var haproxy3ef1ee477 = Fault{
	ID:         HAPROXY_3ef1ee477,
	Name:       "HAPROXY-3ef1ee477",
	Title:      "a Tx buffer that was empty all along keeps the descriptor of a stream that is gone",
	Model:      "mux",
	Commit:     "3ef1ee477",
	FixDate:    "2024-08-07",
	Tag:        "v3.1-dev5",
	Introduced: "00a3e5f78",
	Since:      "v3.0-dev3",
	SinceDate:  "2024-01-31",
	LastWith:   "d5da87b5d",
	Backport:   "2.6",
	Eras:       []string{"2.9", "3.0"},
	Severity:   "MINOR",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "qc_stream_desc_release drops the bytes that were never sent from the active buffer and frees the buffer if that " +
		"empties it. A buffer with no byte in it, because an error or a limit came first, has nothing to drop, and is kept. " +
		"Nothing will ever be acknowledged of it, so the descriptor stays as well, and takes one of the connection's Tx buffers. " +
		"Once the mux is gone the connection closes only when the last descriptor is: the CONNECTION_CLOSE is not sent, and the " +
		"peer waits for the idle timeout.",
	Fix: "The buffer is freed whenever nothing is left in it.",
	Order: Order{
		Before: []string{
			"if final_size < tail_offset: b_sub(), then qc_stream_buf_free() if the buffer is empty",
			"stream->buf = NULL",
			"the descriptor is freed if it has no buffer",
		},
		After: []string{
			"if final_size < tail_offset: b_sub()",
			"qc_stream_buf_free() if the buffer is empty",
			"stream->buf = NULL",
			"the descriptor is freed if it has no buffer",
		},
	},
	// Before the fix of ad6b13d31 no buffer was freed there at all.
	Excludes: []ID{HAPROXY_ad6b13d31},
	Primary:  "lost-wakeup | desc-empty-buffer | qc_stream_desc | app.detach",
	// The same descriptor, released or left alone by another op.
	Others: []string{
		"lost-wakeup | desc-empty-buffer | qc_stream_desc | net.ack",
		"lost-wakeup | desc-empty-buffer | qc_stream_desc | net.lose",
		"lost-wakeup | desc-empty-buffer | qc_stream_desc | run.all",
		"lost-wakeup | desc-empty-buffer | qc_stream_desc | run.mux",
		"lost-wakeup | desc-empty-buffer | qc_stream_desc | run.timer",
	},
	Seed:     "seed/mux/haproxy-3ef1ee477.prog",
	Known:    "crash/mux/lost-wakeup-desc-empty-buffer.txtar",
	Sequence: "peer.stream app.send peer.stop run.mux app.detach",
	Confirm: []Check{
		{"set $desc = (struct qc_stream_desc *)ADDRESS", "ADDRESS is a descriptor in streams_by_id of the quic_conn whose id no stream bears"},
		{"p $desc->release", "1: the stream is gone"},
		{"set $buf = (struct qc_stream_buf *)((char *)$desc->buf_list.n - (long)&((struct qc_stream_buf *)0)->list)", "its oldest buffer"},
		{"p $buf->buf.data", "0: nothing is in it, and nothing will be acknowledged"},
	},
	NearMisses: []NearMiss{
		{"buffer-taken", "tx buf alloc id"},
		{"stream-over", "qcs_destroy"},
		{"released", "desc release"},
	},
}
