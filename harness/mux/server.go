package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// coSafeList of Connection.Flags, include/haproxy/connection-t.h: the server
// counts the connection among its idle ones. It is an account, not a place: a
// connection that was chosen to be closed has left the list and keeps the flag
// until it is freed.
const coSafeList = 0x00000001

// poolPurgeDelay is the server's pool-purge-delay, ms.
const poolPurgeDelay = 5000

// A Server is struct server with its struct srv_per_thread, and the
// struct idle_per_thread of the thread: whom the backend connections lead to,
// and which of them can be had for the next request.
//
// Deviation: there is one server and it has one set of trees. mux_ops.takeover
// is NULL for QUIC to this day, so that no thread finds another's connection,
// and no tasklet its context gone.
//
//lastwake:managed
type Server struct {
	SafeConns     EbRoot `c:"per_thr[0].safe_conns"`        // idle, by hash
	AvailConns    EbRoot `c:"per_thr[0].avail_conns"`       // in use, with streams to spare
	IdleConnList  List   `c:"per_thr[0].idle_conn_list"`    // those of safe_conns, the longest idle first
	PurgeDate     uint64 `c:"per_thr[0].idle_node.key"`     // ms, 0 while the server is not in idle_conn_srv
	ToremoveConns List   `c:"idle_conns[0].toremove_conns"` // chosen to be closed
	CleanupTask   *Task  `c:"idle_conns[0].cleanup_task"`   // closes them
	IdleConnTask  *Task  `c:"idle_conn_task[0]"`            // chooses them
	CurrUsed      uint64 `c:"curr_used_conns"`
	CurrIdle      uint64 `c:"curr_idle_conns"`
	MaxUsed       uint64 `c:"max_used_conns"`
	EstNeed       uint64 `c:"est_need_conns"`
	MaxReuse      uint64 `c:"max_reuse"`
}

func connOfHash(n *Eb64Node) *Connection {
	return shadow.ContainerOf[Connection](unsafe.Pointer(n), unsafe.Offsetof(Connection{}.HashNode))
}

func connOfIdle(n *List) *Connection {
	return shadow.ContainerOf[Connection](unsafe.Pointer(n), unsafe.Offsetof(Connection{}.IdleList))
}

func connOfToremove(n *List) *Connection {
	return shadow.ContainerOf[Connection](unsafe.Pointer(n), unsafe.Offsetof(Connection{}.ToremoveList))
}

// initServer makes the server and the two tasks of its idle connections, which
// live as long as the process.
func (w *World) initServer() {
	srv := (*Server)(w.arena.Static(kindServer, 1))
	w.srv = srv
	srv.SafeConns.Init()
	srv.AvailConns.Init()
	srv.IdleConnList.Init()
	srv.ToremoveConns.Init()
	srv.MaxReuse = w.cfg.maxReuse
	srv.CleanupTask = w.staticTask(procSrvCleanupToremoveConns)
	srv.IdleConnTask = w.staticTask(procSrvCleanupIdleConns)
}

// staticTask makes a task that nobody destroys.
//
//lastwake:primitive
func (w *World) staticTask(process uint64) *Task {
	t := (*Task)(w.arena.Static(kindTask, 1))
	t.TID = w.tid
	t.Process = process
	t.RQ.Init()
	return t
}

// useConn models srv_use_conn: the server has one connection more in use.
//
//lastwake:c srv_use_conn include/haproxy/server.h
func (srv *Server) useConn() {
	srv.CurrUsed++
	used := srv.CurrUsed
	srv.MaxUsed = max(srv.MaxUsed, used)
	srv.EstNeed = max(srv.EstNeed, used)
}

// deleteFromTree models conn_delete_from_tree: the connection leaves the idle
// list and the tree that it is in, if any. It is for ever when somebody is
// about to close it.
//
//lastwake:c conn_delete_from_tree src/connection.c
func (conn *Connection) deleteFromTree(w *World, forEver bool) {
	conn.IdleList.DelInit()
	conn.HashNode.Delete()
	w.trace(evConnUnlisted, conn.HashNode.Key)
	if forEver && w.Faults.Has(fault.HAPROXY_9481cef94) {
		if !w.Faults.Has(fault.HAPROXY_096999ee2) {
			conn.Flags &^= coSafeList // as 096999ee2 did, which went by this flag
		}
	}
}

// addIdle models srv_add_idle: from now on the next request may take the
// connection.
//
// Deviation: that it was not chosen to be closed is a BUG_ON_STRESS, which C
// checks with DEBUG_STRESS alone, and the model like any other.
//
//lastwake:c srv_add_idle src/server.c
func (srv *Server) addIdle(w *World, conn *Connection) {
	chosen := w.noteToremove(conn)
	w.bugOn(chosen, "!mt_list_isempty(&conn->toremove_list)")
	srv.SafeConns.Insert(w, &conn.HashNode)
	srv.IdleConnList.Append(&conn.IdleList)
	w.trace(evConnIdle, conn.HashNode.Key)
}

// noteToremove reports whether a connection that becomes idle was chosen to be
// closed, and keeps it for the audit.
//
//lastwake:primitive
func (w *World) noteToremove(conn *Connection) bool {
	chosen := conn.ToremoveList.InList()
	if chosen {
		w.conns[conn.HashNode.Key%maxConns].idleToremove++
	}
	return chosen
}

// addToAvailList models srv_add_to_avail_list: the connection is in use and has
// room for more streams.
//
//lastwake:c srv_add_to_avail_list src/server.c
func (srv *Server) addToAvailList(w *World, conn *Connection) {
	idle := conn.IdleList.InList()
	w.bugOn(idle, "LIST_INLIST(&conn->idle_list)")
	srv.AvailConns.Insert(w, &conn.HashNode)
	w.trace(evConnAvail, conn.HashNode.Key)
}

// addToIdleList models srv_add_to_idle_list: the server keeps a connection that
// nobody uses any more, if it may be used again and there are not more of them
// than requests have needed. It reports false if the server does not keep it.
//
// Deviation: there are descriptors enough, no limit on idle connections, and
// nothing private.
//
//lastwake:c srv_add_to_idle_list src/server.c
func (srv *Server) addToIdleList(w *World, conn *Connection) bool {
	none := srv.SafeConns.IsEmpty()
	wanted := srv.CurrUsed+srv.CurrIdle <= max(srv.CurrUsed, srv.EstNeed)
	qcc := conn.Ctx
	if !none && !wanted || qcc.NbSC != 0 || qcc.availStreams(w) <= 0 {
		return false
	}
	srv.CurrIdle++
	srv.CurrUsed--
	conn.deleteFromTree(w, false)
	conn.Flags |= coSafeList
	srv.addIdle(w, conn)
	if srv.PurgeDate == 0 {
		date := w.nowMS + poolPurgeDelay
		srv.PurgeDate = date
		task := srv.IdleConnTask
		task.Expire = date
		task.Queue(w)
	}
	return true
}

// releaseConn models srv_release_conn: the server forgets a connection that is
// freed. The flag says among which it was counted.
//
//lastwake:c srv_release_conn src/server.c
func (srv *Server) releaseConn(w *World, conn *Connection) {
	if conn.Flags&coSafeList != 0 {
		srv.CurrIdle--
	} else {
		srv.CurrUsed--
	}
	if conn.HashNode.Root != nil {
		conn.deleteFromTree(w, true)
		conn.Flags &^= coSafeList
	}
}

// backendDeinit models conn_backend_deinit, the end of a connection to a
// server: no list may know it when it is freed.
//
//lastwake:c conn_backend_deinit src/connection.c
func (conn *Connection) backendDeinit(w *World) {
	srv := conn.Target
	srv.releaseConn(w, conn)
	listed := conn.HashNode.Root != nil
	w.bugOn(listed, "ceb_intree(&conn->hash_node.node)")
	conn.ToremoveList.DelInit() // chosen to be closed, and freed by somebody else
}

// migrateConnsToRemove models srv_migrate_conns_to_remove: up to most idle
// connections are chosen to be closed. They leave the list at once, so that no
// request finds them; the cleanup task frees them later, for to free a mux
// takes long and the idle lock is held here. It returns how many they are.
//
//lastwake:c srv_migrate_conns_to_remove src/server.c
func (srv *Server) migrateConnsToRemove(w *World, most uint64) uint64 {
	n := uint64(0)
	for n < most && !srv.IdleConnList.IsEmpty() {
		conn := connOfIdle(w.next(&srv.IdleConnList))
		conn.deleteFromTree(w, true)
		srv.ToremoveConns.Append(&conn.ToremoveList)
		w.trace(evConnToremove, conn.HashNode.Key)
		n++
	}
	if n != 0 {
		srv.CleanupTask.Wakeup(w, taskWokenOther)
	}
	return n
}

// cleanupToremoveConns models srv_cleanup_toremove_conns, the handler of the
// cleanup task: what was chosen is closed.
//
//lastwake:c srv_cleanup_toremove_conns src/server.c
func (srv *Server) cleanupToremoveConns(w *World) bool {
	w.trace(evRunCleanup)
	for !srv.ToremoveConns.IsEmpty() {
		el := w.next(&srv.ToremoveConns)
		el.DelInit()
		conn := connOfToremove(el)
		w.qcmDestroy(conn.Ctx)
	}
	return true
}

// cleanupIdleConns models srv_cleanup_idle_conns, the handler of the task that
// wakes every pool-purge-delay while there are idle connections: half of those
// that requests have not needed lately are chosen to be closed.
//
//lastwake:c srv_cleanup_idle_conns src/server.c
func (srv *Server) cleanupIdleConns(w *World, t *Task) bool {
	date := srv.PurgeDate
	if date != 0 && date <= w.nowMS {
		exceed := srv.exceedConns()
		w.trace(evRunPurge, exceed)
		if exceed != 0 {
			srv.migrateConnsToRemove(w, exceed+1)
		}
		srv.PurgeDate = 0
		if !srv.IdleConnList.IsEmpty() {
			srv.PurgeDate = w.nowMS + poolPurgeDelay
		}
	}
	t.Expire = srv.PurgeDate
	return true
}

// exceedConns is the part of srv_cleanup_idle_conns that decides how many
// connections are too many, and lets the estimate of the need follow.
//
//lastwake:c srv_cleanup_idle_conns src/server.c
func (srv *Server) exceedConns() uint64 {
	idle := srv.CurrIdle
	used := srv.CurrUsed
	most := srv.MaxUsed
	need := srv.EstNeed
	if idle == 0 {
		return 0
	}
	srv.EstNeed = max((need+most)/2, most)
	srv.MaxUsed = used
	if used+idle <= max(most, need) {
		return 0
	}
	return (used + idle - max(most, need) + 1) / 2
}
