package fault

var hypothesisPutenvStack = Fault{
	ID:      HYPOTHESIS_putenv_stack,
	Name:    "HYPOTHESIS-putenv-stack",
	Title:   "a buffer on the stack is in the environment after its function has returned",
	Model:   "process",
	Symptom: Crash,
	Class:   "stack-use-after-scope",
	Mechanism: "putenv does not copy. If the string lies in a local buffer, the environment points into the stack " +
		"once the function has returned, and reads whatever is there. No commit of HAProxy is known to have " +
		"made this mistake.",
	Fix:     "The variable is unset before the function returns.",
	Primary: "stack-use-after-scope | stack frame | getenv | app_leave | app_enter",
	Others: []string{
		"env-malformed | string-gone | environ | proc.leave",
		"stack-use-after-scope | stack frame | __putenv | app_leave | app_enter",
		"stack-use-after-scope | stack frame | app_putenv | app_leave | app_enter",
		"stack-use-after-scope | stack frame | clean_env | app_leave | app_enter",
		"stack-use-after-scope | stack frame | cli_io_handler_show_env | app_leave | app_enter",
		"stack-use-after-scope | stack frame | my_unsetenv | app_leave | app_enter",
		"stack-use-after-scope | stack frame | putenv | app_leave | app_enter",
		"stack-use-after-scope | stack frame | setenv | app_leave | app_enter",
		"stack-use-after-scope | stack frame | unsetenv | app_leave | app_enter",
	},
	Seed:     "seed/process/hypothesis-putenv-stack.prog",
	Known:    "crash/process/stack-use-after-scope-getenv.txtar",
	Sequence: "proc.enter env.put proc.leave env.get",
	Confirm: []Check{
		{"p environ[0]@20", "an address of the stack below that of main's frame"},
	},
	NearMisses: []NearMiss{
		{"put", "putenv, memory of kind 1"},
		{"left", "frame left, 1"},
	},
}
