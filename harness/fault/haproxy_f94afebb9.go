package fault

var haproxyF94afebb9 = Fault{
	ID:         HAPROXY_f94afebb9,
	Name:       "HAPROXY-f94afebb9",
	Title:      "mworker_catch_sigchld frees the head of the list when it does not know the process",
	Model:      "process",
	Commit:     "f94afebb9",
	FixDate:    "2019-03-27",
	Tag:        "v2.0-dev3",
	Introduced: "bc19305e5",
	Since:      "v1.9-dev2",
	SinceDate:  "2018-09-11",
	LastWith:   "5220ef25e",
	Backport:   "1.9",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "bad-free",
	Mechanism: "mworker_catch_sigchld looks for the entry of the process that has ended and frees the loop's " +
		"variable afterwards, whether there was one or not. When there is none, that is the container of the " +
		"list's head, in the data segment. A library that forks is enough, and so is a HAProxy that is " +
		"process 1 of a container.",
	Fix: "The entry is freed only if one was found.",
	Order: Order{
		Before: []string{"for each child: if (child->pid == exitpid) break", "free(child)"},
		After:  []string{"for each child: if (child->pid == exitpid) { found = 1; break }", "if (found) free(child)"},
	},
	Primary:  "bad-free | data segment | mworker_free_child | - | -",
	Seed:     "seed/process/haproxy-f94afebb9.prog",
	Known:    "crash/process/bad-free-mworker_free_child.txtar",
	Sequence: "proc.add proc.add proc.reap proc.reap",
	Confirm: []Check{
		{"bt", "abort, free, mworker_catch_sigchld"},
		{"p &child->list == &proc_list", "1"},
	},
	NearMisses: []NearMiss{
		{"unknown", "is nobody of ours"},
	},
}
