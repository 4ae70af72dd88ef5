package process

import (
	"strconv"
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// This file looks at the environments that HAProxy executes programs with, and
// at what it leaves its master and its workers: what is said here of a variable
// is said a second time, and not by who sets it.

// numOwn is the number of names that are HAProxy's own: the first ones.
const numOwn = program.NameCfgFiles + 1

// A sight is an environment as one sees it: what names and values stand in it.
type sight struct {
	vars  envMap
	other uint32 // a digest of the variables with other names, in whatever order
}

// add takes one string of the environment into account.
func (s *sight) add(text []byte) {
	s.vars.start(text)
	if name, _ := nameOf(text); name < 0 && indexOf(text, '=') > 0 {
		s.other += hashOf(text)
	}
}

// value is the digest of a variable's value, 0 if it is not set.
func (s *sight) value(name int) uint32 {
	if v := &s.vars.vars[name]; v.set {
		return v.hash
	}
	return 0
}

// sameBut reports whether two environments agree, but for the variables that
// except names and those whose value was not laid down; otherwise name is one
// that differs, -1 for one with another name.
func (s *sight) sameBut(t *sight, from int, except ...int) (name int, same bool) {
	for i := from; i < numNames; i++ {
		a, b := &s.vars.vars[i], &t.vars.vars[i]
		if a.loose || b.loose || has(except, i) {
			continue
		}
		if a.set != b.set || a.set && a.hash != b.hash {
			return i, false
		}
	}
	return -1, s.other == t.other
}

func has(all []int, i int) bool {
	for _, x := range all {
		if x == i {
			return true
		}
	}
	return false
}

// look returns the environment of the process that runs, as far as it can be
// read.
//
//lastwake:primitive
func (w *World) look() sight {
	var s sight
	w.eachVariable(s.add)
	return s
}

// eachVariable calls f for the strings of the environment, as far as they can be
// read.
//
//lastwake:primitive
func (w *World) eachVariable(f func(text []byte)) {
	env := w.g.Environ
	for i := int32(0); env != nil && w.arena.Whole(unsafe.Pointer(shadow.Index(env, i)), 8); i++ {
		s := w.entry(env, i)
		if s == nil {
			return
		}
		text, ok := w.arena.Text(unsafe.Pointer(s))
		if !ok {
			return
		}
		f(text)
	}
}

// see returns the environment that w.block holds.
func (w *World) see() sight {
	var s sight
	for _, text := range w.block {
		s.add(text)
	}
	return s
}

// wrong counts what is wrong with variable name, -1 for one without number.
//
//lastwake:primitive
func (w *World) wrong(n *uint32, name int) {
	*n++
	if name < 0 {
		name = numNames
	}
	w.checks.EnvName = uint32(name)
}

// checkExec compares the environment that a master is executed with, w.block,
// with the one that it was started with, which has to be the same in what is
// not HAProxy's own, and with the one that it came up with: what a reload says
// to the next generation is all that is new.
//
//lastwake:primitive
func (w *World) checkExec(wait bool) {
	p := w.me()
	if w.failed || w.symptom {
		return
	}
	got := w.see()
	if name, same := got.sameBut(&p.initial, numOwn); !same {
		w.wrong(&w.checks.ExecDiverged, name)
		return
	}
	if name, same := got.sameBut(&p.booted, 0, program.NameReexec, program.NameWaitOnly, program.NameProcesses, program.NameStartupLogsFD); !same {
		w.wrong(&w.checks.ExecDiverged, name)
		return
	}
	one := hashOf(oneText)
	for _, v := range [...]struct {
		name int
		want bool
	}{{program.NameReexec, got.value(program.NameReexec) == one}, {program.NameWaitOnly, (got.value(program.NameWaitOnly) == one) == wait},
		{program.NameProcesses, got.vars.vars[program.NameProcesses].set}} {
		if !v.want {
			w.wrong(&w.checks.ExecDiverged, v.name)
		}
	}
	w.checkLogs(&got)
}

// checkLogs looks whether the master has one descriptor of startup logs at most,
// and HAPROXY_STARTUPLOGS_FD of s names it.
//
//lastwake:primitive
func (w *World) checkLogs(s *sight) {
	if n, named := w.logs(s); !w.me().hidden && (n > 1 || !named) {
		w.wrong(&w.checks.LogsDiverged, program.NameStartupLogsFD)
	}
}

// logs returns how many descriptors of startup logs the process has, and whether
// HAPROXY_STARTUPLOGS_FD of s names the last of them, or none if there is none.
//
//lastwake:primitive
func (w *World) logs(s *sight) (n int, named bool) {
	p := w.me()
	v := &s.vars.vars[program.NameStartupLogsFD]
	named = !v.set
	for i := range p.fds {
		if p.fds[i].open && p.fds[i].role == fdShm {
			n++
			named = v.set && v.hash == hashOf(strconv.AppendInt(w.number[:0], int64(i), 10))
		}
	}
	return n, named
}

// checkHidden notes that somebody has taken from the master the variable by which
// it knows the descriptor of its startup logs: it may lose the descriptor then.
//
//lastwake:primitive
func (w *World) checkHidden() {
	p := w.me()
	if p.role != roleMaster || p.hidden {
		return
	}
	s := sight{vars: p.want}
	_, named := w.logs(&s)
	p.hidden = !named
}

// checkBooted looks whether a master that has come up has put away what was said
// to it and has no descriptor that should have been closed when it was executed,
// and remembers what its environment is.
//
//lastwake:primitive
func (w *World) checkBooted() {
	p := w.me()
	if w.failed || w.symptom {
		return
	}
	p.booted = w.look()
	if name, same := p.booted.sameBut(&p.initial, numOwn); !same {
		w.wrong(&w.checks.StartDiverged, name)
	}
	one := hashOf(oneText)
	for _, v := range [...]struct {
		name  int
		right bool
	}{
		{program.NameReexec, !p.booted.vars.vars[program.NameReexec].set},
		{program.NameWaitOnly, !p.booted.vars.vars[program.NameWaitOnly].set},
		{program.NameProcesses, !p.booted.vars.vars[program.NameProcesses].set},
		{program.NameMWorker, p.booted.value(program.NameMWorker) == one},
		{program.NameStartupVersion, p.booted.value(program.NameStartupVersion) == hashOf(versionText)},
		{program.NameLocalPeer, p.booted.value(program.NameLocalPeer) == hashOf(peerText)},
	} {
		if !v.right {
			w.wrong(&w.checks.StartDiverged, v.name)
		}
	}
	w.checkLogs(&p.booted)
	for i := range p.fds {
		if p.fds[i].open && !p.fds[i].keep {
			w.checks.LostFDs++
		}
	}
}

// checkWorker looks whether a child that has become a worker has put away what
// is the master's, and nothing else; before is its environment when it was none.
//
//lastwake:primitive
func (w *World) checkWorker(before *sight) {
	if w.failed || w.symptom {
		return
	}
	after := w.look()
	if name, same := after.sameBut(before, 0, program.NameReexec); !same {
		w.wrong(&w.checks.WorkerDiverged, name)
	}
	if after.vars.vars[program.NameReexec].set {
		w.wrong(&w.checks.WorkerDiverged, program.NameReexec)
	}
	g := w.g
	if g.TmpStartupLogs != nil || g.StartupLogs != nil && g.StartupLogs.Flags&ringMapped != 0 || g.ProcList.N != &g.ProcList {
		w.checks.WorkerKeeps++
	}
	for _, fd := range w.me().fds {
		if fd.open && fd.role == fdIPC {
			w.checks.WorkerKeeps++
		}
	}
}

// checkProgram looks for HAProxy's internal variables in the environment that
// an external program is executed with, and for anything else that is not what
// the master has.
//
//lastwake:primitive
func (w *World) checkProgram(before *sight) {
	if w.failed || w.symptom {
		return
	}
	n := uint64(0)
	got := w.see()
	for _, name := range internalNames {
		if got.vars.vars[name].set {
			w.wrong(&w.checks.ProgramLeaks, name)
			n++
		}
	}
	if name, same := got.sameBut(before, 0, internalNames[:]...); !same {
		w.wrong(&w.checks.ProgramLeaks, name)
	}
	w.say(evProgram, n, 0)
}
