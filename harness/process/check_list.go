package process

import (
	"bytes"
	"strconv"
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
)

// This file looks at the master's list of processes: whose the sockets are, and
// whether what is written of it is what is read of it.

// A procRow is an entry of the list of processes, as it has to be written down.
type procRow struct {
	pid, kind, reloads, fd int32
	id, version            uint32 // digests
}

// A procList is the list of processes.
type procList struct {
	rows [maxEntries]procRow
	n    int
}

// rows returns what is in the list, false if the list leads into memory that
// may not be read.
//
//lastwake:primitive
func (w *World) rows() (list procList, ok bool) {
	head := &w.g.ProcList
	for l := head.N; l != head; l = l.N {
		child := w.procOf(l)
		if list.n == maxEntries || !w.arena.Whole(unsafe.Pointer(child), unsafe.Sizeof(MworkerProc{})) {
			return list, false
		}
		id, version := child.ID, child.Version
		list.rows[list.n] = procRow{child.Pid, child.Type, child.Reloads, child.IpcFD[0], 0, 0}
		list.rows[list.n].id = w.digest(id)
		list.rows[list.n].version = w.digest(version)
		list.n++
	}
	return list, true
}

// digest is that of the string s, nil being the empty one.
//
//lastwake:primitive
func (w *World) digest(s *Char) uint32 {
	if s == nil {
		return hashOf(nil)
	}
	text, _ := w.arena.Text(unsafe.Pointer(s))
	return hashOf(text)
}

// checkSockets looks whether each of a master's sockets belongs to one entry,
// and each entry has a socket that is one. A worker has its own end and no
// other's.
//
//lastwake:primitive
func (w *World) checkSockets() {
	p := w.me()
	for i := range p.fds {
		if p.fds[i].open && p.fds[i].role == fdEnd && i != p.end {
			w.checks.LostFDs++
		}
	}
	if p.end != 0 && !(p.fds[p.end].open && p.fds[p.end].role == fdEnd) {
		w.checks.SocketsBroken++
	}
	if p.role != roleMaster || w.failed {
		return
	}
	list, ok := w.rows()
	if !ok {
		w.checks.ProcListBroken++
		return
	}
	var owners [maxFDs]uint8
	for i := range list.n {
		n := int(list.rows[i].fd)
		switch {
		case n < 0:
		case n < maxFDs && p.fds[n].open && p.fds[n].role == fdIPC:
			owners[n]++
		case !p.tainted:
			w.checks.SocketsBroken++
		}
	}
	for i := range p.fds {
		if !p.fds[i].open || p.fds[i].role != fdIPC {
			continue
		}
		if owners[i] == 0 {
			w.checks.LostFDs++
		}
		if owners[i] > 1 && !p.tainted {
			w.checks.SocketsBroken++
		}
	}
}

// checkSaved looks whether HAPROXY_PROCESSES says what is in the list, and
// whether writing it has left the list alone: before is what was in it.
//
//lastwake:primitive
func (w *World) checkSaved(before *procList) {
	p := w.me()
	p.saved = procList{}
	if w.failed || w.symptom {
		return
	}
	after, ok := w.rows()
	if !ok || after != *before {
		w.checks.ProcListWritten++
	}
	for i := range before.n {
		if r := &before.rows[i]; r.pid > 0 {
			p.saved.rows[p.saved.n] = *r
			p.saved.n++
		}
	}
	var said procList
	w.eachVariable(func(text []byte) {
		if name, value := nameOf(text); name == program.NameProcesses {
			said = rowsOf(value)
		}
	})
	if said != p.saved {
		w.checks.ProcListLost++
	}
}

// rowsOf reads what HAPROXY_PROCESSES says, in its own way.
func rowsOf(text []byte) (list procList) {
	for entry := range bytes.SplitSeq(text, []byte{'|'}) {
		if len(entry) == 0 || list.n == maxEntries {
			continue
		}
		r := &list.rows[list.n]
		list.n++
		r.id = hashOf(nil)
		r.version = hashOf(nil)
		for option := range bytes.SplitSeq(entry, []byte{';'}) {
			name, value, _ := bytes.Cut(option, []byte{'='})
			switch string(name) {
			case "type":
				r.kind = int32(value[0])
			case "fd":
				r.fd = numberOf(value)
			case "pid":
				r.pid = numberOf(value)
			case "reloads":
				r.reloads = numberOf(value)
			case "id":
				r.id = hashOf(value)
			case "version":
				r.version = hashOf(value)
			}
		}
	}
	return list
}

func numberOf(value []byte) int32 {
	n, _ := strconv.Atoi(string(value))
	return int32(n)
}

// checkParsed compares the list of processes with what the last generation
// wrote down.
//
//lastwake:primitive
func (w *World) checkParsed() {
	p := w.me()
	saved := p.saved
	p.saved = procList{}
	if saved.n == 0 || w.failed || w.symptom {
		return
	}
	if list, ok := w.rows(); !ok || list != saved {
		w.checks.ProcListLost++
	}
}
