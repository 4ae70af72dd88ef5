package process

import "github.com/lastwake/lastwake/harness/program"

// playProc plays an op of the master and its children.
func (w *World) playProc(op program.Op) program.Outcome {
	p := w.me()
	master := p.role == roleMaster
	switch op.Verb {
	case program.ProcFork:
		return w.playFork()
	case program.ProcSwitch:
		if op.Obj >= maxProcs || w.procs[op.Obj].state != procRunning {
			return program.NoProcess
		}
		w.switchTo(int(op.Obj))
		return program.Done
	case program.ProcExit:
		w.checkLost()
		w.exit()
		return program.Done
	case program.ProcWorker:
		if p.role != roleChild {
			return program.NotNow
		}
		before := w.look()
		w.becomeWorker()
		w.checkWorker(&before)
		return program.Done
	}
	if !master {
		return program.NotNow
	}
	switch op.Verb {
	case program.ProcReap:
		return w.playReap(op)
	case program.ProcReexec:
		if op.Arg[program.ReexecWait] != 0 {
			return did(w.reexec(true))
		}
		return did(w.reload())
	case program.ProcFailLoad:
		w.printMessage(60)
		return did(w.reexec(true))
	case program.ProcSpawn:
		return did(w.launchProgram())
	case program.ProcAdd:
		w.procAdd(int32(op.Arg[program.AddPid]), 'w')
	case program.ProcSave:
		w.procListToEnv()
	case program.ProcParse:
		p.tainted = true
		w.envToProcList()
	}
	return program.Done
}

// playFork makes a child. A master enters it in its list, with a pair of sockets
// of which it keeps its own end.
func (w *World) playFork() program.Outcome {
	if w.me().role != roleMaster {
		return did(w.fork() >= 0)
	}
	master, worker := w.socketPair()
	n := w.fork()
	if n < 0 {
		w.closePair(master, worker)
		return program.NotNow
	}
	child := &w.procs[n]
	child.end = max(worker, 0)
	entry := w.procAdd(child.pid, 'w')
	if entry != nil {
		entry.IpcFD[0] = int32(master)
		master = -1
	}
	w.closePair(master, worker)
	return program.Done
}

// unknownPid is a process that no list knows.
const unknownPid = 9999

// playReap lets the master learn of a child's end.
func (w *World) playReap(op program.Op) program.Outcome {
	if op.Arg[program.ReapUnknown] != 0 {
		w.catchSigchld(unknownPid)
		return program.Done
	}
	if op.Obj >= maxProcs {
		return program.NoProcess
	}
	child := &w.procs[op.Obj]
	if child.state != procZombie || child.parent != w.cur {
		return program.NoProcess
	}
	child.state = procNone
	w.say(evReap, uint64(child.pid), 0)
	w.catchSigchld(child.pid)
	return program.Done
}

// playKernel plays an op on frames, other memory and descriptors.
func (w *World) playKernel(op program.Op) program.Outcome {
	n := int(op.Arg[program.FdNumber])
	switch op.Verb {
	case program.ProcEnter:
		return did(w.enterFrame())
	case program.ProcLeave:
		return did(w.leaveFrame())
	case program.ProcPad:
		return did(w.allocPad(uintptr(op.Arg[program.PadBytes])))
	case program.ProcUnpad:
		return did(w.freePad())
	case program.ProcFdOpen:
		return did(w.openFD(fdApp, op.Arg[program.FdKeep] != 0) >= 0)
	case program.ProcFdClose:
		if !w.isApp(n) {
			return program.NotNow
		}
		w.closeFD(n)
	case program.ProcFdDup:
		if !w.isApp(n) {
			return program.NotNow
		}
		return did(w.openFD(fdApp, false) >= 0)
	case program.ProcFdPass:
		return w.playPass(op, n)
	}
	return program.Done
}

// isApp reports whether the application opened descriptor n.
func (w *World) isApp(n int) bool {
	p := w.me()
	return n < maxFDs && p.fds[n].open && p.fds[n].role == fdApp
}

// playPass sends descriptor n to another process.
func (w *World) playPass(op program.Op, n int) program.Outcome {
	if op.Obj >= maxProcs || w.procs[op.Obj].state != procRunning {
		return program.NoProcess
	}
	if !w.isApp(n) {
		return program.NotNow
	}
	to := &w.procs[op.Obj]
	for i := 3; i < maxFDs; i++ {
		if !to.fds[i].open {
			to.fds[i] = fd{open: true, role: fdApp, shm: -1}
			return program.Done
		}
	}
	return program.NotNow
}
