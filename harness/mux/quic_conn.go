package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
)

// Flags of a QuicConn, QUIC_FL_CONN_*.
const (
	qcImmediateClose = 0x00000001 // a CONNECTION_CLOSE must be sent
	qcClosing        = 0x00000002 // ours was sent
	qcDraining       = 0x00000004 // the peer's came
	qcExpTimer       = 0x00000008 // the idle timer has fired
	qcToKill         = 0x00000010 // sending failed for good
	qcRetransNeeded  = 0x00000020
	qcTxMuxContext   = 0x00000040 // the mux is sending
	qcRetransOldData = 0x00000080
	qcProbeNeeded    = 0x00000100 // QUIC_FL_PKTNS_PROBE_NEEDED of the application space
	qcIOToRequeue    = 0x00000200 // the tasklet was to run when the connection moved
	qcTIDRebind      = 0x00000400 // on its way to another thread, AFFINITY_CHANGED up to 3.0
)

// States of the mux as the transport sees it, qc.mux_state.
const (
	muxNull uint32 = iota
	muxReady
	muxReleased
)

// Times, ms.
const (
	ptoMS     = 300 // a probe is due when nothing was acknowledged for so long
	closingMS = 900 // three times the PTO, RFC 9000 section 10.2
)

// A QuicConn is struct quic_conn: the transport's connection.
//
// Deviation: the packet number space of application data is part of it; the
// handshake is over when the model starts, keys and acknowledgements of the
// peer's packets are left out.
//
//lastwake:managed
type QuicConn struct {
	Flags            uint32      `c:"flags"`
	MuxState         uint32      `c:"mux_state"`
	QCC              *QCC        `c:"qcc"` // not cleared when the mux goes
	Conn             *Connection `c:"conn"`
	WaitEvent        WaitEvent   `c:"wait_event"`
	Subs             *WaitEvent  `c:"subs"`
	Err              QuicErr     `c:"err"`
	StreamsByID      EbRoot      `c:"streams_by_id"`
	NbStreamsCltBidi uint64      `c:"rx.strms[0].nb_streams"`
	NbStreamsSrvUni  uint64      `c:"rx.strms[3].nb_streams"`
	StreamBufCount   uint64      `c:"stream_buf_count"`
	TimerTask        *Task       `c:"timer_task"`
	IdleTimerTask    *Task       `c:"idle_timer_task"`
	IdleExpire       uint64      `c:"idle_expire"` // ms
	CIDs             *CIDs       `c:"cids"`
	CCBufArea        *CCBuf      `c:"tx.cc_buf_area"`
	TxBuf            Buffer      `c:"tx.buf"`
	Frms             List        `c:"apktns.tx.frms"` // frames to be sent (again)
	TxPkts           EbRoot      `c:"apktns.tx.pkts"` // packets in flight
	NextPN           uint64      `c:"apktns.tx.next_pn"`
	PTOProbe         uint64      `c:"apktns.tx.pto_probe"`
	CWnd             uint64      `c:"path.cwnd"`
	PrepInFlight     uint64      `c:"path.prep_in_flight"`
	InFlight         uint64      `c:"path.in_flight"`
	AckElicitingPkts uint64      `c:"path.ifae_pkts"`
	Index            uint64      `c:"scid"` // the n of c<n>
	AcceptList       List        `c:"accept_list"`
}

// CIDs stands for the tree of connection ids by which packets find their
// connection.
//
//lastwake:managed
type CIDs struct {
	QC     *QuicConn       `c:"qc"`
	Closed *QuicConnClosed `c:"cc_qc"`
	Pad    [4]uint64       `c:"(ids)"`
}

// A CCBuf is the small buffer for the packet with our CONNECTION_CLOSE.
//
//lastwake:managed
type CCBuf struct {
	Words [8]uint64 `c:"data"`
}

// A QuicConnClosed is struct quic_conn_closed: what is left of a connection in
// the closing state. It took over the tasklet, the idle timer and the ids.
//
//lastwake:managed
type QuicConnClosed struct {
	Flags         uint32    `c:"flags"`
	WaitEvent     WaitEvent `c:"wait_event"`
	IdleTimerTask *Task     `c:"idle_timer_task"`
	IdleExpire    uint64    `c:"idle_expire"`
	CIDs          *CIDs     `c:"cids"`
	CCBufArea     *CCBuf    `c:"cc_buf_area"`
	Index         uint64    `c:"scid"`
}

// qcNewConn models qc_new_conn and the end of the handshake.
//
//lastwake:c qc_new_conn src/quic_conn.c
func (w *World) qcNewConn(index uint64) *QuicConn {
	qc := (*QuicConn)(w.alloc(kindQuicConn))
	if qc == nil {
		return nil
	}
	w.arena.Zero(kindQuicConn, unsafe.Pointer(qc))
	qc.Index = index
	qc.Frms.Init()
	qc.AcceptList.Init()
	qc.CWnd = w.cfg.window
	if !qc.allocParts(w) {
		qc.freeParts(w)
		w.free(kindQuicConn, unsafe.Pointer(qc))
		return nil
	}
	qc.CIDs.QC = qc
	qc.CIDs.Closed = nil
	w.conns[index].cids = qc.CIDs
	qc.IdleExpire = w.nowMS + w.cfg.idleMS
	qc.IdleTimerTask.Expire = qc.IdleExpire
	qc.IdleTimerTask.Queue(w)
	return qc
}

// allocParts allocates what a connection owns.
//
//lastwake:primitive
func (qc *QuicConn) allocParts(w *World) bool {
	cids := (*CIDs)(w.alloc(kindCIDs))
	qc.CIDs = cids
	if cids == nil {
		return false
	}
	tl := w.taskletNew()
	qc.WaitEvent.Tasklet = tl
	if tl == nil {
		return false
	}
	tl.TID = w.tid
	tl.Process = procQuicConnAppIOCb
	tl.Context = unsafe.Pointer(qc)
	idle := w.taskNew()
	qc.IdleTimerTask = idle
	if idle == nil {
		return false
	}
	idle.Process = procQcIdleTimerTask
	idle.Context = unsafe.Pointer(qc)
	timer := w.taskNew()
	qc.TimerTask = timer
	if timer == nil {
		return false
	}
	timer.Process = procQcProcessTimer
	timer.Context = unsafe.Pointer(qc)
	return true
}

// freeParts is the error path of qc_new_conn.
//
//lastwake:primitive
func (qc *QuicConn) freeParts(w *World) {
	qc.TimerTask.Destroy(w)
	qc.IdleTimerTask.Destroy(w)
	qc.WaitEvent.Tasklet.Free(w)
	w.free(kindCIDs, unsafe.Pointer(qc.CIDs))
}

// countStream counts a new descriptor for its kind; a lower id is an old one
// even after the mux is gone.
//
//lastwake:primitive
func (qc *QuicConn) countStream(id uint64) {
	if id&3 == 0 {
		qc.NbStreamsCltBidi++
	} else {
		qc.NbStreamsSrvUni++
	}
}

// kill models qc_kill_conn: sending has failed for good.
//
// Deviation: the idle timer may be gone already when the mux outlived it;
// 220386ae4 wakes it all the same.
//
//lastwake:c qc_kill_conn src/quic_conn.c
func (qc *QuicConn) kill(w *World) {
	qc.Flags |= qcToKill
	qc.Flags &^= qcRetransNeeded
	if qc.IdleTimerTask != nil || w.Faults.Has(fault.HAPROXY_f7ae84e7d) {
		qc.IdleTimerTask.Wakeup(w, taskWokenOther)
	}
	qc.notifyErr(w)
}

// notifyErr models qc_notify_err: the mux hears that the connection is lost.
//
//lastwake:c qc_notify_err src/quic_conn.c
func (qc *QuicConn) notifyErr(w *World) {
	w.trace(evNotifyErr, flag(qc.MuxState == muxReady))
	conn := qc.Conn
	if qc.MuxState == muxNull && conn != nil {
		conn.Flags |= coError | coSockRdSh | coSockWrSh
	}
	if qc.MuxState != muxReady {
		return
	}
	conn.Flags |= coError | coSockRdSh | coSockWrSh
	w.wakeMux(qc.QCC, fnQcNotifyErr)
}

// notifySend models qc_notify_send: a subscriber that waits to send is woken
// if the window lets it, since 3.1 also the streams that wait for a Tx buffer.
// It reports whether there was a subscriber.
//
//lastwake:c qc_notify_send src/quic_conn.c
func (qc *QuicConn) notifySend(w *World) bool {
	woken := qc.wakeSubs(w)
	// Deviation: since 3.1 the C wakes who waits for a buffer only when there is
	// no subscriber, and for good too late if the subscriber can send nothing for
	// want of memory.
	if w.cfg.era >= era32 && qc.MuxState == muxReady && qc.QCC.Flags&qcConnFull != 0 {
		qc.QCC.notifyRoom(w, 0)
	}
	return woken
}

// wakeSubs is the part of qc_notify_send for the subscriber.
//
//lastwake:c qc_notify_send src/quic_conn.c
func (qc *QuicConn) wakeSubs(w *World) bool {
	subs := qc.Subs
	if subs == nil || subs.Events&subRetrySend == 0 {
		return false
	}
	room := qc.room()
	if room == 0 && qc.PTOProbe == 0 {
		return false
	}
	w.trace(evNotifySendXprt)
	if w.tracing {
		w.traceWake(subs.Tasklet, fnQcNotifySend)
	}
	subs.Tasklet.Wakeup(w, fnQcNotifySend)
	subs.Events &^= subRetrySend
	if subs.Events == 0 {
		qc.Subs = nil
	}
	return true
}

// setConnectionClose models quic_set_connection_close; the first code stays.
//
//lastwake:c quic_set_connection_close src/quic_conn.c
func (w *World) setConnectionClose(qc *QuicConn, code, app uint64) {
	w.trace(evSetConnectionClose, code, app, uint64(qc.Flags&qcImmediateClose))
	if qc.Flags&qcImmediateClose != 0 {
		return
	}
	qc.Flags |= qcImmediateClose
	qc.Err.Code = code
	qc.Err.App = app
}

// checkClose models qc_check_close_on_released_mux: once the mux is gone and
// everything is acknowledged the connection closes.
//
//lastwake:c qc_check_close_on_released_mux src/quic_conn.c
func (qc *QuicConn) checkClose(w *World) {
	empty := qc.StreamsByID.IsEmpty()
	w.trace(evCheckClose, flag(qc.MuxState == muxReleased), flag(!empty))
	if qc.MuxState == muxReleased && empty {
		w.setConnectionClose(qc, qc.Err.Code, qc.Err.App)
		qc.WaitEvent.Tasklet.Wakeup(w, fnQcCheckClose)
	}
}

// AppIOCb models quic_conn_app_io_cb, the handler of the connection's tasklet;
// it returns false when the tasklet is gone.
//
//lastwake:c quic_conn_app_io_cb src/quic_conn.c
func (qc *QuicConn) AppIOCb(w *World) bool {
	qc.ioPending(w)
	if qc.Flags&qcClosing != 0 && qc.MuxState != muxReady {
		return !qc.Release(w)
	}
	return true
}

// ioPending is the body of quic_conn_app_io_cb: packets that have arrived are
// treated by the op that brings them, then lost frames are probed and queued
// frames sent.
//
//lastwake:c quic_conn_app_io_cb src/quic_conn.c
func (qc *QuicConn) ioPending(w *World) {
	if qc.Flags&qcRetransNeeded != 0 {
		qc.Flags &^= qcRetransNeeded
		if !qc.dgramsRetransmit(w) {
			return
		}
	}
	if qc.Flags&qcToKill != 0 {
		return
	}
	if qc.Flags&qcDraining != 0 && qc.Flags&qcImmediateClose == 0 {
		return
	}
	qc.sendAppPkts(w, &qc.Frms)
}

// setTimer models qc_set_timer: a probe is due while packets are in flight.
//
//lastwake:c qc_set_timer src/quic_conn.c
func (qc *QuicConn) setTimer(w *World) {
	task := qc.TimerTask
	if task == nil {
		return
	}
	if qc.AckElicitingPkts == 0 {
		task.Expire = eternity
		return
	}
	task.Expire = w.nowMS + ptoMS
	task.Queue(w)
}

// qcProcessTimer models qc_process_timer for the probe timeout (RFC 9002
// section 6.2): new data goes first, otherwise old frames are sent again.
//
// Deviation: loss is the program's op net.lose, not a timer.
//
//lastwake:c qc_process_timer src/quic_conn.c
func (w *World) qcProcessTimer(t *Task, qc *QuicConn) bool {
	t.Expire = eternity
	over := qc.Flags&(qcDraining|qcToKill) != 0
	if over && w.Faults.Has(fault.HAPROXY_4070e4042) {
		return false
	}
	if over {
		return true
	}
	if qc.InFlight != 0 {
		w.trace(evPTO)
		qc.PTOProbe = 2
		if !qc.notifySend(w) {
			qc.Flags |= qcRetransNeeded | qcProbeNeeded
		}
	}
	qc.WaitEvent.Tasklet.Wakeup(w, fnQcProcessTimer)
	return true
}

// idleTimerDoRearm models qc_idle_timer_do_rearm.
//
//lastwake:c qc_idle_timer_do_rearm src/quic_conn.c
func (qc *QuicConn) idleTimerDoRearm(w *World) {
	task := qc.IdleTimerTask
	if task == nil {
		return
	}
	timeout := w.cfg.idleMS
	if qc.Flags&(qcClosing|qcDraining) != 0 {
		timeout = closingMS
	}
	qc.IdleExpire = w.nowMS + timeout
	task.Expire = qc.IdleExpire
	task.Queue(w)
}

// qcIdleTimerTask models qc_idle_timer_task. If the mux still lives it will
// release the connection, and only the timer goes now. It returns false when
// the task is gone.
//
// Deviation: up to 3.2 it releases a connection that waits in an accept queue as
// well, which is then accepted. Since 3.5 the upper half keeps it, in error.
//
//lastwake:c qc_idle_timer_task src/quic_conn.c
func (w *World) qcIdleTimerTask(t *Task, qc *QuicConn, state uint32) bool {
	if state&taskWokenOther == 0 && t.Expire > w.nowMS {
		return true
	}
	w.trace(evIdleTimer, flag(qc.MuxState == muxReady))
	qc.notifyErr(w)
	qc.Flags |= qcExpTimer
	if qc.MuxState != muxReady && qc.Conn == nil {
		qc.Release(w)
		return false
	}
	t.Destroy(w)
	qc.IdleTimerTask = nil
	return false
}

// Release models quic_conn_release. In the closing state a small object takes
// over the tasklet, the idle timer and the ids; otherwise they go too, and
// Release returns true.
//
//lastwake:c quic_conn_release src/quic_conn.c
func (qc *QuicConn) Release(w *World) bool {
	w.bugOn(qc.Flags&qcTIDRebind != 0, "qc->flags & QUIC_FL_CONN_TID_REBIND")
	w.bugOn(qc.MuxState == muxReady, "qc->mux_state == QC_MUX_READY")
	w.trace(evQuicConnRelease, uint64(qc.Flags&qcExpTimer), uint64(qc.Flags&qcClosing))
	converted := false
	if qc.Flags&qcClosing != 0 && qc.Flags&qcExpTimer == 0 && qc.CCBufArea != nil {
		converted = w.qcNewCCConn(qc)
	}
	if !converted {
		qc.IdleTimerTask.Destroy(w)
		qc.IdleTimerTask = nil
		w.trace(evQcTaskletFree)
		qc.WaitEvent.Tasklet.Free(w)
		w.conns[qc.Index].cids = nil
		w.free(kindCIDs, unsafe.Pointer(qc.CIDs))
		w.free(kindCCBuf, unsafe.Pointer(qc.CCBufArea))
	}
	if !w.Faults.Has(fault.HAPROXY_54bc78693) {
		qc.AcceptList.DelInit()
	}
	node := qc.StreamsByID.First()
	for node != nil {
		desc := descOfID(node)
		node = w.after(node)
		w.bugOn(desc.Released == 0, "!stream->release")
		desc.Free(w, true)
	}
	qc.TimerTask.Destroy(w)
	qc.TimerTask = nil
	qc.pktnsRelease(w)
	qc.TxBuf.Free(w)
	w.trace(evQuicConnFreed)
	w.free(kindQuicConn, unsafe.Pointer(qc))
	return !converted
}

// pktnsRelease models quic_pktns_release: packets in flight go with their
// frames, then the frames that wait.
//
//lastwake:c quic_pktns_tx_pkts_release include/haproxy/quic_tls.h
func (qc *QuicConn) pktnsRelease(w *World) {
	node := qc.TxPkts.First()
	for node != nil {
		pkt := pktOfPN(node)
		node = w.after(node)
		for !pkt.Frms.IsEmpty() {
			frm := frmOfList(w.next(&pkt.Frms))
			w.frmUnref(frm)
			frm.Ref.DelInit()
			frm.List.DelInit()
			frm.Pkt.refDec(w)
			w.frmFree(frm)
		}
		pkt.PNNode.Delete()
		pkt.refDec(w)
	}
	w.freeFrmList(&qc.Frms)
}

// qcNewCCConn models qc_new_cc_conn. It reports false when the object cannot
// be allocated.
//
//lastwake:c qc_new_cc_conn src/quic_conn.c
func (w *World) qcNewCCConn(qc *QuicConn) bool {
	cc := (*QuicConnClosed)(w.alloc(kindQuicConnClosed))
	if cc == nil {
		return false
	}
	cc.Flags = qc.Flags
	cc.Index = qc.Index
	cc.CIDs = qc.CIDs
	cc.CIDs.QC = nil
	cc.CIDs.Closed = cc
	tl := qc.WaitEvent.Tasklet
	cc.WaitEvent.Tasklet = tl
	cc.WaitEvent.Events = 0
	tl.Process = procQuicConnClosedIOCb
	tl.Context = unsafe.Pointer(cc)
	task := qc.IdleTimerTask
	cc.IdleTimerTask = task
	cc.IdleExpire = qc.IdleExpire
	task.Process = procQuicConnClosedIdleTimerTask
	task.Context = unsafe.Pointer(cc)
	cc.CCBufArea = qc.CCBufArea
	w.trace(evConverted)
	return true
}

// IOCb models quic_conn_closed_io_cb: the CONNECTION_CLOSE is sent again. It
// returns false when the tasklet is gone.
//
//lastwake:c quic_conn_closed_io_cb src/quic_conn.c
func (cc *QuicConnClosed) IOCb(w *World) bool {
	if w.conns[cc.Index].fatal {
		cc.Release(w)
		if !w.Faults.Has(fault.HAPROXY_d355bce7e) {
			return false
		}
	} else {
		cc.Flags &^= qcImmediateClose
	}
	return true
}

// Release models quic_release_cc_conn.
//
//lastwake:c quic_release_cc_conn src/quic_conn.c
func (cc *QuicConnClosed) Release(w *World) {
	cc.IdleTimerTask.Destroy(w)
	cc.IdleTimerTask = nil
	if !w.Faults.Has(fault.HAPROXY_d355bce7e) {
		cc.WaitEvent.Tasklet.Free(w)
	}
	w.conns[cc.Index].cids = nil
	w.free(kindCIDs, unsafe.Pointer(cc.CIDs))
	w.free(kindCCBuf, unsafe.Pointer(cc.CCBufArea))
	w.trace(evClosedConnFreed)
	w.free(kindQuicConnClosed, unsafe.Pointer(cc))
}

// quicConnClosedIdleTimerTask models quic_conn_closed_idle_timer_task.
//
//lastwake:c quic_conn_closed_idle_timer_task src/quic_conn.c
func (w *World) quicConnClosedIdleTimerTask(cc *QuicConnClosed) bool {
	cc.Release(w)
	return false
}
