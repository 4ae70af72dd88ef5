package fault

var haproxy07deafa10 = Fault{
	ID:         HAPROXY_07deafa10,
	Name:       "HAPROXY-07deafa10",
	Title:      "one stream with an incomplete item keeps the others from being decoded, and nobody comes back for them",
	Model:      "mux",
	Commit:     "07deafa10",
	FixDate:    "2026-06-05",
	Tag:        "v3.5-dev1",
	Backport:   "3.2",
	Introduced: "4b42dd4ae",
	Since:      "v3.2-dev2",
	SinceDate:  "2024-12-18",
	LastWith:   "a39b1a40a",
	Eras:       []string{"3.2", "3.5"},
	Severity:   "MINOR",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "The streams of qcc.recv_list are decoded in one run of the mux's tasklet, which woke for all of them. The loop " +
		"ended with the first stream whose decoder returned nothing, because what it has is not complete or not valid. " +
		"The streams behind it keep their place in the list, and nothing wakes the tasklet for their sake: their bytes " +
		"have all come.",
	Fix: "Only an error of the connection ends the loop; otherwise the next stream has its turn.",
	Order: Order{
		Before: []string{
			"qcs = first of qcc->recv_list, ret = qcc_decode_qcs(qcc, qcs)",
			"if ret <= 0: leave",
		},
		After: []string{
			"qcs = first of qcc->recv_list, ret = qcc_decode_qcs(qcc, qcs)",
			"if ret <= 0: leave if QC_CF_ERRL, else go on with the next stream",
		},
	},
	Primary:  "lost-wakeup | recv-waiters | qcs | app.read",
	Seed:     "seed/mux/haproxy-07deafa10.prog",
	Known:    "crash/mux/lost-wakeup-recv-waiters.txtar",
	Sequence: "peer.stream peer.stream peer.stream peer.stream peer.stream app.read app.read run.mux",
	Confirm: []Check{
		{"p qcc->recv_list.n == &qcc->recv_list", "0: a stream waits to be decoded"},
		{"p/x qcc->wait_event.tasklet->state & 4", "0x0: and the tasklet that would do it is not queued"},
		{"p qcc->flags & QC_CF_ERRL", "0: the connection is in good health"},
	},
	NearMisses: []NearMiss{
		{"decoder-blocked", "DEM_FULL"},
		{"reader-made-room", "recv_list add"},
		{"nothing-whole", "fin=0 ret=0"},
	},
}
