package mux

import "unsafe"

// A connection moves to another thread once in its life, after the handshake
// and before it has a mux. The thread that it leaves takes its tasks and its
// tasklet away and makes new ones that belong to the other; from then on it may
// not be touched, until the other thread puts them to work.
//
// The C's names are those since 3.1, when the first half was split; up to 3.0
// qc_bind_tid_prep and qc_bind_tid_commit are qc_set_tid_affinity, and
// qc_finalize_tid_rebind is qc_finalize_affinity_rebind.

// bindTIDPrep models qc_bind_tid_prep. It reports false if there is no memory
// for it; then nothing has changed.
//
//lastwake:c qc_bind_tid_prep src/quic_conn.c
func (qc *QuicConn) bindTIDPrep(w *World, target int32) bool {
	idle := w.taskNewOn(target)
	if idle == nil {
		return false
	}
	timer := w.taskNewOn(target)
	if timer == nil {
		idle.Destroy(w)
		return false
	}
	tl := w.taskletNew()
	if tl == nil {
		idle.Destroy(w)
		timer.Destroy(w)
		return false
	}
	old := qc.IdleTimerTask
	old.Kill(w)
	idle.Expire = old.Expire
	idle.Process = procQcIdleTimerTask
	idle.Context = unsafe.Pointer(qc)
	qc.IdleTimerTask = idle
	qc.TimerTask.Kill(w)
	timer.Process = procQcProcessTimer
	timer.Context = unsafe.Pointer(qc)
	qc.TimerTask = timer
	gone := qc.WaitEvent.Tasklet
	if gone.Queued() {
		qc.Flags |= qcIOToRequeue
	}
	gone.Kill(w)
	tl.Process = gone.Process
	tl.TID = target
	tl.Context = unsafe.Pointer(qc)
	qc.WaitEvent.Tasklet = tl
	qc.WaitEvent.Events = 0
	qc.Flags |= qcTIDRebind
	w.trace(evBindTIDPrep, uint64(target))
	return true
}

// bindTIDCommit models qc_bind_tid_commit: from now on the connection's packets
// come to its new thread.
//
//lastwake:c qc_bind_tid_commit src/quic_conn.c
func (qc *QuicConn) bindTIDCommit(w *World) {
	w.bugOn(qc.Flags&qcTIDRebind == 0, "!(qc->flags & QUIC_FL_CONN_TID_REBIND)")
	tl := qc.WaitEvent.Tasklet
	w.conns[qc.Index].tid = tl.TID
	w.trace(evBindTIDCommit, uint64(uint32(tl.TID)))
}

// bindTIDReset models qc_bind_tid_reset: the connection stays with this thread
// after all, and what was made for the other is this one's.
//
//lastwake:c qc_bind_tid_reset src/quic_conn.c
func (qc *QuicConn) bindTIDReset(w *World) {
	w.bugOn(qc.Flags&qcTIDRebind == 0, "!(qc->flags & QUIC_FL_CONN_TID_REBIND)")
	qc.IdleTimerTask.TID = w.tid
	qc.TimerTask.TID = w.tid
	qc.WaitEvent.Tasklet.TID = w.tid
	w.trace(evBindTIDReset)
}

// finalizeTIDRebind models qc_finalize_tid_rebind, the second half: the timers
// are armed, and the tasklet runs if it was about to.
//
//lastwake:c qc_finalize_tid_rebind src/quic_conn.c
func (qc *QuicConn) finalizeTIDRebind(w *World) {
	w.bugOn(qc.Flags&qcTIDRebind == 0, "!(qc->flags & QUIC_FL_CONN_TID_REBIND)")
	qc.Flags &^= qcTIDRebind
	w.bugOn(qc.Flags&(qcClosing|qcDraining) != 0, "qc->flags & (QUIC_FL_CONN_CLOSING|QUIC_FL_CONN_DRAINING)")
	w.trace(evFinalizeTIDRebind, uint64(uint32(w.tid)))
	qc.setTimer(w)
	qc.IdleTimerTask.Queue(w)
	if qc.Flags&qcIOToRequeue != 0 {
		qc.WaitEvent.Tasklet.Wakeup(w, fnQcFinalizeTIDRebind)
		qc.Flags &^= qcIOToRequeue
	}
}
