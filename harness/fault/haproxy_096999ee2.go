package fault

var haproxy096999ee2 = Fault{
	ID:         HAPROXY_096999ee2,
	Name:       "HAPROXY-096999ee2",
	Title:      "a connection that was chosen to be closed goes back to the idle list, and a request takes what is about to be freed",
	Model:      "mux",
	Commit:     "096999ee2",
	FixDate:    "2025-11-05",
	Tag:        "v3.3-dev12",
	Backport:   "3.1",
	Introduced: "17a1daca7",
	Since:      "v3.3-dev8",
	SinceDate:  "2025-08-28",
	LastWith:   "59c599f3f",
	Eras:       []string{"3.5"},
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "bug-on",
	Mechanism: "The mux's tasklet takes an idle connection out of the idle list while it works on it, and puts it back " +
		"afterwards. Whether it was there it asked the connection's flags. The purge of idle connections takes those " +
		"that it closes out of the list at once, leaves them their flags, and has them freed later. When the tasklet " +
		"runs in between it puts back what it has not taken out: the next request finds the connection and opens a " +
		"stream on it, and then the purge frees it, with the stream. A build with DEBUG_STRESS halts when the connection is put " +
		"back.",
	Fix: "The first fix has the purge clear the flags as well, which was wrong in another way, see HAPROXY-9481cef94: " +
		"they say how the server counts the connection. Since then the tasklet asks the list.",
	Order: Order{
		Before: []string{
			"srv_migrate_conns_to_remove: conn_delete_from_tree(conn), CO_FL_SAFE_LIST stays, conn to toremove_conns",
			"qcc_io_cb: conn_in_list = conn->flags & CO_FL_LIST_MASK   true",
			"qcc_io_cb, at its end: srv_add_idle(srv, conn)   back in the tree",
			"srv_cleanup_toremove_conns: conn->mux->destroy(conn->ctx)",
		},
		After: []string{
			"srv_migrate_conns_to_remove: conn_delete_from_tree(conn), CO_FL_SAFE_LIST stays, conn to toremove_conns",
			"qcc_io_cb: conn_in_list = LIST_INLIST(&conn->idle_list)   false",
			"srv_cleanup_toremove_conns: conn->mux->destroy(conn->ctx)",
		},
	},
	Primary: "bug-on | srv_add_idle: !mt_list_isempty(&conn->toremove_list) | qcc_io_cb | run.mux",
	Others: []string{
		"bug-on | srv_add_idle: !mt_list_isempty(&conn->toremove_list) | qcc_io_cb | run.all",
		"accounting | idle-toremove | connection | run.all",
		"accounting | idle-toremove | connection | run.mux",
		"heap-use-after-free | connection | srv_cleanup_toremove_conns | qcc_release | conn_new",
		"heap-use-after-free | sedesc | __sc_mux_strm | qcs_free | sc_new_from_strm",
	},
	Seed:     "seed/mux/haproxy-096999ee2.prog",
	Known:    "crash/mux/bug-on-srv_add_idle-qcc_io_cb-mt_list_isempty-conn--tor.txtar",
	Sequence: "app.send run.all peer.stream app.detach run.purge run.mux run.cleanup app.open",
	Confirm: []Check{
		{"p conn->toremove_list.next != &conn->toremove_list", "1: the connection was chosen to be closed"},
		{"p conn->idle_list.n != &conn->idle_list", "1: and it is in the idle list"},
		{"p/x conn->flags & 0x3", "0x1, CO_FL_SAFE_LIST: the server counts it as idle"},
	},
	NearMisses: []NearMiss{
		{"connection-idle", "conn idle"},
		{"connection-chosen", "conn toremove"},
	},
}
