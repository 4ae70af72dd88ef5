package fault

var hypothesisFreeEnviron = Fault{
	ID:      HYPOTHESIS_free_environ,
	Name:    "HYPOTHESIS-free-environ",
	Title:   "the application frees the environment array that libc still knows",
	Model:   "process",
	Symptom: Crash,
	Class:   "heap-use-after-free",
	Mechanism: "environ points at an array that libc made, remembers and reallocates. An application that frees it " +
		"leaves libc a stale pointer: glibc before 2.41 copies from it and frees it at the next new name. " +
		"glibc 2.41 takes precautions for applications that do so (12b4a1fc6e), which means that there are " +
		"some.",
	Fix:     "The application frees the arrays that it has made itself.",
	Primary: "heap-use-after-free | environ | __add_to_environ | app_drop | __add_to_environ",
	Others: []string{
		"alloc-dealloc-mismatch | application environ | app_drop | - | app_assign",
		"bad-free | initial environ | app_drop | - | -",
		"double-free | environ | __putenv | app_drop | __putenv",
		"leak | object | application environ | proc.exit",
		"leak | object | application environ | proc.fail_load",
		"leak | object | application environ | proc.reexec",
	},
	Seed:     "seed/process/hypothesis-free-environ.prog",
	Known:    "crash/process/heap-use-after-free-__add_to_environ.txtar",
	Sequence: "env.set env.drop env.set",
	Confirm: []Check{
		{"bt", "free, realloc or memcpy, setenv"},
		{"p last_environ", "an address that malloc has given to somebody else, or a free chunk"},
	},
	NearMisses: []NearMiss{
		{"freed", "the application frees an environ array"},
	},
}
