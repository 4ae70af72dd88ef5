package oracle

import "github.com/lastwake/lastwake/harness/target"

// procRules: what must hold of a process after each op. The numbers in the
// comments are those of the invariants of the model's ground; I9, I10's sizes
// and I14 end a run by themselves. Order is precedence: what explains the others
// comes first.
var procRules = [...]sessionRule{
	// I1, I2
	{EnvMalformed, "array-gone", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvArrayGone },
		"environ lies where nothing may be read"},
	{EnvMalformed, "string-gone", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvStringGone },
		"an entry of environ points at what is no live string"},
	// I5
	{EnvMalformed, "foreign-string", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvForeign },
		"an entry of environ points into memory that is kept for something else"},
	{EnvMalformed, "inside-string", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvInside },
		"an entry of environ points into the middle of an object"},
	// I3, I4
	{EnvMalformed, "no-name", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvNoName },
		"an entry of environ that HAProxy or libc made has no name before a '='"},
	{EnvMalformed, "name-twice", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvTwice },
		"two entries of environ have one name, or one string"},
	// I7
	{EnvMalformed, "value-gone", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvValueGone },
		"what getenv returned cannot be read any more, though libc promises that"},
	{EnvDivergence, "string-written", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvWritten },
		"somebody wrote to a string of the environment that is the kernel's or libc's"},
	// I6
	{EnvDivergence, "variable", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvDiverged },
		"a variable is not what it was set to:"},
	// I8
	{EnvDivergence, "exec", "environ", func(a *target.Audit) uint32 { return a.Proc.ExecDiverged },
		"the master executes itself with another environment than it was started with:"},
	{EnvDivergence, "program", "environ", func(a *target.Audit) uint32 { return a.Proc.ProgramLeaks },
		"an external program is executed with an internal variable:"},
	{EnvDivergence, "start", "environ", func(a *target.Audit) uint32 { return a.Proc.StartDiverged },
		"a master has come up with an environment that is not the one it was executed with:"},
	{EnvDivergence, "startup-logs", "environ", func(a *target.Audit) uint32 { return a.Proc.LogsDiverged },
		"HAPROXY_STARTUPLOGS_FD does not name the one descriptor of the startup logs"},
	{EnvDivergence, "worker", "environ", func(a *target.Audit) uint32 { return a.Proc.WorkerDiverged },
		"a child that has become a worker has not the environment that a worker has:"},
	{ProcCorrupt, "worker-keeps", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.WorkerKeeps },
		"a worker keeps the master's list, sockets or startup logs"},
	// I10
	{Accounting, "ring-numbers", "ring_storage", func(a *target.Audit) uint32 { return a.Proc.RingBroken },
		"a ring's head, tail and size do not fit its memory"},
	{Accounting, "ring-messages", "ring_storage", func(a *target.Audit) uint32 { return a.Proc.RingGarbled },
		"a ring does not hold what was written to it"},
	// I11
	{Leak, "mapping", "ring_storage", func(a *target.Audit) uint32 { return a.Proc.LostMaps },
		"a mapping that nobody holds any more"},
	{Leak, "ring", "ring", func(a *target.Audit) uint32 { return a.Proc.LostRings },
		"a ring that nobody holds any more"},
	{Leak, "object", "", func(a *target.Audit) uint32 { return a.Proc.LostObjects },
		"an object on the heap that nobody holds any more"},
	// I12
	{ProcCorrupt, "list", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.ProcListBroken },
		"the list of processes leads into memory that may not be read"},
	{ProcCorrupt, "parsed", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.ProcListLost },
		"what was written of the list, or what a new generation has read, is not what was in it"},
	{ProcCorrupt, "written", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.ProcListWritten },
		"to write the list down has changed it"},
	{ProcCorrupt, "sockets", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.SocketsBroken },
		"an entry's socket is none, or another entry's too, or a worker's end is closed"},
	{Leak, "socket", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.LostFDs },
		"a socket to a process that is in no list, a worker's end that is another process's, or a descriptor that exec did not close"},
	// I13
	{ProcCorrupt, "address-space", "process", func(a *target.Audit) uint32 { return a.Proc.SpaceChanged },
		"a process's memory or mappings changed while others ran"},
	{ProcCorrupt, "shared-memory", "process", func(a *target.Audit) uint32 { return a.Proc.SharedBroken },
		"shared memory does not live as long as those who use it"},
}
