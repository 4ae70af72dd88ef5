package process

import (
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// Who looks on notices each thing that can be wrong: a master comes up, somebody
// breaks it behind the model's back, and the count that stands for it is not 0
// after the next look. Freed memory is missing here: this is the plain model, and
// only the shadow of the twin knows of it.
func TestEveryCheckCanFail(t *testing.T) {
	look := func(w *World) { w.check() }
	gone := func(w *World) { w.checkLost() }
	for _, c := range []struct {
		name  string
		spoil func(w *World)
		look  func(w *World)
		count func(a *Audit) uint32
	}{
		{"string of the copy", func(w *World) { w.setEntry(w.g.Environ, 0, w.entry(w.g.InitEnv, 0)) }, look,
			func(a *Audit) uint32 { return a.EnvForeign }},
		{"middle of a string", func(w *World) { w.setEntry(w.g.Environ, 0, shadow.Index(w.entry(w.g.Environ, 0), 1)) }, look,
			func(a *Audit) uint32 { return a.EnvInside }},
		{"no equals sign", func(w *World) { w.setEntry(w.g.Environ, 0, w.newString(kindEnvString, []byte("FOO"))) }, look,
			func(a *Audit) uint32 { return a.EnvNoName }},
		{"one string twice", func(w *World) { w.setEntry(w.g.Environ, 0, w.entry(w.g.Environ, 1)) }, look,
			func(a *Audit) uint32 { return a.EnvTwice }},
		{"value written", func(w *World) { w.put(w.made(), 1, 'X') }, look,
			func(a *Audit) uint32 { return a.EnvWritten }},
		{"block written", func(w *World) { w.put(w.entry(w.g.Environ, 0), 6, 'X') }, look,
			func(a *Audit) uint32 { return a.EnvWritten }},
		{"variable lost", func(w *World) { w.unsetenv(nameTexts[program.NamePath]) }, look,
			func(a *Audit) uint32 { return a.EnvDiverged }},
		{"ring too large for its memory", func(w *World) { w.g.StartupLogs.Storage.Size += 16 }, look,
			func(a *Audit) uint32 { return a.RingBroken }},
		{"ring too small for its memory", func(w *World) { w.g.StartupLogs.Storage.Size -= 16 }, look,
			func(a *Audit) uint32 { return a.RingBroken }},
		{"tail beyond the end", func(w *World) { w.g.StartupLogs.Storage.Tail = 5000 }, look,
			func(a *Audit) uint32 { return a.RingBroken }},
		{"ring with other bytes", func(w *World) {
			w.messages = true
			w.printMessage(9)
			w.arena.Raw(w.area(w.g.StartupLogs), 9)[4]++
		}, look, func(a *Audit) uint32 { return a.RingGarbled }},
		{"ring forgotten", func(w *World) { w.ringNew(startupLogSize) }, gone,
			func(a *Audit) uint32 { return a.LostRings }},
		{"storage forgotten", func(w *World) { w.malloc(kindStorage, 4) }, gone,
			func(a *Audit) uint32 { return a.LostObjects }},
		{"mapping forgotten", func(w *World) { w.mmap(startupLogSize, -1) }, gone,
			func(a *Audit) uint32 { return a.LostMaps }},
		{"entry forgotten", func(w *World) { w.g.ProcList.N.Delete() }, gone,
			func(a *Audit) uint32 { return a.LostObjects }},
		{"socket of nobody", func(w *World) { w.openFD(fdIPC, true) }, look,
			func(a *Audit) uint32 { return a.LostFDs }},
		{"socket closed", func(w *World) { w.playFork(); w.closeFD(int(w.procOf(w.g.ProcList.P).IpcFD[0])) }, look,
			func(a *Audit) uint32 { return a.SocketsBroken }},
		{"one socket for two", func(w *World) {
			w.playFork()
			fd := w.procOf(w.g.ProcList.P).IpcFD[0]
			w.procAdd(1, 'w').IpcFD[0] = fd
		}, look, func(a *Audit) uint32 { return a.SocketsBroken }},
		{"worker's end kept by its master", func(w *World) { w.openFD(fdEnd, true) }, look,
			func(a *Audit) uint32 { return a.LostFDs }},
		{"worker's end closed", func(w *World) {
			w.playFork()
			w.switchTo(1)
			w.closeFD(w.me().end)
		}, look, func(a *Audit) uint32 { return a.SocketsBroken }},
		{"descriptor that should be closed", func(w *World) { w.openFD(fdApp, false); w.checkBooted() }, look,
			func(a *Audit) uint32 { return a.LostFDs }},
		{"ring with fewer bytes than were written", func(w *World) { w.checkWritten(w.g.StartupLogs, 1) }, look,
			func(a *Audit) uint32 { return a.RingGarbled }},
		{"list changed by writing it", func(w *World) {
			before, _ := w.rows()
			w.procOf(w.g.ProcList.N).Reloads++
			w.checkSaved(&before)
		}, look, func(a *Audit) uint32 { return a.ProcListWritten }},
		{"list lost in writing", func(w *World) {
			before, _ := w.rows()
			w.setByName(program.NameProcesses, nil, true)
			w.checkSaved(&before)
		}, look, func(a *Audit) uint32 { return a.ProcListLost }},
		{"list lost in reading", func(w *World) {
			w.procListToEnv()
			w.freeProcs()
			w.checkParsed()
		}, look, func(a *Audit) uint32 { return a.ProcListLost }},
		{"child writes to its parent", func(w *World) {
			w.switchTo(w.fork())
			w.procs[0].image = w.procs[1].image
			w.g.Starting = 7
			w.arena.Save(&w.procs[0].image)
			w.switchTo(0)
		}, look, func(a *Audit) uint32 { return a.SpaceChanged }},
		{"child unmaps for its parent", func(w *World) {
			w.switchTo(w.fork())
			w.procs[0].vmas[0] = vma{}
			w.switchTo(0)
		}, look, func(a *Audit) uint32 { return a.SpaceChanged }},
		{"shared memory freed too early", func(w *World) {
			w.switchTo(w.fork())
			w.shm[0].refs--
			w.switchTo(0)
		}, look, func(a *Audit) uint32 { return a.SharedBroken }},
		{"marked as a master's child", func(w *World) { w.setByName(program.NameReexec, oneText, true); w.checkBooted() }, look,
			func(a *Audit) uint32 { return a.StartDiverged }},
		{"second descriptor of startup logs", func(w *World) { w.shmOpen(64); w.checkBooted() }, look,
			func(a *Audit) uint32 { return a.LogsDiverged }},
		{"worker marked as a master", func(w *World) {
			w.setByName(program.NameReexec, oneText, true)
			before := w.look()
			w.checkWorker(&before)
		}, look, func(a *Audit) uint32 { return a.WorkerDiverged }},
		{"worker with another environment", func(w *World) {
			before := w.look()
			w.unsetByName(program.NamePath)
			w.checkWorker(&before)
		}, look, func(a *Audit) uint32 { return a.WorkerDiverged }},
		{"worker with the master's list", func(w *World) { before := w.look(); w.checkWorker(&before) }, look,
			func(a *Audit) uint32 { return a.WorkerKeeps }},
		{"old variable at exec", func(w *World) {
			w.procListToEnv()
			w.setByName(program.NameReexec, oneText, true)
			w.setByName(program.NameFoo, oneText, true)
			w.readBlock()
			w.checkExec(false)
		}, look, func(a *Audit) uint32 { return a.ExecDiverged }},
		{"wait mode by accident", func(w *World) {
			w.procListToEnv()
			w.setByName(program.NameReexec, oneText, true)
			w.setByName(program.NameWaitOnly, oneText, true)
			w.readBlock()
			w.checkExec(false)
		}, look, func(a *Audit) uint32 { return a.ExecDiverged }},
		{"unnamed variable lost at exec", func(w *World) {
			w.procListToEnv()
			w.setByName(program.NameReexec, oneText, true)
			w.readBlock()
			w.addToBlock([]byte("NOBODY=1"))
			w.checkExec(false)
		}, look, func(a *Audit) uint32 { return a.ExecDiverged }},
		{"program sees the list", func(w *World) {
			before := w.look()
			w.procListToEnv()
			w.readBlock()
			w.checkProgram(&before)
		}, look, func(a *Audit) uint32 { return a.ProgramLeaks }},
		{"program loses a variable", func(w *World) {
			before := w.look()
			w.unsetByName(program.NamePath)
			w.unsetByName(program.NameStartupLogsFD)
			w.readBlock()
			w.checkProgram(&before)
		}, look, func(a *Audit) uint32 { return a.ProgramLeaks }},
	} {
		w := newWorld(t)
		w.Reset(&program.New(program.Process).Header, fault.Set{}, shadow.Plain, false)
		look(w)
		gone(w)
		if w.Audit() != (Audit{}) {
			t.Fatalf("%s: something is wrong before: %+v", c.name, w.Audit())
		}
		c.spoil(w)
		c.look(w)
		if a := w.Audit(); c.count(&a) == 0 {
			t.Errorf("%s: not noticed: %+v", c.name, a)
		}
	}
}

// made is a string of the environment that setenv has made.
func (w *World) made() *Char { return w.g.Known.Str }

func newWorld(t *testing.T) *World {
	t.Helper()
	w, err := New(shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.arena.Close() })
	return w
}
