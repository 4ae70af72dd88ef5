package process

import "github.com/lastwake/lastwake/harness/program"

// The phase of settle in which the processes exit; see target.Phase.
const phaseClose = 4

// Next returns the next op that brings the machine to rest: in the last phase
// every process exits, the youngest first, and the master in the end. Nothing
// else is owed to anybody.
func (w *World) Next(phase uint8) (program.Op, bool) {
	if phase != phaseClose {
		return program.Op{}, false
	}
	last := -1
	for i := range w.procs {
		if w.procs[i].state == procRunning {
			last = i
		}
	}
	switch {
	case last < 0:
		return program.Op{}, false
	case last != w.cur:
		return program.Op{Verb: program.ProcSwitch, Obj: uint32(last)}, true
	}
	return program.Op{Verb: program.ProcExit}, true
}
