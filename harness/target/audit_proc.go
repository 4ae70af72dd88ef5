package target

// A ProcAudit is the part of an Audit about processes: it counts the times that
// something was wrong after an op since Reset, so that no number goes down. The
// model looks after each op, for what is wrong with an environment is often
// gone at the next exec.
type ProcAudit struct {
	// EnvArrayGone: environ, or a part of it before its end, lies where nothing
	// may be read. EnvStringGone: an entry points at what is no live string.
	// EnvForeign: an entry points into memory that is not the environment's to
	// keep, such as the copy made for later. EnvTwice: two entries have one name
	// and the initial environment did not.
	EnvArrayGone, EnvStringGone, EnvForeign, EnvTwice uint32
	// EnvInside: an entry points into the middle of an object. EnvNoName: a
	// string that did not come from the kernel has no name before a '='.
	// EnvValueGone: what getenv returned cannot be read, though libc promises so.
	EnvInside, EnvNoName, EnvValueGone uint32
	// EnvDiverged: a variable is not what the ops say that it should be.
	// EnvWritten: a string of the initial environment, or one that libc keeps,
	// was written to.
	EnvDiverged, EnvWritten uint32
	// ExecDiverged: a master executes itself with another environment than it
	// was started with, its own variables aside. ProgramLeaks: an external
	// program is executed with an internal variable.
	ExecDiverged, ProgramLeaks uint32
	// StartDiverged: a master has come up with another environment than it was
	// executed with, or keeps what was only said to it. LogsDiverged: it has more
	// than one descriptor of startup logs, or HAPROXY_STARTUPLOGS_FD does not name
	// it. WorkerDiverged: a child
	// that became a worker has another environment than before, or keeps the
	// master's variable. WorkerKeeps: it keeps the master's list, sockets or logs.
	StartDiverged, LogsDiverged uint32
	WorkerDiverged, WorkerKeeps uint32
	// EnvName is the number of the last variable that one of these is about, by
	// program.EnvNames; one more than the last for a variable with another name.
	EnvName uint32
	// RingBroken: a ring's numbers do not fit its memory. LostRings, LostMaps:
	// rings and mappings that nobody holds, when memory goes at an exec or exit.
	RingBroken, LostRings, LostMaps uint32
	// RingGarbled: a ring does not hold what was written to it, or not as much.
	RingGarbled uint32
	// LostObjects: other objects on the heap that nobody holds then; LostKind is
	// the kind of the last one.
	LostObjects, LostKind uint32
	// LostFDs: a socket of the master that belongs to no entry of its list, or a
	// worker's end that is another process's; a descriptor that exec did not close.
	// ProcListBroken: the list leads into memory that may not be read.
	// ProcListLost: what was written of it, or what a new generation has read, is
	// not what was in it.
	LostFDs, ProcListBroken, ProcListLost uint32
	// ProcListWritten: to write the list down has changed it. SocketsBroken: an
	// entry's socket is none, or another entry's too; a worker's end is closed.
	ProcListWritten, SocketsBroken uint32
	// SpaceChanged: a process's memory or mappings changed while others ran.
	// SharedBroken: shared memory does not live as long as its users.
	SpaceChanged, SharedBroken uint32
	// AtStart is not 0 if something was wrong before the first op.
	AtStart uint32
}
