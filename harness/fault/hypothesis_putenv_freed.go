package fault

var hypothesisPutenvFreed = Fault{
	ID:      HYPOTHESIS_putenv_freed,
	Name:    "HYPOTHESIS-putenv-freed",
	Title:   "a heap buffer is in the environment and freed",
	Model:   "process",
	Symptom: Crash,
	Class:   "heap-use-after-free",
	Mechanism: "putenv does not copy: what it is given stays the caller's. If the caller frees it, every later look " +
		"at the environment reads freed memory, unsetenv first of all, which reads every string. No commit of " +
		"HAProxy is known to have made this mistake; it is what the first readers of #2492 suspected.",
	Fix:     "The variable is unset before the buffer is freed.",
	Primary: "heap-use-after-free | putenv buffer | unsetenv | app_release | app_putenv",
	Others: []string{
		"env-malformed | string-gone | environ | env.release",
		"heap-use-after-free | putenv buffer | __putenv | app_release | app_putenv",
		"heap-use-after-free | putenv buffer | clean_env | app_release | app_putenv",
		"heap-use-after-free | putenv buffer | cli_io_handler_show_env | app_release | app_putenv",
		"heap-use-after-free | putenv buffer | getenv | app_release | app_putenv",
		"heap-use-after-free | putenv buffer | my_unsetenv | app_release | app_putenv",
		"heap-use-after-free | putenv buffer | putenv | app_release | app_putenv",
		"heap-use-after-free | putenv buffer | setenv | app_release | app_putenv",
	},
	Seed:     "seed/process/hypothesis-putenv-freed.prog",
	Known:    "crash/process/heap-use-after-free-unsetenv.txtar",
	Sequence: "env.put env.release env.unset",
	Confirm: []Check{
		{"x/40s *environ", "an entry that is no NAME=VALUE"},
	},
	NearMisses: []NearMiss{
		{"put", "putenv, memory of kind 0"},
		{"freed", "the buffer given to putenv is freed"},
	},
}
