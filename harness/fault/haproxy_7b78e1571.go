package fault

var haproxy7b78e1571 = Fault{
	ID:         HAPROXY_7b78e1571,
	Name:       "HAPROXY-7b78e1571",
	Title:      "variables of the old configuration are in the environment of the new one",
	Model:      "process",
	Commit:     "7b78e1571",
	FixDate:    "2024-08-21",
	Tag:        "v3.1-dev7",
	Introduced: "73b85e75b",
	Since:      "v1.8-dev2",
	SinceDate:  "2017-06-02",
	LastWith:   "1811d2a6b",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "env-divergence",
	Mechanism: "The master executes itself to reload, with the environment that it has: setenv, presetenv, unsetenv " +
		"and resetenv of the configuration before are still in force when the new one is read. A variable " +
		"that was removed from the configuration is there for ever.",
	Fix: "The environment is copied before the configuration is read (1811d2a6b), and cleaned and restored " +
		"before the master goes on; dc53c3723 did it anew in mworker_reexec.",
	Order: Order{
		Before: []string{"execvp(argv)   with environ as it is"},
		After:  []string{"clean_env()", "restore_env()", "execvp(argv)"},
	},
	Primary: "env-divergence | exec | environ | proc.reexec",
	Others: []string{
		"env-divergence | exec | environ | proc.fail_load",
	},
	Seed:     "seed/process/haproxy-7b78e1571.prog",
	Known:    "crash/process/env-divergence-exec.txtar",
	Sequence: "env.set proc.reexec",
	Confirm: []Check{
		{"x/40s *environ", "in a master that was reloaded, a variable that only an older configuration sets"},
	},
	NearMisses: []NearMiss{
		{"reexec", "the master executes itself"},
	},
}
