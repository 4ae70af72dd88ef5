package process

import (
	"strconv"
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// An MworkerProc is the master's entry for a process.
//
//lastwake:managed
type MworkerProc struct {
	Pid     int32    `c:"pid"`
	Type    int32    `c:"type"` // 'm' or 'w'
	Options int32    `c:"options"`
	Reloads int32    `c:"reloads"`
	IpcFD   [2]int32 `c:"ipc_fd"`
	ID      *Char    `c:"id"`
	Version *Char    `c:"version"`
	List    List     `c:"list"`
}

const (
	procLeaving = 1 // PROC_O_LEAVING
	maxEntries  = 16
)

var procListOffset = unsafe.Offsetof(MworkerProc{}.List)

// procOf is the entry that a node of the list belongs to; for the head of the
// list it is no entry.
//
//lastwake:primitive
func (w *World) procOf(l *List) *MworkerProc {
	return shadow.ContainerOf[MworkerProc](unsafe.Pointer(l), procListOffset)
}

// procNew makes an empty entry.
//
//lastwake:c mworker_proc_new src/mworker.c
func (w *World) procNew() *MworkerProc {
	child := (*MworkerProc)(w.malloc(kindProc, 1))
	if child == nil {
		return nil
	}
	child.Pid = 0
	child.Type = 'w'
	child.Options = 0
	child.Reloads = 0
	child.IpcFD[0] = -1
	child.IpcFD[1] = -1
	child.ID = nil
	child.Version = nil
	child.List.Init()
	return child
}

// procFree frees an entry that is in no list.
//
//lastwake:c mworker_free_child src/mworker.c
func (w *World) procFree(child *MworkerProc) {
	if child == nil {
		return
	}
	w.freeString(child.ID)
	w.freeString(child.Version)
	w.free(kindProc, unsafe.Pointer(child))
}

// numProcs is the length of the list.
//
//lastwake:primitive
func (w *World) numProcs() int {
	n := 0
	for l := w.g.ProcList.N; l != &w.g.ProcList; l = w.next(l) {
		n++
	}
	return n
}

// procAdd appends an entry of this version's.
//
// Deviation: HAProxy makes the entry of a worker before it forks and notes both
// ends of its sockets in it; here it is made behind the fork, when the worker's
// end is the worker's. The master's own pair, for reloads from its command line,
// is not there.
//
//lastwake:c mworker_proc_new src/mworker.c
func (w *World) procAdd(pid, kind int32) *MworkerProc {
	if w.numProcs() >= maxEntries {
		return nil
	}
	child := w.procNew()
	if child == nil {
		return nil
	}
	version := w.newString(kindString, versionText)
	if version == nil {
		w.procFree(child)
		return nil
	}
	child.Version = version
	child.Pid = pid
	child.Type = kind
	w.g.ProcList.Append(&child.List)
	return child
}

// procListToEnv writes the list to HAPROXY_PROCESSES. It reports false when
// memory is out.
//
//lastwake:c mworker_proc_list_to_env src/mworker.c
func (w *World) procListToEnv() bool {
	before, _ := w.rows()
	w.pair = w.pair[:0]
	head := &w.g.ProcList
	for l := w.g.ProcList.N; l != head; l = w.next(l) {
		child := w.procOf(l)
		if child.Pid <= 0 {
			continue
		}
		w.pair = append(w.pair, "|type="...)
		w.pair = append(w.pair, byte(child.Type))
		w.pair = append(w.pair, ";fd="...)
		w.pair = strconv.AppendInt(w.pair, int64(child.IpcFD[0]), 10)
		w.pair = append(w.pair, ";pid="...)
		w.pair = strconv.AppendInt(w.pair, int64(child.Pid), 10)
		w.pair = append(w.pair, ";reloads="...)
		w.pair = strconv.AppendInt(w.pair, int64(child.Reloads), 10)
		w.pair = append(w.pair, ";id="...)
		w.pair = w.appendString(w.pair, child.ID)
		w.pair = append(w.pair, ";version="...)
		w.pair = w.appendString(w.pair, child.Version)
	}
	if !w.setByName(program.NameProcesses, w.pair, true) {
		return false
	}
	w.checkSaved(&before)
	return true
}

// appendString appends the string s, which may be nil, to text.
//
//lastwake:primitive
func (w *World) appendString(text []byte, s *Char) []byte {
	if s == nil {
		return text
	}
	return append(text, w.read(s)...)
}

// envToProcList reads the list from HAPROXY_PROCESSES. It reports false when
// memory is out.
//
//lastwake:c mworker_env_to_proc_list src/mworker.c
func (w *World) envToProcList() bool {
	env := w.getenv(nameTexts[program.NameProcesses])
	if env == nil {
		return true
	}
	msg := env
	if !w.Faults.Has(fault.HAPROXY_d27f457ee) {
		msg = w.strdup(kindString, env)
		if msg == nil {
			return false
		}
	}
	ok := true
	for from := int32(0); from >= 0 && ok; {
		token := shadow.Index(msg, from)
		n := w.cut(token, '|')
		ok = w.parseProc(token)
		from = w.following(from, n)
	}
	if !w.Faults.Has(fault.HAPROXY_d27f457ee) {
		w.freeString(msg)
	}
	w.unsetByName(program.NameProcesses)
	return ok
}

// cut ends the string s at the first sep and returns where that was, -1 if it
// has none: what strtok does to the string that it is given.
//
//lastwake:c strtok_r libc
//lastwake:primitive
func (w *World) cut(s *Char, sep uint8) int32 {
	n := w.strchr(s, sep)
	if n >= 0 {
		w.put(s, n, 0)
	}
	return n
}

// following is where the token behind the one at from begins, which ends n
// bytes further; -1 if that was the last one.
//
//lastwake:primitive
func (w *World) following(from, n int32) int32 {
	if n < 0 {
		return -1
	}
	return from + n + 1
}

// parseProc reads one entry and appends it to the list. An entry without a pid
// is dropped.
//
// Deviation: so is one more than the list of the model holds. Every entry is
// marked as leaving, as HAProxy 2.0 did; 3.0 marks those of older reloads. The
// master finds its own by its pid, 3.0 takes the last of type m.
//
//lastwake:c mworker_env_to_proc_list src/mworker.c
func (w *World) parseProc(token *Char) bool {
	if w.at(token, 0) == 0 {
		return true
	}
	child := w.procNew()
	if child == nil {
		return false
	}
	for from := int32(0); from >= 0; {
		sub := shadow.Index(token, from)
		n := w.cut(sub, ';')
		if !w.parseOption(child, sub) {
			w.procFree(child)
			return false
		}
		from = w.following(from, n)
	}
	if child.Pid != 0 && w.numProcs() < maxEntries {
		w.say(evProcParsed, uint64(child.Pid), uint64(child.Type))
		if !w.Faults.Has(fault.HAPROXY_920fc8bbe) {
			child.Options |= procLeaving
		}
		w.g.ProcList.Append(&child.List)
	} else {
		w.say(evProcDropped, 0, 0)
		w.procFree(child)
	}
	if w.Faults.Has(fault.HAPROXY_920fc8bbe) {
		child.Options |= procLeaving
	}
	return true
}

// procOptions are the beginnings of an entry's options.
var procOptions = [...][]byte{[]byte("type="), []byte("fd="), []byte("pid="), []byte("reloads="), []byte("id="), []byte("version=")}

// parseOption reads one option of an entry; false means that memory is out.
//
//lastwake:primitive
func (w *World) parseOption(child *MworkerProc, s *Char) bool {
	switch {
	case w.strncmp(s, procOptions[0]):
		kind := w.at(s, 5)
		child.Type = int32(kind)
	case w.strncmp(s, procOptions[1]):
		n := w.atoi(shadow.Index(s, 3))
		child.IpcFD[0] = int32(n)
	case w.strncmp(s, procOptions[2]):
		n := w.atoi(shadow.Index(s, 4))
		child.Pid = int32(n)
	case w.strncmp(s, procOptions[3]):
		n := w.atoi(shadow.Index(s, 8))
		child.Reloads = int32(n)
	case w.strncmp(s, procOptions[4]) && child.ID == nil:
		id := w.strdup(kindString, shadow.Index(s, 3))
		child.ID = id
		return id != nil
	case w.strncmp(s, procOptions[5]) && child.Version == nil:
		version := w.strdup(kindString, shadow.Index(s, 8))
		child.Version = version
		return version != nil
	}
	return true
}

// catchSigchld treats the end of process pid.
//
//lastwake:c mworker_catch_sigchld src/mworker.c
func (w *World) catchSigchld(pid int32) {
	found := false
	head := &w.g.ProcList
	l := head.N
	for l != head {
		child := w.procOf(l)
		if child.Pid == pid {
			child.List.Delete()
			found = true
			break
		}
		l = w.next(l)
	}
	child := w.procOf(l)
	if !found {
		w.say(evSigchldUnknown, uint64(pid), 0)
	} else {
		w.say(evProcFreed, uint64(pid), 0)
		w.closeIPC(child)
	}
	if w.Faults.Has(fault.HAPROXY_f94afebb9) || found {
		w.procFree(child)
	}
}

// socketPair opens the sockets of a worker to come, -1 both if there are not two
// descriptors.
//
//lastwake:c mworker_cli_sockpair_new src/cli.c
func (w *World) socketPair() (master, worker int) {
	master = w.openFD(fdIPC, true)
	worker = w.openFD(fdEnd, true)
	if worker < 0 {
		w.closePair(master, worker)
		return -1, -1
	}
	return master, worker
}

// closePair closes those ends of a pair that are not -1.
//
//lastwake:primitive
func (w *World) closePair(master, worker int) {
	if master >= 0 {
		w.closeFD(master)
	}
	if worker >= 0 {
		w.closeFD(worker)
	}
}

// closeIPC closes the master's end of the sockets of a child.
//
//lastwake:primitive
func (w *World) closeIPC(child *MworkerProc) {
	n := int(child.IpcFD[0])
	p := w.me()
	if n >= 3 && n < maxFDs && p.fds[n].open && p.fds[n].role == fdIPC {
		w.closeFD(n)
	}
}

// closeSockets closes a worker's copies of the master's sockets.
//
//lastwake:primitive
func (w *World) closeSockets() {
	for i := range w.me().fds {
		if w.me().fds[i].open && w.me().fds[i].role == fdIPC {
			w.closeFD(i)
		}
	}
}

// freeProcs empties the list.
//
//lastwake:primitive
func (w *World) freeProcs() {
	head := &w.g.ProcList
	for l := head.N; l != head; l = head.N {
		w.spend()
		child := w.procOf(l)
		child.List.Delete()
		w.procFree(child)
	}
}
