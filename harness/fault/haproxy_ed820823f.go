package fault

var haproxyEd820823f = Fault{
	ID:         HAPROXY_ed820823f,
	Name:       "HAPROXY-ed820823f",
	Title:      "a connection whose application layer cannot be installed is freed while it waits for the soft stop",
	Model:      "mux",
	Commit:     "ed820823f",
	FixDate:    "2023-04-19",
	Tag:        "v2.8-dev8",
	Introduced: "b4d119f0c",
	Since:      "v2.8-dev3",
	SinceDate:  "2023-01-25",
	LastWith:   "d07421331",
	Backport:   "2.7",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "The mux puts its connection in the thread's list of connections that a soft stop has to wake, and installs " +
		"the application layer after that. When there is no memory for the layer the mux is given up, the session frees " +
		"itself and the connection, and nobody takes the connection out of the list. The next connection is linked behind " +
		"freed memory, and a soft stop walks into it. The order came about in b4d119f0c, a fix of its own.",
	Fix: "The connection is put in the list when nothing can fail any more.",
	Order: Order{
		Before: []string{
			"LIST_APPEND(&mux_stopping_data[tid].list, &conn->stopping_list)",
			"qcc_install_app_ops(qcc)   on failure the session frees conn",
			"tasklet_wakeup(qcc->wait_event.tasklet)",
		},
		After: []string{
			"qcc_install_app_ops(qcc)   on failure the session frees conn",
			"LIST_APPEND(&mux_stopping_data[tid].list, &conn->stopping_list)",
			"tasklet_wakeup(qcc->wait_event.tasklet)",
		},
	},
	Primary: "heap-use-after-free | connection | mux_stopping_process | session_free | conn_new",
	// The list is left dangling by whatever op makes the mux, the second half of a
	// migration too.
	Others: []string{
		"dangling-subscription | thread_ctx.mux_stopping_data | thread_ctx | net.open",
		"dangling-subscription | thread_ctx.mux_stopping_data | thread_ctx | run.all",
		"dangling-subscription | thread_ctx.mux_stopping_data | thread_ctx | run.migrate",
		"heap-use-after-free | connection | qmux_init | session_free | conn_new",
		"heap-use-after-free | connection | qcc_release | session_free | conn_new",
	},
	Seed:     "seed/mux/haproxy-ed820823f.prog",
	Known:    "crash/mux/heap-use-after-free-mux_stopping_process.txtar",
	Sequence: "net.open proc.softstop",
	Confirm: []Check{
		{"bt", "mux_stopping_process, while the process is asked to stop"},
		{"p *conn", "no connection: the memory has another owner, or a free-list link"},
		{"p pool_head_qcs->buckets", "a failed that is not 0, or that of the pool of the HTTP/3 context: there was no memory once"},
	},
	NearMisses: []NearMiss{
		{"layer-begun", "app init"},
		{"mux-given-up", "qcc_release begin"},
		{"connection-dropped", "quic_close"},
	},
}
