package fault

var haproxyF8aaf8bdf = Fault{
	ID:         HAPROXY_f8aaf8bdf,
	Name:       "HAPROXY-f8aaf8bdf",
	Title:      "releasing a connection frees the HTTP/3 context, then its last send, which is its first, opens the control stream with it",
	Model:      "mux",
	Issue:      "1801",
	Commit:     "f8aaf8bdf",
	FixDate:    "2022-09-14",
	Tag:        "v2.7-dev6",
	Introduced: "3dd79d378",
	Since:      "v2.7-dev6",
	SinceDate:  "2022-09-08",
	LastWith:   "95fc737fc",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "SETTINGS used to wait for the first send that had a stream, which finalized the application layer: it opened " +
		"the control stream. qcc_release called the application layer's release, which prepared GOAWAY and freed its " +
		"context, and only then sent what was prepared. On a connection that ended before anything was sent, such as one " +
		"whose only request never became complete, that last send was the first, and finalized what had just been freed.",
	Fix: "The release of the application layer is cut in two: its shutdown, before the last send, prepares GOAWAY; its " +
		"release, after everything else, frees the context. Later on 71fd03632 sent SETTINGS as soon as the transport is ready.",
	Order: Order{
		Before: []string{
			"app_ops->release(qcc->ctx)   prepares GOAWAY and frees the context",
			"qcc_io_send(qcc)   finalizes the application layer if nothing was sent yet",
			"pool_free(qcc)",
		},
		After: []string{
			"app_ops->shutdown(qcc->ctx)   prepares GOAWAY",
			"qcc_io_send(qcc)   finalizes the application layer if nothing was sent yet",
			"app_ops->release(qcc->ctx)   frees the context",
			"pool_free(qcc)",
		},
	},
	Primary:  "heap-use-after-free | h3c | h3_finalize | h3_release | h3_init",
	Seed:     "seed/mux/haproxy-f8aaf8bdf.prog",
	Known:    "crash/mux/heap-use-after-free-h3_finalize.txtar",
	Sequence: "peer.stream run.timer",
	Confirm: []Check{
		{"bt", "h3_finalize, called by qc_send (qcc_io_send in later versions), called by qc_release"},
		{"p qcc->flags & 8", "in 2.7-dev5, where that is QC_CF_APP_FINAL, 0: nothing was finalized before"},
		{"p qcc->tx.sent_offsets", "0: nothing was sent"},
		{"p *(struct h3c *)qcc->ctx", "qcc and ctrl_strm are heap addresses that fit no object: the pool's free-list links"},
	},
	NearMisses: []NearMiss{
		{"request-incomplete", "opening_list add"},
		{"release-entered", "qcc_release begin"},
		{"context-freed", "app release"},
		{"finalized-at-last", "app finalize"},
	},
}
