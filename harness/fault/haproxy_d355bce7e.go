package fault

var haproxyD355bce7e = Fault{
	ID:         HAPROXY_d355bce7e,
	Name:       "HAPROXY-d355bce7e",
	Title:      "a connection in the closing state goes without its tasklet",
	Model:      "mux",
	Commit:     "d355bce7e",
	FixDate:    "2023-08-11",
	Tag:        "v2.9-dev3",
	Introduced: "9f7cfb0a5",
	Since:      "v2.9-dev3",
	SinceDate:  "2023-08-08",
	LastWith:   "b0e32c626",
	Eras:       []string{"2.9", "3.0", "3.2", "3.5"},
	Severity:   "MINOR",
	Symptom:    Leak,
	Class:      "leak",
	Mechanism: "When a connection has sent its CONNECTION_CLOSE a small object takes over what is needed to repeat it: the " +
		"connection ids, the idle timer, and the tasklet. When the timer ends the object, the ids and the timer are " +
		"freed; the tasklet was forgotten.",
	Fix: "quic_release_cc_conn frees the tasklet too, and the handler that has called it returns NULL.",
	Order: Order{
		Before: []string{
			"task_destroy(cc_qc->idle_timer_task)",
			"free_quic_conn_cids(qc)",
		},
		After: []string{
			"task_destroy(cc_qc->idle_timer_task)",
			"tasklet_free(qc->wait_event.tasklet)",
			"free_quic_conn_cids(qc)",
		},
	},
	Primary: "leak | tasklet | - | - | qc_new_conn",
	// The last one is the same tasklet of a connection that had moved to another
	// thread, which makes a new one.
	Others: []string{
		"heap-use-after-free | quic_conn_closed | quic_conn_closed_io_cb | quic_release_cc_conn | qc_new_cc_conn",
		"leak | tasklet | - | - | qc_bind_tid_prep",
	},
	Seed:     "seed/mux/haproxy-d355bce7e.prog",
	Known:    "crash/mux/leak-qc_new_conn.txtar",
	Sequence: "run.mux run.timer run.conn run.timer",
	Confirm: []Check{
		{"p pool_head_tasklet->buckets", "the sum of used grows by one with each connection that we have closed, and never falls"},
		{"p (void *)tasklet->process", "quic_cc_conn_io_cb (quic_conn_closed_io_cb since 2.9): of such a tasklet, whose context is freed"},
	},
	NearMisses: []NearMiss{
		{"close-sent", "CONNECTION_CLOSE sent"},
		{"small-object-takes-over", "converted to closed-conn"},
		{"its-time-is-over", "closed-conn freed"},
	},
}
