package fault

var hypothesisWalkKeepsArray = Fault{
	ID:      HYPOTHESIS_walk_keeps_array,
	Name:    "HYPOTHESIS-walk-keeps-array",
	Title:   "a walk over the environment goes on in the array that setenv has freed",
	Model:   "process",
	Symptom: Crash,
	Class:   "heap-use-after-free",
	Mechanism: "Whoever walks environ while a setenv elsewhere adds a name holds a pointer into an array that glibc " +
		"before 2.41 frees at each growth. glibc 2.41 frees none: there it goes unseen. No thread race of " +
		"this kind is known in HAProxy; #2492 had one thread.",
	Fix:     "The walk looks up environ again each time.",
	Primary: "heap-use-after-free | environ | cli_io_handler_show_env | __add_to_environ | __add_to_environ",
	Others: []string{
		"heap-use-after-free | application environ | cli_io_handler_show_env | app_drop | app_assign",
		"heap-use-after-free | application environ | getenv | app_drop | app_assign",
		"heap-use-after-free | environ string | cli_io_handler_show_env | __putenv | setenv",
		"heap-use-after-free | environ string | cli_io_handler_show_env | clearenv | setenv",
		"heap-use-after-free | environ string | cli_io_handler_show_env | unsetenv | setenv",
		"heap-use-after-free | environ string | getenv | clearenv | setenv",
		"heap-use-after-free | environ string | getenv | unsetenv | setenv",
		"heap-use-after-free | environ | cli_io_handler_show_env | __putenv | __putenv",
		"heap-use-after-free | environ | cli_io_handler_show_env | clearenv | __add_to_environ",
		"heap-use-after-free | environ | getenv | __add_to_environ | __add_to_environ",
		"heap-use-after-free | environ | getenv | __putenv | __putenv",
		"heap-use-after-free | environ | getenv | clearenv | __add_to_environ",
	},
	Seed:     "seed/process/hypothesis-walk-keeps-array.prog",
	Known:    "crash/process/heap-use-after-free-cli_io_handler_show_env.txtar",
	Sequence: "env.walk env.set env.walk",
	Confirm: []Check{
		{"p environ", "no array that the walker's pointer lies in"},
	},
	NearMisses: []NearMiss{
		{"stops", "walk stops"},
		{"grown", "environ moved"},
	},
}
