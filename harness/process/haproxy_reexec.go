package process

import (
	"strconv"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// resetEnv takes the environment back to what it was before the configuration
// was read.
//
//lastwake:c mworker_reexec src/haproxy.c
func (w *World) resetEnv() bool {
	if w.Faults.Has(fault.HAPROXY_7b78e1571) {
		return true
	}
	if w.g.InitEnv == nil {
		return false
	}
	w.cleanEnv()
	return w.restoreEnv()
}

// keepLogs names the descriptor of the startup logs for the next generation.
//
//lastwake:c mworker_reexec src/haproxy.c
func (w *World) keepLogs() bool {
	n := w.logsFD()
	if n < 0 {
		w.unsetByName(program.NameStartupLogsFD)
		return true
	}
	w.number = strconv.AppendInt(w.number[:0], int64(n), 10)
	return w.setByName(program.NameStartupLogsFD, w.number, true)
}

// logsFD is the descriptor of the startup logs, -1 if they have none.
//
//lastwake:primitive
func (w *World) logsFD() int {
	p := w.me()
	for i := range p.fds {
		if p.fds[i].open && p.fds[i].role == fdShm {
			return i
		}
	}
	return -1
}

// stopLogging ends the startup: the startup logs go, and messages are no
// longer written to them.
//
//lastwake:c mworker_reexec src/haproxy.c
func (w *World) stopLogging() {
	if !w.Faults.Has(fault.HAPROXY_bf8c871e2) {
		w.g.Starting = 0
	}
	w.startupLogsEnd()
}

// freeTmp frees the copy of the startup logs that nobody took.
//
//lastwake:primitive
func (w *World) freeTmp() {
	tmp := w.g.TmpStartupLogs
	w.startupLogsFree(tmp)
	w.g.TmpStartupLogs = nil
}
