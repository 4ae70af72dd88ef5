package fault

var haproxy9481cef94 = Fault{
	ID:         HAPROXY_9481cef94,
	Name:       "HAPROXY-9481cef94",
	Title:      "a connection that was chosen to be closed counts as in use, and its server's counters drift apart",
	Model:      "mux",
	Commit:     "9481cef94",
	FixDate:    "2025-11-14",
	Tag:        "v3.3-dev13",
	Introduced: "096999ee2",
	Since:      "v3.3-dev12",
	SinceDate:  "2025-11-05",
	LastWith:   "6b9c3d062",
	Eras:       []string{"3.5"},
	Severity:   "MEDIUM",
	Symptom:    Leak,
	Class:      "accounting",
	Mechanism: "The first fix of HAPROXY-096999ee2: whoever takes an idle connection out of the tree for good clears the " +
		"flags by which the tasklet would put it back. But the flags also say among which connections the server counts " +
		"it. When it is freed the server takes one off those in use, of which it is none, and keeps it among the idle " +
		"ones. The first counter goes below zero, the estimate of how many connections are needed follows it, and a " +
		"server with connections left cannot be deleted.",
	Fix: "The commit was reverted by d79295d89, the last one with it is that one's parent; then the tasklet learnt to ask " +
		"the idle list instead of the flags.",
	Order: Order{
		Before: []string{
			"conn_delete_from_tree(conn, tid, permanent=1): conn->flags &= ~CO_FL_LIST_MASK",
			"srv_release_conn: --srv->curr_used_conns",
		},
		After: []string{
			"conn_delete_from_tree(conn, tid): conn->flags as they were",
			"srv_release_conn: --srv->curr_idle_conns",
		},
	},
	Excludes: []ID{HAPROXY_096999ee2},
	Primary:  "accounting | server-conns | server | run.purge",
	Others: []string{
		"accounting | server-conns | server | run.all",
		"accounting | server-conns | server | run.mux",
		"accounting | server-conns | server | run.timer",
		"accounting | server-conns | server | time.pass",
	},
	Seed:     "seed/mux/haproxy-9481cef94.prog",
	Known:    "crash/mux/accounting-server-conns.txtar",
	Sequence: "app.send run.all peer.stream app.detach run.purge run.cleanup",
	Confirm: []Check{
		{"p srv->curr_used_conns", "4294967295 or near it: it went below zero"},
		{"p srv->curr_idle_conns", "more than there are connections in the trees of srv->per_thr[]"},
	},
	NearMisses: []NearMiss{
		{"connection-idle", "conn idle"},
		{"connection-chosen", "conn toremove"},
	},
}
