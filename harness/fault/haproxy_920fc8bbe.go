package fault

var haproxy920fc8bbe = Fault{
	ID:         HAPROXY_920fc8bbe,
	Name:       "HAPROXY-920fc8bbe",
	Title:      "an entry of HAPROXY_PROCESSES without a pid is freed, then marked as leaving",
	Model:      "process",
	Commit:     "920fc8bbe",
	FixDate:    "2019-05-14",
	Tag:        "v2.0-dev3",
	Introduced: "4528611ed",
	Since:      "v2.0-dev3",
	SinceDate:  "2019-04-16",
	LastWith:   "f983d00a1",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "mworker_env_to_proc_list frees the entry that it has just read when it has no pid, and sets " +
		"PROC_O_LEAVING in its options behind that, freed or not. A corrupt environment is enough.",
	Fix: "The option is set before the entry goes into the list.",
	Order: Order{
		Before: []string{"if (child->pid) LIST_ADDQ(...) else free(child)", "child->options |= PROC_O_LEAVING"},
		After:  []string{"if (child->pid) { child->options |= PROC_O_LEAVING; LIST_ADDQ(...) }", "else free(child)"},
	},
	Primary:  "heap-use-after-free | mworker_proc | mworker_env_to_proc_list | mworker_free_child | mworker_proc_new",
	Seed:     "seed/process/haproxy-920fc8bbe.prog",
	Known:    "crash/process/heap-use-after-free-mworker_env_to_proc_list.txtar",
	Sequence: "env.set proc.reexec proc.parse",
	Confirm: []Check{
		{"p child->pid", "0"},
		{"x/s getenv(\"HAPROXY_PROCESSES\")", "an entry with pid=0 or none"},
	},
	NearMisses: []NearMiss{
		{"dropped", "an entry without pid"},
	},
}
