package fault

var haproxy95f624540 = Fault{
	ID:         HAPROXY_95f624540,
	Name:       "HAPROXY-95f624540",
	Title:      "a connection that finds the accept queue full is accepted by a thread that it has left",
	Model:      "mux",
	Commit:     "95f624540",
	FixDate:    "2024-07-04",
	Tag:        "v3.1-dev3",
	Backport:   "2.8",
	Introduced: "1acbbca17",
	Since:      "v2.8-dev8",
	SinceDate:  "2023-04-18",
	LastWith:   "1a43b9f32",
	Eras:       []string{"2.9", "3.0", "3.2", "3.5"},
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "After the handshake a connection moves to the least loaded thread: its tasks and its tasklet are made anew " +
		"for that thread, and its packets go there. Only then it is put into the other thread's accept queue. When that " +
		"queue is full the listener accepts the connection itself, on the thread that it has left, with timers that " +
		"belong to the other.",
	Fix: "The move has three steps: it is prepared, committed once there is a place in the accept queue, or taken back.",
	Order: Order{
		Before: []string{
			"qc_set_tid_affinity(qc, new_tid): new tasks, conn_id->tid = new_tid",
			"accept_queue_push_mp(ring, conn): full",
			"l->bind_conf->accept(conn): task_queue(qc->idle_timer_task)",
		},
		After: []string{
			"qc_set_tid_affinity1(qc, new_tid): new tasks",
			"accept_queue_push_mp(ring, conn): full",
			"qc_reset_tid_affinity(qc): the tasks are this thread's",
			"l->bind_conf->accept(conn): task_queue(qc->idle_timer_task)",
		},
	},
	Primary:  "bug-on | qc_finalize_tid_rebind: task->tid != tid | qc_conn_init | run.migrate",
	Seed:     "seed/mux/haproxy-95f624540.prog",
	Known:    "crash/mux/bug-on-qc_finalize_tid_rebind-qc_conn_init-task--tid-ti.txtar",
	Sequence: "run.migrate run.migrate",
	Confirm: []Check{
		{"bt", "task_queue below qc_finalize_affinity_rebind, qc_conn_init, session_accept_fd, listener_accept"},
		{"p qc->idle_timer_task->tid == tid", "0: the task belongs to another thread"},
		{"p activity[qc->idle_timer_task->tid].accq_full", "not 0: that thread's accept queue was full"},
	},
	NearMisses: []NearMiss{
		{"moves", "bind_tid prep"},
		{"queue-full", "accept queue full"},
		{"accepted-here", "tid_rebind finalized"},
	},
}
