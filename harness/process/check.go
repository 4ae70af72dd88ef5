package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// This file is who looks on: after each op it compares what lies in memory with
// what should. It reads with peeks that trap on nothing, and counts what it
// finds; package oracle says what the counts mean.

// check looks at the process that runs.
//
//lastwake:primitive
func (w *World) check() {
	if w.symptom || w.me().state != procRunning {
		return
	}
	if w.opFailed {
		w.resync()
	}
	w.checkEnv()
	w.checkBlock()
	w.checkRing(w.g.StartupLogs)
	w.checkRing(w.g.TmpStartupLogs)
	for i := range maxRings {
		w.checkRing(w.g.Sinks[i])
	}
	w.checkSockets()
}

// checkEnv looks at environ: the array, its strings, the variables.
//
//lastwake:primitive
func (w *World) checkEnv() {
	p := w.me()
	var seen [numNames]bool
	env := w.g.Environ
	for i := int32(0); env != nil; i++ {
		if !w.arena.Whole(unsafe.Pointer(shadow.Index(env, i)), 8) {
			w.checks.EnvArrayGone++
			return
		}
		s := w.entry(env, i)
		if s == nil {
			break
		}
		text, ok := w.arena.Text(unsafe.Pointer(s))
		if !ok {
			w.checks.EnvStringGone++
			return
		}
		kind := w.arena.KindAt(unsafe.Pointer(s))
		if kind == kindInitString || kind == kindRing || kind == kindStorage {
			w.checks.EnvForeign++
		}
		name, value := nameOf(text)
		if name < 0 {
			continue
		}
		want := &p.want.vars[name]
		if want.loose {
			continue
		}
		if seen[name] {
			w.checks.EnvTwice++
		} else if !want.set || want.hash != hashOf(value) {
			w.diverged(name)
		}
		seen[name] = true
	}
	for i := range seen {
		if p.want.vars[i].set && !seen[i] && !p.want.vars[i].loose {
			w.diverged(i)
		}
	}
}

// diverged counts a variable that is not what it should be.
//
//lastwake:primitive
func (w *World) diverged(name int) {
	w.checks.EnvDiverged++
	w.checks.EnvName = uint32(name)
}

// resync takes the environment as it is for what it should be: memory ran out
// in the middle of something.
//
//lastwake:primitive
func (w *World) resync() {
	p := w.me()
	p.want.clear()
	env := w.g.Environ
	for i := int32(0); env != nil; i++ {
		if !w.arena.Whole(unsafe.Pointer(shadow.Index(env, i)), 8) {
			return
		}
		s := w.entry(env, i)
		if s == nil {
			return
		}
		if text, ok := w.arena.Text(unsafe.Pointer(s)); ok {
			p.want.start(text)
		}
	}
}

// checkBlock looks whether somebody has written to a string that is not his:
// one of the initial environment, or one that libc keeps.
//
//lastwake:primitive
func (w *World) checkBlock() {
	p := w.me()
	if hashOf(w.arena.Raw(p.block, p.blockSize)) != p.blockHash {
		w.checks.EnvWritten++
		p.blockHash = hashOf(w.arena.Raw(p.block, p.blockSize))
	}
	if w.cfg.libc == program.LibcMusl {
		return
	}
	for k := w.g.Known; k != nil; k = k.Next {
		if !w.arena.Whole(unsafe.Pointer(k), knownBytes) {
			return
		}
		text, ok := w.arena.Text(unsafe.Pointer(k.Str))
		if ok && hashOf(text) != k.Hash {
			w.checks.EnvWritten++
			return
		}
	}
}

// checkRing looks at a ring's numbers.
//
//lastwake:primitive
func (w *World) checkRing(r *Ring) {
	if r == nil || !w.arena.Whole(unsafe.Pointer(r), unsafe.Sizeof(Ring{})) {
		return
	}
	st := r.Storage
	if !w.arena.Whole(unsafe.Pointer(st), ringHead) {
		return
	}
	if st.Head >= st.Size || st.Tail >= st.Size || st.Rsvd != ringHead {
		w.checks.RingBroken++
		return
	}
	last := int(st.Size+st.Rsvd) - 1
	if !w.arena.Live(w.plus(unsafe.Pointer(st), last)) {
		w.checks.RingBroken++
	}
}

// checkLost looks for rings and mappings that nobody holds any more, before
// the memory goes.
//
//lastwake:primitive
func (w *World) checkLost() {
	if w.symptom {
		return
	}
	w.arena.EachLive(func(c shadow.Chunk) bool {
		if c.Kind == kindRing && !w.holdsRing(c.Addr) {
			w.checks.LostRings++
		}
		return true
	})
	p := w.me()
	for i := range p.vmas {
		if p.vmas[i].size != 0 && !w.holdsMapping(p.vmas[i].addr) {
			w.checks.LostMaps++
		}
	}
}

// eachRing calls f for the rings that the process holds.
//
//lastwake:primitive
func (w *World) eachRing(f func(r *Ring)) {
	f(w.g.StartupLogs)
	f(w.g.TmpStartupLogs)
	for i := range maxRings {
		f(w.g.Sinks[i])
	}
}

// holdsRing reports whether the process has a pointer to the ring at addr.
//
//lastwake:primitive
func (w *World) holdsRing(addr uintptr) bool {
	found := false
	addr -= w.arena.Base()
	w.eachRing(func(r *Ring) { found = found || w.arena.Rel(unsafe.Pointer(r)) == addr })
	return found
}

// holdsMapping reports whether a ring that the process holds has its storage
// at addr.
//
//lastwake:primitive
func (w *World) holdsMapping(addr unsafe.Pointer) bool {
	found := false
	w.eachRing(func(r *Ring) {
		if r != nil && w.arena.Whole(unsafe.Pointer(r), unsafe.Sizeof(Ring{})) {
			found = found || unsafe.Pointer(r.Storage) == addr
		}
	})
	return found
}

// checkSockets looks whether each of a master's sockets belongs to one entry.
//
//lastwake:primitive
func (w *World) checkSockets() {
	p := w.me()
	if p.role != roleMaster || w.failed {
		return
	}
	var owned [maxFDs]bool
	head := &w.g.ProcList
	for l := head.N; l != head; l = l.N {
		if !w.arena.Whole(unsafe.Pointer(l), unsafe.Sizeof(List{})) {
			w.checks.ProcListBroken++
			return
		}
		child := w.procOf(l)
		n := int(child.IpcFD[0])
		if n >= 0 && n < maxFDs {
			owned[n] = true
		}
	}
	for i := range p.fds {
		if p.fds[i].open && p.fds[i].role == fdIPC && !owned[i] {
			w.checks.LostFDs++
		}
	}
}

// A procRow is an entry of the list of processes, as it was written down.
type procRow struct{ pid, kind, reloads int32 }

// checkParsed compares the list of processes with what the last generation
// wrote down.
//
//lastwake:primitive
func (w *World) checkParsed() {
	p := w.me()
	n := 0
	if p.numSaved == 0 || w.failed || w.symptom {
		p.numSaved = 0
		return
	}
	head := &w.g.ProcList
	for l := head.N; l != head; l = l.N {
		child := w.procOf(l)
		if n >= p.numSaved || p.saved[n] != (procRow{child.Pid, child.Type, child.Reloads}) {
			w.checks.ProcListLost++
			break
		}
		n++
	}
	if n < p.numSaved {
		w.checks.ProcListLost++
	}
	p.numSaved = 0
}

// checkExec compares the environment that a master is executed with, w.block,
// with the one that it was started with: HAProxy's own variables aside they
// are the same.
//
//lastwake:primitive
func (w *World) checkExec() {
	p := w.me()
	if w.opFailed || w.symptom {
		return
	}
	var got envMap
	for _, text := range w.block {
		got.start(text)
	}
	for i := numOwn; i < numNames; i++ {
		a, b := got.vars[i], p.initial.vars[i]
		if !b.loose && !a.loose && (a.set != b.set || a.set && a.hash != b.hash) {
			w.checks.ExecDiverged++
			w.checks.EnvName = uint32(i)
		}
	}
}

// numOwn is the number of names that are HAProxy's own: the first ones.
const numOwn = program.NameCfgFiles + 1

// checkProgram looks for HAProxy's internal variables in the environment that
// an external program is executed with.
//
//lastwake:primitive
func (w *World) checkProgram() {
	if w.opFailed || w.symptom {
		return
	}
	n := uint64(0)
	for _, text := range w.block {
		name, _ := nameOf(text)
		for _, internal := range internalNames {
			if name == internal {
				w.checks.ProgramLeaks++
				w.checks.EnvName = uint32(name)
				n++
			}
		}
	}
	w.say(evProgram, n, 0)
}
