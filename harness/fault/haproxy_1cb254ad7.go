package fault

var haproxy1cb254ad7 = Fault{
	ID:         HAPROXY_1cb254ad7,
	Name:       "HAPROXY-1cb254ad7",
	Title:      "freeing a stream forgets the received bytes that the stream layer has not read",
	Model:      "mux",
	Commit:     "1cb254ad7",
	FixDate:    "2026-06-26",
	Tag:        "v3.5-dev2",
	Introduced: "9a327a7c3",
	Since:      "v2.6-dev2",
	SinceDate:  "2022-02-15",
	LastWith:   "78639c7cf",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    Leak,
	Class:      "leak",
	Mechanism: "What the application layer has decoded and the stream layer has not taken yet waits in rx.app_buf, and only " +
		"the stream layer's read frees that buffer. qcs_free ignored it: a stream that ends with bytes unread, because it " +
		"was reset, aborted or lost with its connection, leaves a buffer behind for the life of the process.",
	Fix: "qcs_free frees rx.app_buf when it has storage, and offers the buffer to whoever waits for one.",
	Order: Order{
		Before: []string{
			"qc_stream_desc_release(qcs->stream, qcs->tx.sent_offset)",
			"qcs_free_ncbuf(qcs, &qcs->rx.ncbuf)",
			"eb64_delete(&qcs->by_id)",
		},
		After: []string{
			"qc_stream_desc_release(qcs->stream, qcs->tx.sent_offset)",
			"qcs_free_ncbuf(qcs, &qcs->rx.ncbuf)",
			"b_free(&qcs->rx.app_buf)   offers the buffer to those who wait",
			"eb64_delete(&qcs->by_id)",
		},
	},
	Primary: "leak | buffer | - | - | h3_data_to_htx",
	// The buffer that h3_rcv_buf takes for the end of a message without any byte.
	Others:   []string{"leak | buffer | - | - | h3_rcv_buf"},
	Seed:     "seed/mux/haproxy-1cb254ad7.prog",
	Known:    "crash/mux/leak-h3_data_to_htx.txtar",
	Sequence: "peer.stream peer.stream peer.close",
	Confirm: []Check{
		{"p pool_head_buffer->buckets", "the sum of used grows from hour to hour and does not fall when the connections end"},
		{"break qcs_free if qcs->rx.app_buf.size != 0", "in a live process: it stops for streams that ended unread"},
		{"p qcs->rx.app_buf", "a size of tune.bufsize and an area: nothing below in qcs_free frees that area"},
	},
	NearMisses: []NearMiss{
		{"stream-attached", "attach stconn"},
		{"stream-gone", "qcs_free begin"},
	},
}
