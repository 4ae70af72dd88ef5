package fault

var haproxyA9afc10ae = Fault{
	ID:         HAPROXY_a9afc10ae,
	Name:       "HAPROXY-a9afc10ae",
	Title:      "clean_env never ends where unsetenv replaces the environ array",
	Model:      "process",
	Issue:      "3018",
	Commit:     "a9afc10ae",
	FixDate:    "2025-06-26",
	Tag:        "v3.3-dev2",
	Introduced: "1811d2a6b",
	Since:      "v3.1-dev7",
	SinceDate:  "2024-08-23",
	LastWith:   "27baa3f9f",
	Backport:   "3.1",
	Severity:   "MINOR",
	Symptom:    BusyLoop,
	Class:      "step-budget",
	Mechanism: "clean_env keeps environ in a variable and calls the C library's unsetenv for the first entry until " +
		"there is none. On illumos unsetenv makes a new array: the old one, which the loop looks at, keeps " +
		"its first entry for ever.",
	Fix: "my_unsetenv, which changes the array in place, is called instead.",
	Order: Order{
		Before: []string{"env = environ", "while (*env) unsetenv(name of *env)"},
		After:  []string{"while (*env) my_unsetenv(name of *env)"},
	},
	Primary: "step-budget | clean_env | - | env.clean",
	Others: []string{
		"step-budget | clean_env | - | env.restore",
		"step-budget | mworker_reexec | - | proc.fail_load",
		"step-budget | mworker_reexec | - | proc.reexec",
		"step-budget | mworker_reload | - | proc.reexec",
	},
	Seed:     "seed/process/haproxy-a9afc10ae.prog",
	Known:    "crash/process/step-budget-clean_env.txtar",
	Sequence: "env.set env.set env.set env.clean",
	Confirm: []Check{
		{"bt", "clean_env, in a process that uses a whole CPU"},
		{"p environ == env", "0"},
	},
	NearMisses: []NearMiss{
		{"clean", "environment cleaned"},
	},
}
