package fault

var haproxyF7ae84e7d = Fault{
	ID:     HAPROXY_f7ae84e7d,
	Name:   "HAPROXY-f7ae84e7d",
	Model:  "mux",
	Commit: "f7ae84e7d",

	Title:      "a send that fails for good wakes the idle timer, which is gone when it has struck before",
	FixDate:    "2024-06-04",
	Tag:        "v3.1-dev1",
	Introduced: "0aa79953c",
	Since:      "v2.8-dev3",
	SinceDate:  "2023-02-03",
	LastWith:   "792a645ec",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "null-dereference",
	Mechanism: "When the idle timer strikes while the mux is there, the connection is left to the mux, and only the timer's " +
		"task is destroyed; its pointer is null from then on. A packet that cannot be sent for good after that kills the " +
		"connection, which means waking the idle timer's task.",
	Fix:      "qc_kill_conn does not wake the idle timer once QUIC_FL_CONN_EXP_TIMER says that it has struck.",
	Primary:  "null-dereference | - | qc_kill_conn | - | -",
	Seed:     "seed/mux/haproxy-f7ae84e7d.prog",
	Known:    "crash/mux/null-dereference-qc_kill_conn.txtar",
	Sequence: "peer.stream run.timer app.send net.fatal run.mux",
	Confirm: []Check{
		{"bt", "task_wakeup (may be inlined), qc_kill_conn, qc_send_ppkts or qc_snd_buf"},
		{"p qc->idle_timer_task", "0x0"},
		{"p qc->flags & 0x10000", "not 0 where that is QUIC_FL_CONN_EXP_TIMER: the idle timer has struck"},
		{"p qc->conn", "not null: the mux is still there"},
	},
	NearMisses: []NearMiss{
		{"idle-timer-first", "idle timer fired mux_ready=1"},
		{"last-packet-due", "set_connection_close"},
	},
}
