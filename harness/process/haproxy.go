package process

import (
	"github.com/lastwake/lastwake/harness/program"
)

// start makes the first process and lets it come up as a master.
func (w *World) start() {
	p := w.me()
	p.state = procRunning
	p.role = roleMaster
	p.pid = w.nextPid
	w.nextPid++
	for i := range 3 {
		p.fds[i] = fd{open: true, keep: true, role: fdStd, shm: -1}
	}
	w.block = w.block[:0]
	for _, text := range initialEnvs[w.cfg.env] {
		w.addToBlock(text)
	}
	w.execve()
	w.boot()
}

// initialEnvs are the environments that the master can be started with.
var initialEnvs = [...][][]byte{
	program.EnvPlain: {[]byte("PATH=/usr/sbin:/usr/bin"), []byte("HOME=/"), []byte("LANG=C")},
	program.EnvEmpty: {},
	program.EnvHostile: {[]byte("PATH=/usr/bin"), []byte("no equals sign"), []byte("=no name"), []byte("A=1"), []byte("PATH=/tmp"),
		[]byte("A=2"), []byte("Z=" + longText), []byte("HAPROXY_MWORKE=1"), []byte("HAPROXY_MWORKER_REEXEC2=1"), []byte("HOME=")},
	program.EnvInternal: {[]byte("HAPROXY_MWORKER=1"), []byte("HAPROXY_MWORKER_REEXEC=1"), []byte("HAPROXY_STARTUPLOGS_FD=9"),
		[]byte("HAPROXY_PROCESSES=|type=m;fd=3;pid=7;reloads=0|type=w;fd=4;pid=8;reloads=1"), []byte("PATH=/usr/bin"),
		[]byte("HAPROXY_CFGFILES=/etc/haproxy.cfg"), []byte("HAPROXY_LOCALPEER=x")},
}

const longText = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

// boot is what the master does after it was executed: it keeps the environment
// for later, makes the startup logs, learns of the processes of the generation
// before.
//
//lastwake:c init src/haproxy.c
func (w *World) boot() {
	w.g.Starting = 1
	if w.cfg.pad != 0 {
		w.allocPad(w.cfg.pad)
	}
	w.setByName(program.NameStartupVersion, versionText, true)
	w.setByName(program.NameLocalPeer, peerText, true)
	w.startupLogsInit()
	if p := w.me(); p.saved.n == 0 && p.initial.vars.vars[program.NameProcesses].set {
		p.tainted = true
	}
	w.envToProcList()
	w.checkParsed()
	if !w.knowsSelf() {
		w.procAdd(w.me().pid, 'm')
	}
	w.unsetByName(program.NameReexec)
	w.unsetByName(program.NameWaitOnly)
	w.setByName(program.NameMWorker, oneText, true)
	w.backupEnv()
	w.checkBooted()
}

var (
	versionText = []byte("3.0-dev6")
	peerText    = []byte("localhost")
	oneText     = []byte("1")
)

// knowsSelf reports whether the list has an entry for the master itself.
//
//lastwake:primitive
func (w *World) knowsSelf() bool {
	head := &w.g.ProcList
	for l := head.N; l != head; l = w.next(l) {
		child := w.procOf(l)
		if child.Pid == w.me().pid {
			return true
		}
	}
	return false
}

// becomeWorker is what the child does in main after fork: the statements that
// HAProxy #2492 died in.
//
// Deviation: HAProxy of 3.0 makes the copy before it forks, always, and the
// parent never frees its own; here the copy is made in the child unless ring.dup
// has made one.
//
//lastwake:c main src/haproxy.c
func (w *World) becomeWorker() {
	g := w.g
	w.say(evWorker, 0, 0)
	tmp := g.TmpStartupLogs
	if tmp == nil && g.StartupLogs != nil {
		tmp = w.startupLogsDup(g.StartupLogs)
	}
	w.startupLogsFree(g.StartupLogs)
	g.StartupLogs = tmp
	g.TmpStartupLogs = nil
	w.unsetByName(program.NameReexec)
	w.freeProcs()
	w.closeSockets()
	w.me().role = roleWorker
}

// reload is what SIGUSR2 asks for: every process is of one more reload ago.
//
//lastwake:c mworker_reload src/haproxy.c
func (w *World) reload() bool {
	head := &w.g.ProcList
	for l := head.N; l != head; l = w.next(l) {
		child := w.procOf(l)
		child.Reloads++
	}
	return w.reexec(false)
}

// reexec is the master's way to a new configuration: it executes itself. It
// reports false when memory is out before that.
//
//lastwake:c mworker_reexec src/haproxy.c
func (w *World) reexec(wait bool) bool {
	w.say(evReexec, flag(wait), 0)
	if !w.resetEnv() || !w.procListToEnv() || !w.setByName(program.NameReexec, oneText, true) {
		return false
	}
	if wait && !w.setByName(program.NameWaitOnly, oneText, true) {
		return false
	}
	if !w.keepLogs() {
		return false
	}
	w.stopLogging()
	w.printMessage(40)
	w.freeTmp()
	w.checkLost()
	w.readBlock()
	w.checkExec(wait)
	w.execve()
	w.boot()
	return true
}

// flag is 1 for true.
//
//lastwake:primitive
func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
