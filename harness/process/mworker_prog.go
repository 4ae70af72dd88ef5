package process

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// internalNames are the variables that are no program's business.
var internalNames = [...]int{program.NameReexec, program.NameStartupLogsFD, program.NameWaitOnly, program.NameProcesses}

// launchProgram forks and executes an external program, which ends at once. It
// reports false when there is no room for a process.
//
//lastwake:c mworker_ext_launch_all src/mworker-prog.c
func (w *World) launchProgram() bool {
	parent := w.cur
	child := w.fork()
	if child < 0 {
		return false
	}
	w.switchTo(child)
	before := w.look()
	if w.Faults.Has(fault.HAPROXY_b4e651f12) {
		w.unsetByName(program.NameReexec)
	} else {
		for _, name := range internalNames {
			w.unsetByName(name)
		}
	}
	w.readBlock()
	w.checkProgram(&before)
	w.execve()
	w.exit()
	w.procs[child].state = procNone
	if w.cur != parent {
		w.switchTo(parent)
	}
	return true
}
