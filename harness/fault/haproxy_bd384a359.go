package fault

var haproxyBd384a359 = Fault{
	ID:         HAPROXY_bd384a359,
	Name:       "HAPROXY-bd384a359",
	Title:      "qcc_release frees the connection's tasklet, then releasing the streams wakes it",
	Model:      "mux",
	Issue:      "2494",
	Commit:     "bd384a359",
	FixDate:    "2024-03-22",
	Tag:        "v3.0-dev6",
	Introduced: "f89094510",
	Since:      "v2.6-dev5",
	SinceDate:  "2022-03-30",
	LastWith:   "0d4273f04",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "qcc_release frees the connection's tasklet and does not clear the pointer to it, and frees the streams " +
		"only then. Freeing a stream releases its descriptor, which drops the bytes that were never sent. When that " +
		"leaves the descriptor's active buffer empty, the buffer is freed; and while QC_CF_CONN_FULL is set (the " +
		"connection has used up its Tx buffers and a stream was refused one) freeing a buffer clears the flag and wakes " +
		"the tasklet, which is back in its pool by then. The mux still counts as ready, because quic_close runs later, " +
		"under conn_full_close.",
	Fix: "The loop that frees the streams moves before tasklet_free and the unsubscribe. Marking the mux as released first " +
		"would be cleaner but cannot be done: quic_close needs every stream descriptor released.",
	Order: Order{
		Before: []string{
			"task_destroy(qcc->task)",
			"tasklet_free(qcc->wait_event.tasklet)",
			"unsubscribe(&qcc->wait_event)",
			"for each stream: qcs_free(qcs)   may wake qcc->wait_event.tasklet",
		},
		After: []string{
			"task_destroy(qcc->task)",
			"for each stream: qcs_free(qcs)   may wake qcc->wait_event.tasklet",
			"tasklet_free(qcc->wait_event.tasklet)",
			"unsubscribe(&qcc->wait_event)",
		},
	},
	// Before the fix of ad6b13d31 releasing a descriptor never freed a buffer,
	// so it never woke anyone.
	Excludes: []ID{HAPROXY_ad6b13d31},
	Primary:  "heap-use-after-free | tasklet | qc_stream_buf_free | qcc_release | qmux_init",
	Seed:     "seed/mux/haproxy-bd384a359.prog",
	Known:    "crash/mux/heap-use-after-free-qc_stream_buf_free.txtar",
	Sequence: "net.block peer.stream peer.stream app.send app.send run.mux app.detach app.detach run.timer",
	Confirm: []Check{
		{"bt", "a tasklet wake, qc_stream_buf_free (may be inlined), qc_stream_desc_release, qcs_free, qcc_release, in this order"},
		{"frame function qcc_release", "the call of qcs_free, below the line that calls tasklet_free"},
		{"p qcc->nb_sc", "0: no stream is attached any more"},
		{"p qcc->wait_event.tasklet", "the address that the wake was given (tl in frame 0)"},
		{"p qcc->wait_event.tasklet->tid", "not -1 and no thread of yours: the upper half of a heap address, such as " +
			"21945 (0x55b9) or 32627 (0x7f73); the crash is the use of this number as an index"},
		{"p/x *(unsigned long *)qcc->wait_event.tasklet", "a heap address, the pool's free-list link; its upper 32 bits are that tid"},
		{"frame function qc_stream_desc_release", "the call of qc_stream_buf_free, after the unsent bytes were dropped"},
		{"p stream->release", "1: set at the start of this same call"},
	},
	NearMisses: []NearMiss{
		{"quota-full", "tx buf alloc refused"},
		{"conn-full", "CONN_FULL set"},
		{"release-entered", "qcc_release begin"},
		{"unsent-only-buffer", "desc trim"},
		{"wake-after-free", "FREED"},
	},
}
