package process

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// startupLogsFromFD maps the startup logs that a descriptor stands for.
//
//lastwake:c startup_logs_from_fd src/errors.c
func (w *World) startupLogsFromFD(n int, fresh bool) *Ring {
	p := w.me()
	if n < 0 || n >= maxFDs || !p.fds[n].open || p.fds[n].role != fdShm {
		return nil
	}
	area := w.mmap(startupLogSize, p.fds[n].shm)
	if area == nil {
		return nil
	}
	r := w.ringMakeFromArea(area, startupLogSize, fresh, ringMapped)
	if r == nil {
		w.munmap(area, startupLogSize)
	}
	return r
}

// startupLogsInit makes the startup logs: in a new mapping that the next
// generation can take over, in wait mode as a copy of the old ones, and on the
// heap where there is no shared memory.
//
//lastwake:c startup_logs_init src/errors.c
func (w *World) startupLogsInit() {
	g := w.g
	fdText := w.getenv(nameTexts[program.NameStartupLogsFD])
	n := -1
	if fdText != nil {
		n = w.atoi(fdText)
		w.unsetByName(program.NameStartupLogsFD)
	}
	if w.getenv(nameTexts[program.NameWaitOnly]) == nil {
		w.startupLogsNew(fdText, n)
	} else if n >= 0 {
		r := w.startupLogsFromFD(n, false)
		if r != nil {
			g.StartupLogs = w.startupLogsDup(r)
			w.startupLogsFree(r)
		}
		w.closeLogs(n)
	}
	if g.StartupLogs == nil {
		g.StartupLogs = w.ringNew(startupLogSize)
	}
}

// startupLogsNew makes startup logs in shared memory and tells the next
// generation of its descriptor. That of the last generation was old, which
// fdText said.
//
//lastwake:c startup_logs_init src/errors.c
func (w *World) startupLogsNew(fdText *Char, old int) {
	w.closeLogs(old)
	n := w.shmOpen(startupLogSize)
	r := w.startupLogsFromFD(n, true)
	w.g.StartupLogs = r
	if r == nil {
		if n >= 0 {
			w.closeFD(n)
		}
		return
	}
	w.say(evLogFd, uint64(n), 0)
	if !w.Faults.Has(fault.HAPROXY_b28ded19a) {
		fdText = nil
	}
	fdText = w.memprintf(fdText, n)
	if fdText == nil {
		return
	}
	w.setByName(program.NameStartupLogsFD, w.read(fdText), true)
	w.freeString(fdText)
}

// closeLogs closes the descriptor of an older generation's startup logs.
//
// Deviation: the number comes from the environment and may be anything;
// HAProxy closes whatever that is.
//
//lastwake:primitive
func (w *World) closeLogs(n int) {
	p := w.me()
	if n >= 0 && n < maxFDs && p.fds[n].open && p.fds[n].role == fdShm {
		w.closeFD(n)
	}
}

// startupLogsFree frees the startup logs r, and unmaps them if they are a
// mapping.
//
//lastwake:c startup_logs_free src/errors.c
func (w *World) startupLogsFree(r *Ring) {
	if r == nil {
		return
	}
	w.say(evRingFree, r.Flags&ringMapped, 0)
	if r.Flags&ringMapped != 0 {
		w.ringUnmapped(r)
	} else {
		w.ringFree(r)
	}
}

// startupLogsEnd frees the process's startup logs.
//
//lastwake:c startup_logs_free src/errors.c
func (w *World) startupLogsEnd() {
	g := w.g
	w.startupLogsFree(g.StartupLogs)
	if !w.Faults.Has(fault.HAPROXY_bf8c871e2) {
		g.StartupLogs = nil
	}
}

// startupLogsDup copies startup logs to the heap.
//
//lastwake:c startup_logs_dup src/errors.c
func (w *World) startupLogsDup(src *Ring) *Ring {
	st := src.Storage
	size := st.Size
	if !w.Faults.Has(fault.HAPROXY_3ef7daa73) {
		size += st.Rsvd
	}
	dst := w.ringNew(size)
	if dst == nil {
		return nil
	}
	w.ringDup(dst, src)
	return dst
}

// printMessage writes a message of n bytes to the startup logs while the
// process starts, and makes them if there are none.
//
//lastwake:c print_message src/errors.c
func (w *World) printMessage(n uint64) {
	g := w.g
	if g.Starting == 0 {
		return
	}
	if g.StartupLogs == nil {
		w.startupLogsInit()
	}
	if g.StartupLogs != nil {
		w.ringWrite(g.StartupLogs, n)
	}
}
