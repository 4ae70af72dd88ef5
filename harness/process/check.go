package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// This file, check_list.go, check_exec.go and check_lost.go are who looks on:
// they compare what lies in memory with what should. They read with peeks that
// trap on nothing, and count what they find; package oracle says what the counts
// mean.

// check looks at the process that runs, after each op, and at what its rings hold
// after those that do something with a ring.
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
	w.checkHeld()
	w.checkBlock()
	w.eachRing(w.checkRing)
	w.checkSockets()
	w.checkHidden()
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
		w.checkOwner(s, text)
		name, value := nameOf(text)
		if name < 0 || p.want.vars[name].loose {
			if w.isBefore(env, i, s) {
				w.checks.EnvTwice++
			}
			continue
		}
		want := &p.want.vars[name]
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

// checkOwner looks whether the string s, which holds text, is the whole of an
// object that an environment may have strings in, and a variable: only the
// kernel passes on what is none.
//
//lastwake:primitive
func (w *World) checkOwner(s *Char, text []byte) {
	c, ok := w.arena.ObjectAt(unsafe.Pointer(s))
	if !ok || c.Addr-w.arena.Base() != w.arena.Rel(unsafe.Pointer(s)) {
		w.checks.EnvInside++
		return
	}
	switch c.Kind {
	case kindKernelString:
		return
	case kindEnvString, kindPutString, kindLiteral, kindFrame:
	default:
		w.checks.EnvForeign++
	}
	if i := indexOf(text, '='); i <= 0 {
		w.checks.EnvNoName++
	}
}

// isBefore reports whether one of the first n entries of env is s.
//
//lastwake:primitive
func (w *World) isBefore(env *EnvSlot, n int32, s *Char) bool {
	for i := range n {
		if w.entry(env, i) == s {
			return true
		}
	}
	return false
}

// diverged counts a variable that is not what it should be.
//
//lastwake:primitive
func (w *World) diverged(name int) {
	w.checks.EnvDiverged++
	w.checks.EnvName = uint32(name)
}

// checkHeld looks whether what env.get keeps can be read while libc promises
// that.
//
//lastwake:primitive
func (w *World) checkHeld() {
	if !w.me().heldStable {
		return
	}
	if _, ok := w.arena.Text(unsafe.Pointer(w.g.Held)); !ok {
		w.checks.EnvValueGone++
	}
}

// resync takes the environment as it is for what it should be: memory ran out
// in the middle of something.
//
//lastwake:primitive
func (w *World) resync() {
	p := w.me()
	p.want.clear()
	w.eachVariable(p.want.start)
}

// checkBlock looks whether somebody has written to a string that is not his:
// one of the initial environment, or one that libc keeps.
//
//lastwake:primitive
func (w *World) checkBlock() {
	p := w.me()
	if hash := hashOf(w.arena.Raw(p.block, p.blockSize)); hash != p.blockHash {
		w.checks.EnvWritten++
		p.blockHash = hash
	}
	if w.cfg.libc == program.LibcMusl {
		return
	}
	for k := w.g.Known; k != nil; k = k.Next {
		if !w.arena.Whole(unsafe.Pointer(k), knownBytes) {
			return
		}
		text, ok := w.arena.Text(unsafe.Pointer(k.Str))
		hash := hashOf(text)
		if ok && hash != k.Hash {
			w.checks.EnvWritten++
			return
		}
	}
}

// checkRing looks at a ring's numbers: what its storage says of itself is what
// it is.
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
	c, ok := w.arena.ObjectAt(unsafe.Pointer(st))
	if !ok || uintptr(st.Size+st.Rsvd) != c.Size {
		w.checks.RingBroken++
	} else if w.messages {
		w.checkMessages(r)
	}
}

// checkMessages looks whether a ring holds what was written to it: bytes that
// count on, from the oldest to the newest.
//
//lastwake:primitive
func (w *World) checkMessages(r *Ring) {
	st := r.Storage
	area := w.arena.Raw(w.area(r), uintptr(st.Size))
	used := w.used(r)
	at := st.Head
	for ; used > 1; used-- {
		next := at + 1
		if next == uint64(len(area)) {
			next = 0
		}
		if area[next] != area[at]+1 {
			w.checks.RingGarbled++
			return
		}
		at = next
	}
}

// checkWritten looks whether a ring to which something was written has as many
// bytes as it should.
//
//lastwake:primitive
func (w *World) checkWritten(r *Ring, want uint64) {
	if st := r.Storage; (st.Tail+st.Size-st.Head)%st.Size != want && !w.symptom {
		w.checks.RingGarbled++
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
