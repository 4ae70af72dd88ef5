package mux

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// What a connection waits in between its handshake and its mux: the accept list
// of the thread that made the handshake, then, if another thread is to have it,
// the accept queue of that one.

// acceptPush models quic_accept_push_qc: the handshake is over, and the
// connection waits to be accepted.
//
//lastwake:c quic_accept_push_qc src/quic_sock.c
func (w *World) acceptPush(qc *QuicConn) {
	here := w.thread(w.tid)
	here.AcceptList.Append(&qc.AcceptList)
}

// sockAccept models quic_sock_accept_conn: the connection gets its upper half,
// or goes back where it was for want of memory, and nil is returned.
//
// Deviation: which of the connections that wait is next is the program's choice,
// not the list's order.
//
//lastwake:c quic_sock_accept_conn src/quic_sock.c
func (w *World) sockAccept(qc *QuicConn) *Connection {
	qc.AcceptList.DelInit()
	conn := w.connNew()
	if conn == nil {
		w.trace(evAcceptPutOff)
		w.acceptPush(qc)
		return nil
	}
	conn.QC = qc
	qc.Conn = conn
	return conn
}

// listenerAccept models listener_accept: the connection is accepted by the
// thread target, or at once by this one if target is negative. It stays here as
// well when it cannot move: for want of memory, or because the other thread's
// accept queue is full.
//
//lastwake:c listener_accept src/listener.c
func (w *World) listenerAccept(qc *QuicConn, target int32) {
	conn := w.sockAccept(qc)
	if conn == nil {
		return
	}
	if target >= 0 && qc.bindTIDPrep(w, target) {
		if w.Faults.Has(fault.HAPROXY_95f624540) {
			qc.bindTIDCommit(w)
		}
		if w.acceptQueuePush(target, conn) {
			return
		}
		if !w.Faults.Has(fault.HAPROXY_95f624540) {
			qc.bindTIDReset(w)
		}
	}
	w.sessionAccept(conn)
}

// acceptQueuePush models accept_queue_push_mp. It reports false if the queue is
// full.
//
// Deviation: a queue holds one connection instead of 1022, for a program has
// four.
//
//lastwake:c accept_queue_push_mp src/listener.c
func (w *World) acceptQueuePush(target int32, conn *Connection) bool {
	there := w.thread(target)
	if there.AcceptQueue != nil {
		w.trace(evAcceptQueueFull, uint64(target))
		return false
	}
	if !w.Faults.Has(fault.HAPROXY_95f624540) {
		qc := conn.QC
		qc.bindTIDCommit(w)
	}
	there.AcceptQueue = conn
	return true
}

// acceptQueueProcess models accept_queue_process: this thread accepts what
// another has queued for it.
//
//lastwake:c accept_queue_process src/listener.c
func (w *World) acceptQueueProcess() {
	here := w.thread(w.tid)
	conn := here.AcceptQueue
	here.AcceptQueue = nil
	w.sessionAccept(conn)
}

// dgramParse models quic_dgram_parse for a connection that has no mux yet: its
// move to this thread is over, and the packet is not read.
//
// Deviation: the C keeps the packet until the mux is there. Here it is lost; the
// program may send it again.
//
//lastwake:c quic_dgram_parse src/quic_rx.c
func (w *World) dgramParse(qc *QuicConn) program.Outcome {
	if qc.Flags&qcTIDRebind == 0 {
		return program.NotNow
	}
	qc.finalizeTIDRebind(w)
	return program.Done
}
