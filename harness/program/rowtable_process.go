package program

// The rows of the target process: what its environment, its rings and the
// kernel see of HAProxy's master and workers. Names and values of the
// environment are indices into two tables of 16, shown by name.

// EnvNames are the names of the variables that env. ops know.
func EnvNames() [16]string { return envNames }

var envNames = [16]string{
	"HAPROXY_MWORKER", "HAPROXY_MWORKER_REEXEC", "HAPROXY_MWORKER_WAIT_ONLY", "HAPROXY_PROCESSES",
	"HAPROXY_STARTUPLOGS_FD", "HAPROXY_LOCALPEER", "HAPROXY_STARTUP_VERSION", "HAPROXY_CFGFILES",
	"PATH", "HOME", "FOO", "BAR", "LANG", "TZ", "A", "Z",
}

// The indices of the names that HAProxy itself uses.
const (
	NameMWorker = iota
	NameReexec
	NameWaitOnly
	NameProcesses
	NameStartupLogsFD
	NameLocalPeer
	NameStartupVersion
	NameCfgFiles
	NamePath
	NameHome
	NameFoo
)

// EnvValues are the values that env. ops know: the words that stand for them,
// and what they are.
func EnvValues() (words, texts [16]string) { return envWords, envTexts }

var envWords = [16]string{
	"empty", "zero", "one", "bar", "baz", "path", "equals", "long",
	"huge", "fd", "nonsense", "master", "worker", "nopid", "noise", "twelve",
}

var envTexts = [16]string{
	"", "0", "1", "bar", "baz", "/usr/sbin:/usr/bin", "a=b=c", "0123456789012345678901234567890123456789",
	"01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" +
		"012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	"5", "no number", "|type=m;fd=3;pid=1;reloads=0", "|type=w;fd=4;pid=2;reloads=1;id=w1", "|type=w;fd=4;pid=0;reloads=1;id=w2",
	";;=|x|;|", "twelve bytes",
}

func nameArg(doc string) Operand {
	return wordArg("name", doc, envNames[:], 10, 11, 1, 3, 4, 0, 14, 15, 8, 10, 2, 7, 5, 6, 12, 13)
}

func valueArg() Operand {
	d := wordArg("value", "its value", envWords[:], 3, 4, 0, 2, 7, 8, 6, 1, 5, 9, 10, 11, 12, 13, 14, 15)
	d.Bare = false
	return d
}

func countArg(name, unit, doc string, max uint32, m ...uint32) Operand {
	return Operand{Name: name, Unit: unit, Max: max, Map: m, Doc: doc}
}

// What env.put is given.
const (
	PutHeap    = iota // memory from malloc, which the caller keeps
	PutStack          // a buffer of the caller's frame
	PutLiteral        // memory that lives for ever
)

// Operand positions of the process target.
const (
	EnvName      = 0 // env.set, unset, reset, put, put_name, release, get, find
	EnvValue     = 1 // env.set, env.put
	EnvSetKeep   = 2 // flag: leave an existing value alone
	EnvPutFrom   = 2 // PutHeap, PutStack, PutLiteral
	EnvWalkSteps = 0
	EnvFindSteps = 1

	RingHeap    = 0 // ring.new, flag: storage from malloc instead of a mapping
	RingLen     = 0 // ring.write, ring.log
	RingSize    = 0 // ring.resize
	PadBytes    = 0 // proc.pad
	ReapUnknown = 0 // proc.reap, flag
	ReexecWait  = 0 // proc.reexec, flag: into wait mode
	AddPid      = 0 // proc.add
	FdNumber    = 0 // proc.fd_close, fd_dup, fd_pass
	FdKeep      = 0 // proc.fd_open, flag: survives exec
)

// processRows are the rows from EnvSet to ProcFdPass, by verb.
var processRows = [ProcFdPass + 1]Row{
	EnvSet: {Name: "env.set", Actor: Env, weight: [3]uint8{14, 14, 8}, Operands: []Operand{
		nameArg("the variable"), valueArg(), flagArg("keep", "leave it alone if it exists, as presetenv does", 0, 0, 0, 1),
	}, Doc: "setenv() is called"},
	EnvUnset:   {Name: "env.unset", Actor: Env, weight: [3]uint8{4, 8, 10}, Operands: []Operand{nameArg("the variable")}, Doc: "unsetenv() is called"},
	EnvReset:   {Name: "env.reset", Actor: Env, weight: [3]uint8{1, 2, 2}, Operands: []Operand{nameArg("the variable that stays")}, Doc: "the configuration's resetenv: every variable goes but one"},
	EnvPut:     {Name: "env.put", Actor: Env, weight: [3]uint8{5, 5, 2}, Operands: []Operand{nameArg("the variable"), valueArg(), putArg()}, Doc: "putenv() is called: the environment gets the caller's own memory"},
	EnvRelease: {Name: "env.release", Actor: Env, weight: [3]uint8{1, 4, 5}, Operands: []Operand{nameArg("the variable")}, Doc: "the caller of putenv gives its heap buffer back"},
	EnvGet:     {Name: "env.get", Actor: Env, weight: [3]uint8{3, 5, 4}, Operands: []Operand{nameArg("the variable")}, Doc: "getenv() is called and its result kept"},
	EnvRead:    {Name: "env.read", Actor: Env, weight: [3]uint8{2, 5, 5}, Doc: "the result kept from getenv() is read, if libc promises that it can be"},
	EnvWalk: {Name: "env.walk", Actor: Env, weight: [3]uint8{3, 5, 4}, Operands: []Operand{
		countArg("steps", "entries", "how many; the walk goes on where the last one stopped; 0: to the end", 64, 1, 2, 4, 0),
	}, Doc: "somebody walks environ entry by entry"},
	EnvFind: {Name: "env.find", Actor: Env, weight: [3]uint8{1, 3, 3}, Operands: []Operand{nameArg("the variable"),
		countArg("steps", "entries", "how many; the search goes on where the last one stopped; 0: to the end", 64, 1, 2, 4, 0),
	}, Doc: "a getenv() that others interrupt looks at some entries"},
	EnvClear:   {Name: "env.clear", Actor: Env, weight: [3]uint8{1, 2, 1}, Doc: "clearenv() is called"},
	EnvAssign:  {Name: "env.assign", Actor: Env, weight: [3]uint8{1, 2, 1}, Doc: "the application points environ at an array of its own"},
	EnvDrop:    {Name: "env.drop", Actor: Env, weight: [3]uint8{1, 3, 3}, Doc: "the application gives the environment's array back"},
	EnvSave:    {Name: "env.save", Actor: Env, weight: [3]uint8{3, 3, 1}, Doc: "backup_env(): the environment is copied before the configuration is read"},
	EnvClean:   {Name: "env.clean", Actor: Env, weight: [3]uint8{1, 3, 4}, Doc: "clean_env(): every variable goes"},
	EnvRestore: {Name: "env.restore", Actor: Env, weight: [3]uint8{1, 3, 4}, Doc: "restore_env(): the copy comes back"},
	EnvForget:  {Name: "env.forget", Actor: Env, weight: [3]uint8{1, 1, 3}, Doc: "the copy is freed"},

	RingNew: {Name: "ring.new", Actor: Ring, Object: ObjRing, weight: [3]uint8{5, 3, 1}, Operands: []Operand{
		flagArg("heap", "its storage comes from malloc, not from a mapping"),
	}, Doc: "a ring is made; r0 is the startup logs"},
	RingWrite: {Name: "ring.write", Actor: Ring, Object: ObjRing, weight: [3]uint8{2, 4, 2}, Operands: []Operand{
		sizeArg("len", 2048, "of the message", 100, 1, 16, 300, 500, 900, 1024, 2048),
	}, Doc: "a message is written to a ring"},
	RingDup: {Name: "ring.dup", Actor: Ring, Object: ObjRing, weight: [3]uint8{2, 5, 3}, Doc: "a ring is copied, as the startup logs are before a fork; the copy replaces an older copy"},
	RingResize: {Name: "ring.resize", Actor: Ring, Object: ObjRing, weight: [3]uint8{1, 2, 1}, Operands: []Operand{
		sizeArg("size", 4096, "its new size", 1024, 512, 2048, 4096),
	}, Doc: "a ring on the heap gets another size"},
	RingFree: {Name: "ring.free", Actor: Ring, Object: ObjRing, weight: [3]uint8{1, 3, 6}, Doc: "a ring is freed, and unmapped if it was a mapping"},
	RingLog: {Name: "ring.log", Actor: Ring, weight: [3]uint8{4, 5, 4}, Operands: []Operand{
		sizeArg("len", 2048, "of the message", 100, 1, 16, 300, 500, 900, 1024, 2048),
	}, Doc: "a warning goes to the startup logs"},

	ProcFork:   {Name: "proc.fork", Actor: Proc, weight: [3]uint8{2, 6, 3}, Doc: "the process forks; the child gets the lowest free number"},
	ProcSwitch: {Name: "proc.switch", Actor: Proc, Object: ObjProcess, weight: [3]uint8{2, 7, 5}, Doc: "another process runs from here on"},
	ProcWorker: {Name: "proc.worker", Actor: Proc, weight: [3]uint8{1, 5, 5}, Doc: "a forked child becomes a worker: it takes the copy of the startup logs and unsets HAPROXY_MWORKER_REEXEC"},
	ProcExit:   {Name: "proc.exit", Actor: Proc, weight: [3]uint8{0, 2, 4}, Doc: "the process exits"},
	ProcReap: {Name: "proc.reap", Actor: Proc, Object: ObjProcess, weight: [3]uint8{1, 4, 6}, Operands: []Operand{
		flagArg("unknown", "the pid is one that the master has no entry for"),
	}, Doc: "SIGCHLD tells of a child that has exited"},
	ProcReexec: {Name: "proc.reexec", Actor: Proc, weight: [3]uint8{2, 5, 4}, Operands: []Operand{
		flagArg("wait", "into wait mode"),
	}, Doc: "the master executes itself anew: a reload"},
	ProcFailLoad: {Name: "proc.fail_load", Actor: Proc, weight: [3]uint8{0, 2, 2}, Doc: "the configuration cannot be loaded: the master says so and goes into wait mode"},
	ProcSpawn:    {Name: "proc.spawn", Actor: Proc, weight: [3]uint8{1, 3, 4}, Doc: "the master starts an external program, which ends at once"},
	ProcAdd: {Name: "proc.add", Actor: Proc, weight: [3]uint8{3, 3, 1}, Operands: []Operand{
		countArg("pid", "", "of the entry", 99, 7, 8, 9, 10),
	}, Doc: "the master enters a process in its list"},
	ProcSave:  {Name: "proc.save", Actor: Proc, weight: [3]uint8{1, 3, 3}, Doc: "the list of processes goes to HAPROXY_PROCESSES"},
	ProcParse: {Name: "proc.parse", Actor: Proc, weight: [3]uint8{1, 4, 4}, Doc: "the list of processes is read from HAPROXY_PROCESSES"},
	ProcEnter: {Name: "proc.enter", Actor: Proc, weight: [3]uint8{3, 3, 1}, Doc: "a function is called: its frame has a buffer"},
	ProcLeave: {Name: "proc.leave", Actor: Proc, weight: [3]uint8{1, 3, 4}, Doc: "the function returns"},
	ProcPad: {Name: "proc.pad", Actor: Proc, weight: [3]uint8{4, 2, 1}, Operands: []Operand{
		sizeArg("bytes", 4096, "how many", 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 240, 1024, 4096),
	}, Doc: "somebody else allocates memory"},
	ProcUnpad:  {Name: "proc.unpad", Actor: Proc, weight: [3]uint8{0, 2, 2}, Doc: "the last of that memory is freed"},
	ProcFdOpen: {Name: "proc.fd_open", Actor: Proc, weight: [3]uint8{1, 1, 1}, Operands: []Operand{flagArg("keep", "it survives exec")}, Doc: "a descriptor is opened"},
	ProcFdClose: {Name: "proc.fd_close", Actor: Proc, weight: [3]uint8{0, 1, 1}, Operands: []Operand{
		countArg("fd", "", "which", 15, 3, 4, 5, 6),
	}, Doc: "a descriptor that the application opened is closed"},
	ProcFdDup: {Name: "proc.fd_dup", Actor: Proc, weight: [3]uint8{1, 1, 1}, Operands: []Operand{
		countArg("fd", "", "which", 15, 3, 4, 5, 6),
	}, Doc: "a descriptor is duplicated"},
	ProcFdPass: {Name: "proc.fd_pass", Actor: Proc, Object: ObjProcess, weight: [3]uint8{1, 1, 1}, Operands: []Operand{
		countArg("fd", "", "which", 15, 3, 4, 5, 6),
	}, Doc: "a descriptor is sent to another process"},
}

func putArg() Operand {
	d := wordArg("from", "whose memory it is", []string{"heap", "stack", "literal"}, 0, 1, 0, 2)
	d.Bare = false
	return d
}

// withProcess adds the process's rows to those of a connection.
func withProcess(all [NumVerbs]Row) [NumVerbs]Row {
	for v := EnvSet; v <= ProcFdPass; v++ {
		all[v] = processRows[v]
		all[v].home = atProcess
	}
	return all
}
