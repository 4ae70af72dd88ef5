package fault

var haproxyEe65efbfa = Fault{
	ID:     HAPROXY_ee65efbfa,
	Name:   "HAPROXY-ee65efbfa",
	Model:  "mux",
	Commit: "ee65efbfa",

	Title:      "a mux whose application layer cannot start is freed without its timeout task",
	Issue:      "2154",
	FixDate:    "2023-05-12",
	Tag:        "v2.8-dev12",
	Introduced: "b4d119f0c",
	Since:      "v2.8-dev3",
	SinceDate:  "2023-01-25",
	LastWith:   "6c501ed23",
	Backport:   "2.7",
	Severity:   "MINOR",
	Symptom:    Leak,
	Class:      "leak",
	Mechanism: "The initialisation of the mux undoes what it has made when the application layer cannot be installed, for " +
		"which there may be no memory. It freed the tasklet and the mux, and forgot the timeout task that it had made " +
		"between them. The task stays for good, its context a mux that is gone; where it was queued already it runs on it.",
	Fix: "The task is destroyed where the failed installation of the application layer is undone.",
	Order: Order{
		Before: []string{
			"app_ops->release(qcc->ctx)",
			"tasklet_free(qcc->wait_event.tasklet)",
			"pool_free(qcc)",
		},
		After: []string{
			"app_ops->release(qcc->ctx)",
			"task_destroy(qcc->task)",
			"tasklet_free(qcc->wait_event.tasklet)",
			"pool_free(qcc)",
		},
	},
	Primary:  "leak | task | - | - | qmux_init",
	Seed:     "seed/mux/haproxy-ee65efbfa.prog",
	Known:    "crash/mux/leak-qmux_init.txtar",
	Sequence: "net.open run.timer",
	Confirm: []Check{
		{"p pool_head_task->buckets", "used is higher than what show tasks lists"},
		{"p *(struct task *)ADDRESS", "ADDRESS is a task that is in no queue: process is qcc_timeout_task (qc_timeout_task)"},
		{"p *(struct qcc *)((struct task *)ADDRESS)->context", "no mux: conn is a free-list link or another object's field"},
	},
	NearMisses: []NearMiss{
		{"app-layer-starts", "app init"},
		{"init-fails", "qcc_release begin"},
	},
}
