package process

import "github.com/lastwake/lastwake/harness/program"

// Step plays one op. An op whose object is not there, or that cannot happen
// now, changes nothing and says so.
func (w *World) Step(op program.Op) program.Outcome {
	w.opAllocs = 0
	w.opFailed = false
	w.failAlloc = uint32(op.Alloc)
	w.budget = opBudget
	w.messages = op.Verb >= program.RingNew && op.Verb <= program.ProcFailLoad
	out := program.NoProcess
	if w.me().state == procRunning {
		out = w.play(op)
	}
	w.failAlloc = 0
	if w.opFailed {
		out = program.Done // something happened
	}
	if out == program.Done {
		w.check()
	}
	return out
}

// play dispatches on the op's actor.
func (w *World) play(op program.Op) program.Outcome {
	switch {
	case op.Verb >= program.EnvSet && op.Verb < program.EnvSave, op.Verb == program.EnvPutName:
		return w.playEnv(op)
	case op.Verb >= program.EnvSave && op.Verb <= program.EnvForget:
		return w.playCopy(op)
	case op.Verb >= program.RingNew && op.Verb <= program.RingLog:
		return w.playRing(op)
	case op.Verb >= program.ProcFork && op.Verb <= program.ProcParse:
		return w.playProc(op)
	case op.Verb >= program.ProcEnter && op.Verb <= program.ProcFdPass:
		return w.playKernel(op)
	}
	return program.Unsupported
}

// did is Done if it was possible.
func did(possible bool) program.Outcome {
	if possible {
		return program.Done
	}
	return program.NotNow
}

// playEnv plays an op on the environment.
func (w *World) playEnv(op program.Op) program.Outcome {
	p := w.me()
	name := int(op.Arg[program.EnvName])
	switch op.Verb {
	case program.EnvSet:
		w.setByName(name, valueTexts[op.Arg[program.EnvValue]], op.Arg[program.EnvSetKeep] == 0)
	case program.EnvUnset:
		w.unsetByName(name)
	case program.EnvReset:
		for i := range nameTexts {
			if i != name {
				w.unsetByName(i)
			}
		}
	case program.EnvPut:
		return did(w.putVariable(name, valueTexts[op.Arg[program.EnvValue]], op.Arg[program.EnvPutFrom]))
	case program.EnvPutName:
		w.putName(name)
	case program.EnvRelease:
		return did(w.releasePut(name))
	case program.EnvGet:
		w.keepValue(name)
	case program.EnvRead:
		return did(w.readValue())
	case program.EnvWalk:
		w.walk(op.Arg[program.EnvWalkSteps])
	case program.EnvFind:
		w.search(name, op.Arg[program.EnvFindSteps])
	case program.EnvClear:
		w.unsettle()
		w.clearenv()
		p.want.clear()
	case program.EnvAssign:
		return did(w.assignEnviron())
	case program.EnvDrop:
		return did(w.dropEnviron())
	}
	return program.Done
}

// playCopy plays an op on the copy of the environment.
func (w *World) playCopy(op program.Op) program.Outcome {
	g := w.g
	switch op.Verb {
	case program.EnvSave:
		if g.InitEnv != nil || w.me().role == roleMaster {
			return program.NotNow
		}
		w.backupEnv()
	case program.EnvClean:
		w.cleanEnv()
	case program.EnvRestore:
		if g.InitEnv == nil {
			return program.NotNow
		}
		w.cleanEnv()
		w.restoreEnv()
	case program.EnvForget:
		if g.InitEnv == nil || w.me().role == roleMaster {
			return program.NotNow
		}
		w.forgetEnv()
	}
	return program.Done
}

// playRing plays an op on a ring; r0 is the startup logs.
func (w *World) playRing(op program.Op) program.Outcome {
	if op.Verb == program.RingLog {
		w.printMessage(uint64(op.Arg[program.RingLen]))
		return program.Done
	}
	g := w.g
	i := int(op.Obj)
	if i >= maxRings {
		return program.NoRing
	}
	if i == 0 {
		return w.playStartupLogs(op)
	}
	r := g.Sinks[i]
	if (r == nil) != (op.Verb == program.RingNew) {
		return program.NoRing
	}
	switch op.Verb {
	case program.RingNew:
		w.sinkNew(i, op.Arg[program.RingHeap] != 0)
	case program.RingWrite:
		w.ringWrite(r, uint64(op.Arg[program.RingLen]))
	case program.RingDup:
		w.dupLogs(r)
	case program.RingResize:
		return did(w.ringResize(r, ringSizeOf(op)))
	case program.RingFree:
		w.sinkFree(i)
	}
	return program.Done
}

// ringSizeOf is a size that storage can have.
func ringSizeOf(op program.Op) uint64 {
	return max(uint64(op.Arg[program.RingSize]), 4*ringHead) &^ 15
}

// playStartupLogs plays an op on r0.
func (w *World) playStartupLogs(op program.Op) program.Outcome {
	g := w.g
	if (g.StartupLogs == nil) != (op.Verb == program.RingNew) {
		return program.NoRing
	}
	switch op.Verb {
	case program.RingNew:
		w.startupLogsInit()
	case program.RingWrite:
		w.ringWrite(g.StartupLogs, uint64(op.Arg[program.RingLen]))
	case program.RingDup:
		w.dupLogs(g.StartupLogs)
	case program.RingResize:
		return did(w.ringResize(g.StartupLogs, ringSizeOf(op)))
	case program.RingFree:
		w.startupLogsEnd()
	}
	return program.Done
}

// dupLogs makes the copy that a worker takes over.
func (w *World) dupLogs(r *Ring) {
	w.freeTmp()
	tmp := w.startupLogsDup(r)
	w.g.TmpStartupLogs = tmp
}
