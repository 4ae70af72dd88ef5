package fault

var haproxy4070e4042 = Fault{
	ID:         HAPROXY_4070e4042,
	Name:       "HAPROXY-4070e4042",
	Title:      "a timer's handler tells the scheduler that its task is gone, and the task is never freed",
	Model:      "mux",
	Issue:      "2310",
	Commit:     "4070e4042",
	FixDate:    "2023-10-17",
	Tag:        "v2.9-dev8",
	Introduced: "db71e3bd0",
	Since:      "v2.6-dev5",
	SinceDate:  "2022-04-07",
	LastWith:   "5714aff4a",
	Backport:   "2.7",
	Severity:   "MEDIUM",
	Symptom:    Leak,
	Class:      "accounting",
	Mechanism: "qc_process_timer returns NULL on a connection that drains or is killed, because it has nothing to do there. " +
		"To the scheduler NULL means that the task was freed, so it touches the task no more and never takes the RUNNING " +
		"flag away. When quic_conn_release destroys the task later, task_destroy sees RUNNING, leaves the task to the " +
		"scheduler to be freed after its run, and that run has long ended.",
	Fix: "The handler returns its task unless it has really freed it.",
	Order: Order{
		Before: []string{
			"qc_process_timer, draining: returns NULL",
			"the scheduler leaves the task alone: RUNNING stays",
			"quic_conn_release: task_destroy(qc->timer_task) leaves it to the scheduler",
		},
		After: []string{
			"qc_process_timer, draining: returns task",
			"the scheduler clears RUNNING",
			"quic_conn_release: task_destroy(qc->timer_task) frees it",
		},
	},
	// The lie is seen as soon as it is told; the leak of the task follows from it.
	Primary:  "accounting | handler-return | task | run.timer",
	Others:   []string{"accounting | handler-return | task | run.all"},
	Seed:     "seed/mux/haproxy-4070e4042.prog",
	Known:    "crash/mux/accounting-handler-return.txtar",
	Sequence: "app.send run.mux peer.close run.timer run.timer",
	Confirm: []Check{
		{"p pool_head_task->buckets", "the sum of used grows with the connections that ended while packets were in flight, and never falls"},
		{"p/x task->state", "of such a task: TASK_RUNNING is set although no thread runs it"},
		{"p task->process", "0x0: task_destroy has left it to the scheduler"},
	},
	NearMisses: []NearMiss{
		{"packet-in-flight", "sent STREAM"},
		{"closed-and-nothing-sent", "qc_notify_err"},
	},
}
