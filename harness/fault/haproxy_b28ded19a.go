package fault

var haproxyB28ded19a = Fault{
	ID:         HAPROXY_b28ded19a,
	Name:       "HAPROXY-b28ded19a",
	Title:      "startup_logs_init lets memprintf free a pointer into the environment",
	Model:      "process",
	Commit:     "b28ded19a",
	FixDate:    "2023-04-05",
	Tag:        "v2.8-dev7",
	Introduced: "eba6a54cd",
	Since:      "v2.7-dev8",
	SinceDate:  "2022-10-13",
	LastWith:   "b4e651f12",
	Backport:   "2.7",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "bad-free",
	Mechanism: "memprintf frees its output argument when that is not null. startup_logs_init had kept the result of " +
		"getenv(\"HAPROXY_STARTUPLOGS_FD\") in it, which after a reload points into the middle of a string of " +
		"the initial environment, or of one that libc owns.",
	Fix: "The variable is set to NULL before memprintf.",
	Order: Order{
		Before: []string{"str_fd = getenv(...)", "memprintf(&str_fd, ...)   frees it"},
		After:  []string{"str_fd = getenv(...)", "str_fd = NULL", "memprintf(&str_fd, ...)"},
	},
	Primary: "bad-free | initial environ string | memprintf | - | -",
	Others: []string{
		"bad-free | environ string | memprintf | - | __add_to_environ",
		"bad-free | environ string | memprintf | - | setenv",
		"bad-free | environ string | memprintf | unsetenv | setenv",
		"bad-free | putenv buffer | memprintf | - | app_putenv",
		"bad-free | stack frame | memprintf | - | app_enter",
		"bad-free | string | memprintf | - | app_putenv",
	},
	Seed:     "seed/process/haproxy-b28ded19a.prog",
	Known:    "crash/process/bad-free-memprintf.txtar",
	Sequence: "proc.reexec",
	Confirm: []Check{
		{"bt", "free or abort, memprintf, startup_logs_init"},
		{"p *out", "an address on the stack's end, within a string HAPROXY_STARTUPLOGS_FD=..."},
	},
	NearMisses: []NearMiss{
		{"reexec", "the master executes itself"},
		{"new-logs", "startup logs in descriptor"},
	},
}
