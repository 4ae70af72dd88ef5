package fault

var haproxyEa4a5cbbd = Fault{
	ID:         HAPROXY_ea4a5cbbd,
	Name:       "HAPROXY-ea4a5cbbd",
	Title:      "what the peer never acknowledged is leaked when the connection closes",
	Model:      "mux",
	Issue:      "1801",
	Commit:     "ea4a5cbbd",
	FixDate:    "2022-08-20",
	Tag:        "v2.7-dev5",
	Introduced: "a45692049",
	Since:      "v2.6-dev7",
	SinceDate:  "2022-04-21",
	LastWith:   "f53201940",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Leak,
	Class:      "leak",
	Mechanism: "A stream's descriptor keeps what was sent until it is acknowledged. Some clients close the connection " +
		"without acknowledging the last of it; quic_conn_release then frees the descriptors, and qc_stream_desc_free " +
		"frees only those of their buffers that are empty. The others lose their last owner.",
	Fix: "qc_stream_desc_free is told when the connection closes, and then frees every buffer.",
	Order: Order{
		Before: []string{
			"quic_conn_release: for each descriptor qc_stream_desc_free(stream)",
			"for each buffer: free it if it is empty",
			"pool_free(pool_head_quic_stream_desc, stream)",
		},
		After: []string{
			"quic_conn_release: for each descriptor qc_stream_desc_free(stream, 1)",
			"for each buffer: free it if it is empty, or if the connection closes",
			"pool_free(pool_head_quic_stream_desc, stream)",
		},
	},
	Primary:  "leak | qc_stream_buf | - | - | qc_stream_buf_alloc",
	Seed:     "seed/mux/haproxy-ea4a5cbbd.prog",
	Known:    "crash/mux/leak-qc_stream_buf_alloc.txtar",
	Sequence: "peer.stream app.send run.mux app.detach run.mux peer.close run.timer",
	Confirm: []Check{
		{"p pool_head_quic_stream_buf->buckets", "the sum of used grows with every connection that a client closes early, and never falls"},
		{"break qc_stream_desc_free if stream->buf_list.n != &stream->buf_list", "in a live process: a descriptor goes while it has buffers"},
		{"p ((struct qc_stream_buf *)((char *)stream->buf_list.n - (long)&((struct qc_stream_buf *)0)->list))->buf.data",
			"not 0: bytes that were sent and never acknowledged"},
	},
	NearMisses: []NearMiss{
		{"bytes-in-flight", "sent STREAM"},
		{"peer-closed", "rx CONNECTION_CLOSE"},
		{"descriptor-freed-at-close", "closing=1"},
	},
}
