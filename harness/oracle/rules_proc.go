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
	// I3, I4
	{EnvMalformed, "name-twice", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvTwice },
		"two entries of environ have one name"},
	{EnvDivergence, "string-written", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvWritten },
		"somebody wrote to a string of the environment that is the kernel's or libc's"},
	// I6
	{EnvDivergence, "variable", "environ", func(a *target.Audit) uint32 { return a.Proc.EnvDiverged },
		"a variable is not what it was set to"},
	// I8
	{EnvDivergence, "exec", "environ", func(a *target.Audit) uint32 { return a.Proc.ExecDiverged },
		"the master executes itself with another environment than it was started with"},
	{EnvDivergence, "program", "environ", func(a *target.Audit) uint32 { return a.Proc.ProgramLeaks },
		"an external program is executed with an internal variable"},
	// I10
	{Accounting, "ring-numbers", "ring_storage", func(a *target.Audit) uint32 { return a.Proc.RingBroken },
		"a ring's head, tail and size do not fit its memory"},
	// I11
	{Leak, "mapping", "ring_storage", func(a *target.Audit) uint32 { return a.Proc.LostMaps },
		"a mapping that nobody holds any more"},
	{Leak, "ring", "ring", func(a *target.Audit) uint32 { return a.Proc.LostRings },
		"a ring that nobody holds any more"},
	// I12
	{ProcCorrupt, "list", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.ProcListBroken },
		"the list of processes leads into memory that may not be read"},
	{ProcCorrupt, "parsed", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.ProcListLost },
		"the list that a new generation has read is not the one that was written"},
	{Leak, "socket", "mworker_proc", func(a *target.Audit) uint32 { return a.Proc.LostFDs },
		"a socket to a process that is in no list"},
}
