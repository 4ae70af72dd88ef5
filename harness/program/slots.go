package program

// What follows is frozen with byte format 1: a change would give old bytes
// another meaning. A row or key that is born later gets a place in format 2,
// which still grows with the eras and the process; testdata/format2.txt will
// freeze it.

// connRepeats are the verbs that a program about a connection needs, the more
// often the more it needs them.
var connRepeats = []Verb{
	PeerStream, RunMux, AppSend, AppDetach, NetAck, RunAll, PeerStream, AppSend, RunTimer, RunMux,
	PeerStop, NetBlock, AppSend, RunConn, PeerStream, RunMux, AppShut, NetOK, AppDetach, RunTimer,
	AppRead, PeerStream, RunMux, PeerReset, NetAck, AppSend, RunStream, PeerMaxStreamData, AppDetach, NetWindow,
	PeerClose, RunMux, NetLose, PeerStream, PeerMaxData, RunConn, AppAbort, TimePass, AppSubscribe, NetFatal,
}

// processRepeats are those that a program about a process needs.
var processRepeats = []Verb{
	EnvSet, RingFree, EnvUnset, ProcWorker, ProcFork, ProcSwitch, EnvSet, RingLog, ProcReexec, EnvPut,
	RingDup, EnvRelease, EnvWalk, EnvSave, EnvClean, ProcSpawn, ProcAdd, ProcReap, ProcParse, EnvGet,
	EnvSet, ProcPad, RingNew, EnvRestore, EnvRead, ProcEnter, ProcLeave, ProcSave, RingWrite, EnvUnset,
	EnvDrop, EnvAssign, EnvFind, ProcExit, EnvReset, RingResize, ProcFailLoad, EnvForget, EnvClear, EnvSet,
}

// A slot table gives the verb of each verb byte; 0 is a literal record. A
// verb's own number is its first slot.
var (
	slots1        = fillSlots(bornWith1, connRepeats)
	slots2Conn    = fillSlots(bornWith2, connRepeats)
	slots2Process = fillSlots(bornWith2, processRepeats)
)

// bornWith1 is the number of verbs that format 1 knows, counting the invalid 0.
const (
	bornWith1 = ProcSoftstop + 1
	bornWith2 = NumVerbs
)

// keysOf1 is the number of header keys that bytes of format 1 can set. There
// was one era in its time.
const keysOf1 = KeyEra

// fillSlots makes the table of the rows below born. A verb of another home has
// its own slot all the same: what bytes say can be written down in them,
// whether the target plays it or not.
func fillSlots(born Verb, repeat []Verb) (slots [256]Verb) {
	for b := range slots {
		switch {
		case b == literalSlot:
			slots[b] = 0
		case b > 0 && b < int(born):
			slots[b] = Verb(b)
		default:
			slots[b] = repeat[b%len(repeat)]
		}
	}
	return slots
}

// connMap and allocMap are what the two halves of a record's second byte
// choose from.
var (
	connMap  = [16]uint8{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3}
	allocMap = [16]uint8{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3}
)

// objectMaps are what a record's third byte chooses from, by kind of object.
var objectMaps = [...][]uint32{
	ObjNone: {0},
	ObjConn: {0},
	ObjStream: {
		0, 4, 8, 12, 0, 4, 2, 3, 0, 4, 8, 1, 0, 4, 6, 16,
		0, 4, 8, 12, 0, 2, 3, 7, 0, 4, 8, 20, 0, 6, 10, 24,
		0, 4, 8, 12, 0, 4, 2, 3, 0, 4, 8, 5, 0, 4, 6, 28,
		0, 4, 8, 12, 0, 2, 3, 11, 0, 4, 8, 14, 0, 10, 396, 400,
	},
	ObjPacket: {
		1, 2, 3, 4, 1, 2, 5, 6, 1, 2, 3, 7, 1, 4, 8, 9,
		1, 2, 3, 4, 1, 2, 5, 6, 1, 3, 10, 11, 1, 2, 12, 13,
	},
	ObjPackets: {
		0, 1, 2, 3, 0, 1, 4, 5, 0, 1, 2, 6, 0, 3, 7, 8,
		0, 1, 2, 3, 0, 1, 4, 5, 0, 2, 9, 10, 0, 1, 11, 12,
	},
	ObjProcess: {0, 1, 2, 3},
	ObjRing:    {0, 1, 2, 3},
}
