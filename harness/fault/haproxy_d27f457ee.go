package fault

var haproxyD27f457ee = Fault{
	ID:         HAPROXY_d27f457ee,
	Name:       "HAPROXY-d27f457ee",
	Title:      "strtok writes into the environment string HAPROXY_PROCESSES",
	Model:      "process",
	Commit:     "d27f457ee",
	FixDate:    "2023-02-21",
	Tag:        "v2.8-dev5",
	Introduced: "bc19305e5",
	Since:      "v1.9-dev2",
	SinceDate:  "2018-09-11",
	LastWith:   "4ad6ee94a",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "env-divergence",
	Mechanism: "mworker_env_to_proc_list ran strtok on the result of getenv. It writes a NUL over every separator of " +
		"a string that is the kernel's or libc's: a debugger sees one variable as several, getenv returns its " +
		"first piece, and libc's tree of known strings no longer finds it.",
	Fix: "The value is copied with strdup, and the copy is cut.",
	Order: Order{
		Before: []string{"msg = getenv(...)", "strtok_r(msg, ...)"},
		After:  []string{"omsg = msg = strdup(getenv(...))", "strtok_r(msg, ...)", "free(omsg)"},
	},
	Primary: "env-divergence | string-written | environ | proc.reexec",
	Others: []string{
		"env-divergence | string-written | environ | -",
		"env-divergence | string-written | environ | proc.fail_load",
		"env-divergence | string-written | environ | proc.parse",
	},
	Seed:     "seed/process/haproxy-d27f457ee.prog",
	Known:    "crash/process/env-divergence-string-written.txtar",
	Sequence: "proc.save proc.reexec proc.parse env.get",
	Confirm: []Check{
		{"x/8s *environ", "\"HAPROXY_PROCESSES=|type=w\" alone, and \"fd=3\", \"pid=...\" as strings of their own behind it"},
	},
	NearMisses: []NearMiss{
		{"parsed", "HAPROXY_PROCESSES: pid"},
	},
}
