package fault

var haproxyB4e651f12 = Fault{
	ID:         HAPROXY_b4e651f12,
	Name:       "HAPROXY-b4e651f12",
	Title:      "an external program inherits HAProxy's internal variables",
	Model:      "process",
	Commit:     "b4e651f12",
	FixDate:    "2023-04-05",
	Tag:        "v2.8-dev7",
	Introduced: "9a1ee7ac3",
	Since:      "v2.0-dev3",
	SinceDate:  "2019-04-01",
	LastWith:   "15adc4cc4",
	Backport:   "2.7",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "env-divergence",
	Mechanism: "A program section starts a command with the master's environment; only HAPROXY_MWORKER_REEXEC was " +
		"taken out (3c032f2d4, issue #1324). HAPROXY_STARTUPLOGS_FD, HAPROXY_MWORKER_WAIT_ONLY and " +
		"HAPROXY_PROCESSES stayed, and a HAProxy started there took a descriptor of its own for the startup " +
		"logs.",
	Fix: "The other three are unset as well before execvp.",
	Order: Order{
		Before: []string{"unsetenv(HAPROXY_MWORKER_REEXEC)", "execvp(command)"},
		After:  []string{"unsetenv(HAPROXY_MWORKER_REEXEC)", "unsetenv(HAPROXY_STARTUPLOGS_FD)", "unsetenv(HAPROXY_MWORKER_WAIT_ONLY)", "unsetenv(HAPROXY_PROCESSES)", "execvp(command)"},
	},
	Primary:  "env-divergence | program | environ | proc.spawn",
	Seed:     "seed/process/haproxy-b4e651f12.prog",
	Known:    "crash/process/env-divergence-program.txtar",
	Sequence: "proc.reexec proc.spawn",
	Confirm: []Check{
		{"x/40s *environ", "in the program: HAPROXY_STARTUPLOGS_FD=, HAPROXY_PROCESSES= or HAPROXY_MWORKER_WAIT_ONLY="},
	},
	NearMisses: []NearMiss{
		{"program", "program executed"},
	},
}
