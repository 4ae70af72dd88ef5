package fault

var haproxyBf8c871e2 = Fault{
	ID:         HAPROXY_bf8c871e2,
	Name:       "HAPROXY-bf8c871e2",
	Title:      "print_message writes to the startup logs that were freed",
	Model:      "process",
	Commit:     "bf8c871e2",
	FixDate:    "2024-10-28",
	Tag:        "v3.1-dev11",
	Introduced: "5ee266b74",
	Since:      "v3.1-dev11",
	SinceDate:  "2024-10-24",
	LastWith:   "cd57ee7ff",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "startup_logs_free frees the ring and leaves startup_logs pointing at it, and the master is still in " +
		"MODE_STARTING when it frees them before it executes itself: the next message goes to freed memory.",
	Fix: "startup_logs is set to NULL; cd57ee7ff leaves MODE_STARTING before the free, so that no message " +
		"makes the ring again just before execvp.",
	Order: Order{
		Before: []string{"startup_logs_free(startup_logs)", "ha_notice(...)   writes to it"},
		After:  []string{"global.mode &= ~MODE_STARTING", "startup_logs_free(startup_logs)", "startup_logs = NULL", "ha_notice(...)"},
	},
	Primary: "heap-use-after-free | ring | ring_write | ring_free | ring_make_from_area",
	Others: []string{
		"heap-use-after-free | ring | ring_resize | ring_free | ring_make_from_area",
		"heap-use-after-free | ring | startup_logs_dup | ring_free | ring_make_from_area",
		"heap-use-after-free | ring | startup_logs_free | ring_free | ring_make_from_area",
	},
	Seed:     "seed/process/haproxy-bf8c871e2.prog",
	Known:    "crash/process/heap-use-after-free-ring_write.txtar",
	Sequence: "ring.free ring.log",
	Confirm: []Check{
		{"bt", "ring_write or below, print_message, ha_notice or ha_warning"},
		{"p *startup_logs", "no ring: storage is a free-list link"},
	},
	NearMisses: []NearMiss{
		{"freed", "ring freed"},
	},
}
