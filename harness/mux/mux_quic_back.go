package mux

import "github.com/lastwake/lastwake/harness/fault"

// What the mux does for connections to servers, QC_CF_IS_BACK.

// isBack models conn_is_back.
//
//lastwake:primitive
func (qcc *QCC) isBack() bool { return qcc.Flags&qcIsBack != 0 }

// isLocal models quic_stream_is_local: a client's streams have even ids, and to
// a server we are the client.
//
//lastwake:primitive
func (qcc *QCC) isLocal(id uint64) bool { return (id&1 != 0) != qcc.isBack() }

// isReusable models qcc_be_is_reusable: nothing forbids new streams for good.
//
// Deviation: the ids of streams do not run out.
//
//lastwake:c qcc_be_is_reusable src/mux_quic.c
func (qcc *QCC) isReusable() bool {
	if qcc.Flags&(qcErrConn|qcErrL) != 0 || qcc.Task == nil {
		return false
	}
	if qcc.Flags&qcConnShut != 0 { // the server said GOAWAY
		return false
	}
	most := qcc.Conn.Target.MaxReuse
	return most == noMaxReuse || qcc.TotSC <= most
}

// isDeadBack is qcc_is_dead for a connection to a server: no request is in
// progress, and none will be. A request is in progress until its stream is
// freed; that the stream layer has let go of it says nothing about the bytes
// that are not sent yet.
// As on the other side, a failed connection is kept by the stream layer alone.
//
//lastwake:c qcc_is_dead src/mux_quic.c
func (qcc *QCC) isDeadBack(w *World) bool {
	if qcc.Flags&(qcErrConn|qcErrLDone) != 0 {
		return qcc.NbSC == 0
	}
	busy := qcc.NbHreq
	if w.Faults.Has(fault.HAPROXY_3cfb08c07) {
		busy = qcc.NbSC
	}
	if busy != 0 {
		return false
	}
	reusable := qcc.isReusable()
	return !reusable
}

// availStreams models qcm_avail_streams: how many streams can be opened now.
//
// Deviation: the server grants no more streams than at first, and
// tune.quic.be.stream.max-concurrent does not bind.
//
//lastwake:c qcm_avail_streams src/mux_quic.c
func (qcc *QCC) availStreams(w *World) uint64 {
	if !qcc.isReusable() {
		return 0
	}
	n := qcc.fctlAvailStreams(w)
	if n > 1 && qcc.TotSC == qcc.Conn.Target.MaxReuse {
		n = 1
	}
	return n
}

// fctlAvailStreams models qcc_fctl_avail_streams for bidirectional streams.
//
//lastwake:c qcc_fctl_avail_streams src/mux_quic.c
func (qcc *QCC) fctlAvailStreams(w *World) uint64 { return w.cfg.streams - qcc.NextBidiL/4 }

// attach models qcm_strm_attach: a request of the stream layer gets a stream of
// a connection that is there already. The connection is not idle any more, and
// its tasklet need not look for it in the idle list.
//
//lastwake:c qcm_strm_attach src/mux_quic.c
func (qcc *QCC) attach(w *World, sc *Stconn) bool {
	none := qcc.fctlAvailStreams(w) == 0
	w.bugOn(none, "!qcc_fctl_avail_streams(qcc, 1)")
	w.bugOn(qcc.Flags&(qcErrL|qcAppShut) != 0, "qcc->flags & QC_CF_ERRL || qcc->app_st >= QCC_APP_ST_SHUT")
	if !qcc.openRequest(w, sc) {
		return false
	}
	tl := qcc.WaitEvent.Tasklet
	tl.State &^= taskUSR1
	return true
}

// openRequest opens the next stream for a connector of the stream layer, which
// brings the endpoint descriptor.
//
//lastwake:c qcm_strm_attach src/mux_quic.c
func (qcc *QCC) openRequest(w *World, sc *Stconn) bool {
	qcs := qcc.initStreamLocal(w, true)
	if qcs == nil {
		return false
	}
	if !sc.attachMux(w, qcs) {
		qcs.Free(w)
		return false
	}
	qcs.SD = sc.Sedesc
	qcc.NbSC++
	qcc.TotSC++
	w.trace(evStrmAttach, qcs.ID, qcc.NbSC, qcc.NbHreq)
	w.appOpened(qcs, sc)
	return true
}

// goIdle is the part of qmux_strm_detach that makes a connection idle: the last
// of its streams has gone and it can carry more. It reports whether that is
// settled: it is idle, or the server does not keep it and it was released.
//
//lastwake:c qcm_strm_detach src/mux_quic.c
func (qcc *QCC) goIdle(w *World) bool {
	inited := qcc.Flags&(qcAppInit|qcAppShut) == qcAppInit
	if !inited || qcc.isDeadBack(w) {
		return false
	}
	conn := qcc.Conn
	srv := conn.Target
	if qcc.NbSC != 0 {
		if conn.HashNode.Root == nil && qcc.availStreams(w) != 0 {
			srv.addToAvailList(w, conn)
		}
		return false
	}
	// From now on somebody may take the connection or choose to close it while
	// the tasklet waits to run.
	tl := qcc.WaitEvent.Tasklet
	tl.State |= taskUSR1
	if srv.addToIdleList(w, conn) {
		return true
	}
	w.trace(evConnNotKept)
	qcc.Shutdown(w)
	qcc.Release(w)
	return true
}

// leaveIdle is the beginning of qcc_io_cb: while the tasklet works on an idle
// connection nobody else may find it. It reports whether it was in the idle
// list, where it belongs again afterwards. That is to be asked of the list: a
// connection that was chosen to be closed still has the flag, and must not come
// back to the list, or a request takes what is about to be freed.
//
//lastwake:c qcc_io_cb src/mux_quic.c
func (qcc *QCC) leaveIdle(w *World) bool {
	tl := qcc.WaitEvent.Tasklet
	if tl.State&taskUSR1 == 0 {
		return false
	}
	conn := qcc.Conn
	listed := conn.IdleList.InList()
	if w.Faults.Has(fault.HAPROXY_096999ee2) {
		listed = conn.Flags&coSafeList != 0
	}
	if listed {
		conn.deleteFromTree(w, false)
	}
	return listed
}

// refreshBack is qcc_refresh_timeout for a connection to a server, while no
// stream is attached: bytes that wait to be sent have the server's timeout. An
// idle connection has none of its own.
//
//lastwake:c qcc_refresh_timeout src/mux_quic.c
func (qcc *QCC) refreshBack(w *World, task *Task) {
	sending := qcc.SendList.InList()
	kept := qcc.Tx.Frms.InList()
	switch {
	case sending || kept:
		w.trace(evTimeout, timeoutDefault)
		task.Expire = addIfSet(w.nowMS, qcc.Timeout)
	case qcc.Flags&qcAppShut != 0:
		w.trace(evTimeout, timeoutShut)
		task.Expire = addIfSet(w.nowMS, qcc.ShutTimeout)
	}
	task.Queue(w)
}

// recvDone is the end of qcc_recv for a connection to a server: one that is
// idle when the GOAWAY comes goes at once. Where the frames come over TCP it is
// the mux's own tasklet that reads them, in a loop that goes on with the
// connection; there qcc_io_process finds out that it is dead.
//
// Deviation: a connection whose idle timer has fired is left to the mux's
// tasklet, which was woken by it; the C frees the quic_conn of the packet that
// it is in the middle of.
//
//lastwake:c qcc_recv src/mux_quic.c
func (qcc *QCC) recvDone(w *World) {
	if w.cfg.qmux && !w.Faults.Has(fault.HAPROXY_d7e3b826f) {
		return
	}
	qc := qcc.Conn.QC
	if !qcc.isDeadBack(w) || qc.Flags&qcExpTimer != 0 {
		return
	}
	w.trace(evDead, deadRecv)
	w.noteDropped(qcc)
	qcc.Release(w)
}

// qcmDestroy models qcm_destroy: the server closes the connection, whatever it
// is doing.
//
//lastwake:c qcm_destroy src/mux_quic.c
func (w *World) qcmDestroy(qcc *QCC) {
	w.trace(evDead, deadDestroy)
	qcc.Release(w)
}

// noteDropped keeps, for the audit, how many requests have bytes left when the
// mux finds that nobody needs the connection any more. After an error, or when
// a timeout has struck, that is as it should be.
//
//lastwake:primitive
func (w *World) noteDropped(qcc *QCC) {
	if qcc.Flags&(qcErrConn|qcErrL) != 0 || qcc.Task == nil {
		return
	}
	c := w.slotOf(qcc)
	for node := qcc.StreamsByID.First(); node != nil; node = w.after(node) {
		qcs := qcsOfID(node)
		over := qcs.isCloseLocal() || qcs.Flags&qsToReset != 0
		if !over && !streamIsUni(qcs.ID) && qcs.needSending(w) {
			c.txDropped++
		}
	}
}
