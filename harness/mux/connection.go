package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// Connection flags, include/haproxy/connection-t.h.
const (
	coError    = 0x00100000 // CO_FL_ERROR
	coSockRdSh = 0x00200000 // CO_FL_SOCK_RD_SH
	coSockWrSh = 0x00400000 // CO_FL_SOCK_WR_SH
)

// A Connection is struct connection: what the stream layer sees of a QUIC
// connection.
//
//lastwake:managed
type Connection struct {
	Flags        uint32    `c:"flags"`
	MuxSet       uint32    `c:"mux"` // 1 while the QUIC mux is installed
	Ctx          *QCC      `c:"ctx"`
	QC           *QuicConn `c:"handle.qc"`
	Owner        *Session  `c:"owner"`
	StoppingList List      `c:"stopping_list"`

	// Of a connection to a server.
	Target       *Server  `c:"target"`
	HashNode     Eb64Node `c:"hash_node"`     // in safe_conns or avail_conns
	IdleList     List     `c:"idle_list"`     // in idle_conn_list
	ToremoveList List     `c:"toremove_list"` // in toremove_conns
}

// A Session is struct session: the owner of a frontend connection.
//
//lastwake:managed
type Session struct {
	Conn *Connection `c:"origin"`
}

// A WaitEvent is struct wait_event: who is to be woken for which events.
//
//lastwake:managed
type WaitEvent struct {
	Tasklet *Tasklet `c:"tasklet"`
	Events  uint32   `c:"events"`
}

// Events that can be subscribed to.
const (
	subRetryRecv = 1
	subRetrySend = 2
)

func connOfStopping(n *List) *Connection {
	return shadow.ContainerOf[Connection](unsafe.Pointer(n), unsafe.Offsetof(Connection{}.StoppingList))
}

// connNew models conn_new.
//
//lastwake:c conn_new src/connection.c
func (w *World) connNew() *Connection {
	conn := (*Connection)(w.alloc(kindConnection))
	if conn == nil {
		return nil
	}
	conn.Flags = 0
	conn.MuxSet = 0
	conn.Ctx = nil
	conn.QC = nil
	conn.Owner = nil
	conn.StoppingList.Init()
	conn.Target = nil
	conn.HashNode.Root = nil
	conn.IdleList.Init()
	conn.ToremoveList.Init()
	return conn
}

// sessionAccept models session_accept_fd and conn_complete_session: a session
// owns the new connection, the transport starts, the mux is installed. When
// the mux cannot be, the session frees itself and the connection; without a
// session the connection closes.
//
// Deviation: proxies, listeners and counters of a session are not modelled.
//
//lastwake:c session_accept_fd src/session.c
func (w *World) sessionAccept(conn *Connection) {
	qc := conn.QC
	w.qcConnInit(qc)
	sess := (*Session)(w.alloc(kindSession))
	if sess == nil {
		qc.Conn = nil
		conn.fullClose(w)
		conn.Free(w)
		return
	}
	sess.Conn = conn
	conn.Owner = sess
	w.xprtStart(qc)
	if !w.qmuxInit(conn, nil) {
		w.sessionFree(sess)
		return
	}
	conn.MuxSet = 1
}

// sessionFree models session_free after a failed start: the transport is told,
// then the connection goes.
//
//lastwake:c session_free src/session.c
func (w *World) sessionFree(sess *Session) {
	conn := sess.Conn
	qc := conn.QC
	qc.Conn = nil
	w.free(kindSession, unsafe.Pointer(sess))
	conn.Owner = nil
	conn.fullClose(w)
	conn.Free(w)
}

// fullClose models conn_full_close: the transport layer closes.
//
//lastwake:c conn_full_close include/haproxy/connection.h
//lastwake:primitive
func (conn *Connection) fullClose(w *World) { w.quicClose(conn.QC) }

// Free models conn_free; the session that owns a frontend connection goes
// with it, and a backend connection leaves its server.
//
//lastwake:c conn_free src/connection.c
//lastwake:primitive
func (conn *Connection) Free(w *World) {
	if conn.Target != nil {
		conn.backendDeinit(w)
	}
	sess := conn.Owner
	if sess != nil {
		w.free(kindSession, unsafe.Pointer(sess))
	}
	w.free(kindConnection, unsafe.Pointer(conn))
}

// softStop models what soft_stop does for the mux: the proxy is stopped, and
// each thread looks at its connections.
//
//lastwake:primitive
func (w *World) softStop() {
	w.stopping = true
	for thr := range int32(numThreads) {
		w.tid = thr
		w.muxStoppingProcess()
	}
}

// muxStoppingProcess models mux_stopping_process: each connection of the
// thread's stopping list is woken through its mux.
//
//lastwake:c mux_stopping_process src/connection.c
func (w *World) muxStoppingProcess() {
	head := &w.thread(w.tid).MuxStopping
	el := head.N
	for el != head {
		follow := w.next(el)
		conn := connOfStopping(el)
		if conn.MuxSet != 0 {
			w.qmuxWake(conn)
		}
		el = follow
	}
}
