package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
)

// Flags of a QCS, QC_SF_* in include/haproxy/mux_quic-t.h.
const (
	qsSizeKnown       = 0x00000001 // last frame received for this stream
	qsFinStream       = 0x00000002 // FIN bit must be set for last frame of the stream
	qsBlkMRoom        = 0x00000004 // app layer is blocked waiting for room in tx.buf
	qsDetach          = 0x00000008 // sc is detached but there is remaining data to send
	qsBlkSFCtl        = 0x00000010 // stream blocked due to stream flow control limit
	qsDemFull         = 0x00000020 // demux blocked on request channel buffer full
	qsReadAborted     = 0x00000040 // Rx closed using STOP_SENDING
	qsToReset         = 0x00000080 // a RESET_STREAM must be sent
	qsHreqRecv        = 0x00000100 // a full HTTP request has been received
	qsToStopSending   = 0x00000200 // a STOP_SENDING must be sent
	qsUnknownPLLength = 0x00000400 // end of message may be missing from the stream layer
	qsRecvReset       = 0x00000800 // a RESET_STREAM was received
	qsAppEOM          = 0x00020000 // with hq: the response in app_buf is complete, HTX_FL_EOM
	qsTxBufOOB        = 0x00010000 // since 3.1: the stream's Tx buffers do not count
)

// The states of a stream, QC_SS_*. Each half closes once; a unidirectional
// stream goes straight to closed.
const (
	ssIdle uint32 = iota
	ssOpen
	ssHLoc // half closed local
	ssHRem // half closed remote
	ssClo
)

// A QCSRx is the receive side of a stream.
//
//lastwake:managed
type QCSRx struct {
	Offset    uint64 `c:"offset"`     // absolute offset of the first byte in ncbuf
	OffsetMax uint64 `c:"offset_max"` // highest offset received
	NCBuf     NCBuf  `c:"ncbuf"`
	AppBuf    Buffer `c:"app_buf"` // what the stream layer has not read yet
	MSD       uint64 `c:"msd"`
	MSDInit   uint64 `c:"msd_init"`

	// Since 3.2.
	Bufs    EbRoot     `c:"bufs"`     // Rx buffers, by offset
	MSDBase uint64     `c:"msd_base"` // what msd counts from
	MSDFrm  *QuicFrame `c:"msd_frm"`  // MAX_STREAM_DATA that waits to be sent
}

// A QCSTx is the send side of a stream.
//
//lastwake:managed
type QCSTx struct {
	Offset     uint64 `c:"offset"`      // last offset ready to be sent
	SentOffset uint64 `c:"sent_offset"` // last offset sent by the transport
	Buf        Buffer `c:"buf"`         // what the stream layer wrote
	MSD        uint64 `c:"msd"`         // the peer's limit
}

// A QCS is struct qcs: a stream in the mux.
//
//lastwake:managed
type QCS struct {
	QCC       *QCC           `c:"qcc"`
	SD        *Sedesc        `c:"sd"`
	Flags     uint32         `c:"flags"`
	St        uint32         `c:"st"`
	Ctx       unsafe.Pointer `c:"ctx"` // *H3S with h3
	Rx        QCSRx          `c:"rx"`
	Tx        QCSTx          `c:"tx"`
	ByID      Eb64Node       `c:"by_id"`
	ID        uint64         `c:"id"`
	Stream    *QCStreamDesc  `c:"stream"` // nil for a peer's uni stream
	ElSend    List           `c:"el_send"`
	ElOpening List           `c:"el_opening"`
	ElFctl    List           `c:"el_fctl"` // from 3.0 on
	ElBuf     List           `c:"el_buf"`  // from 3.0 on
	ElRecv    List           `c:"el_recv"` // since 3.2
	Subs      *WaitEvent     `c:"subs"`
	Err       uint64         `c:"err"`
	Start     uint64         `c:"start"` // ms, when the wait for the request began
}

// freeNCBuf models qcs_free_ncbuf.
//
//lastwake:c qcs_free_ncbuf src/mux_quic.c
func (qcs *QCS) freeNCBuf(w *World) {
	if qcs.Rx.NCBuf.Area == nil {
		return
	}
	w.free(kindBuffer, unsafe.Pointer(qcs.Rx.NCBuf.Area))
	qcs.Rx.NCBuf.SetNull()
	if !w.Faults.Has(fault.HAPROXY_7cf9cf705) {
		qcs.Flags &^= qsDemFull
	}
}

// Free models qcs_free: the stream leaves every list, then what it owns goes
// in the order of the C function. The release of its descriptor may give a Tx
// buffer back to the connection.
//
//lastwake:c qcs_free src/mux_quic.c
func (qcs *QCS) Free(w *World) {
	qcc := qcs.QCC
	id := qcs.ID
	if w.tracing {
		w.traceStreamFree(qcs)
	}
	if !w.Faults.Has(fault.HAPROXY_15337fd80) {
		qcs.ElOpening.DelInit()
	} else if qcs.ElOpening.InList() {
		qcs.ElOpening.Delete()
	}
	qcs.ElRecv.DelInit()
	qcs.ElSend.DelInit()
	qcs.ElFctl.DelInit()
	qcs.ElBuf.DelInit()

	if qcs.SD != nil {
		w.bugOn(qcs.SD.Flags&seOrphan == 0, "qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN)")
		w.sedescFree(qcs.SD)
	}
	if w.cfg.era >= era35 && qcs.Flags&qsHreqRecv != 0 {
		qcc.rmHreq(w)
	}
	if qcs.Ctx != nil && qcc.AppOps == appH3 {
		w.trace(evAppDetach, id)
		w.h3Detach(qcs)
	}
	qcs.releaseDesc(w)

	qcs.freeRx(w)
	if !w.Faults.Has(fault.HAPROXY_1cb254ad7) {
		qcs.Rx.AppBuf.Free(w)
	}
	qcs.Tx.Buf.Free(w)
	w.closeAccount(qcc, qcs)
	qcs.ByID.Delete()
	w.free(kindQCS, unsafe.Pointer(qcs))
	w.trace(evQcsFreeEnd, id)
}

// releaseDesc is the part of qcs_free that lets go of the descriptor. Since 3.1
// it is told whom to notify from now on.
//
//lastwake:c qcs_free src/mux_quic.c
func (qcs *QCS) releaseDesc(w *World) {
	if w.cfg.era < era32 {
		qcs.Stream.Release(w, qcs.Tx.SentOffset)
		return
	}
	stream := qcs.Stream
	if stream != nil {
		stream.NotifySend = notifyNone
		stream.ReleaseTo(w, qcs.Tx.SentOffset, qcs.QCC)
	}
}

// closeAccount keeps a stream's share of the connection's sums for the audit.
//
//lastwake:primitive
func (w *World) closeAccount(qcc *QCC, qcs *QCS) {
	conn := qcc.Conn
	if conn == nil {
		return
	}
	c := &w.conns[conn.QC.Index%maxConns]
	c.txFreed += qcs.owed(qcc)
	c.sentFreed += qcs.Tx.SentOffset
	c.rxFreed += qcs.Rx.OffsetMax
	c.creditsClosed += qcs.credit()
}

// closeOwed keeps for the audit that a stream goes with a STOP_SENDING owed to
// a peer who still sends.
//
//lastwake:primitive
func (w *World) closeOwed(qcc *QCC, qcs *QCS) {
	if qcs.Flags&qsToStopSending != 0 && !qcs.isCloseRemote() && qcc.Flags&(qcErrConn|qcErrL) == 0 {
		conn := qcc.Conn
		w.conns[conn.QC.Index%maxConns].stopsDropped++
	}
}

// noteIdleReset keeps for the audit that a stream of ours is reset which was
// never opened, so that its local half cannot be closed.
//
//lastwake:primitive
func (w *World) noteIdleReset(qcs *QCS) {
	qcc := qcs.QCC
	if qcs.St == ssIdle && qcc.isLocal(qcs.ID) {
		c := w.slotOf(qcc)
		c.idleResets++
	}
}

// closeCritical keeps for the audit that a control stream of the peer's, which
// must not end, does, and nobody has raised an error. The streams of QPACK must
// not end either, which HAProxy does not look at.
//
//lastwake:primitive
func (w *World) closeCritical(qcc *QCC, qcs *QCS) {
	h3s := qcs.h3s()
	if h3s == nil || qcs.QCC.isLocal(qcs.ID) || h3s.Type != h3sCtrl {
		return
	}
	if qcc.Flags&(qcErrConn|qcErrL) == 0 {
		conn := qcc.Conn
		w.conns[conn.QC.Index%maxConns].criticalLost++
	}
}

// qcsNew models qcs_new. What can fail comes last, so that qcs_free finds
// every field set.
//
//lastwake:c qcs_new src/mux_quic.c
func (w *World) qcsNew(qcc *QCC, id uint64) *QCS {
	qcs := (*QCS)(w.alloc(kindQCS))
	if qcs == nil {
		return nil
	}
	qcs.init(w, qcc, id)
	if w.Faults.Has(fault.HAPROXY_10dab4af9) {
		if !qcs.newDesc(w) {
			qcs.Free(w)
			return nil
		}
		qcs.initSides(w)
	} else {
		qcs.initSides(w)
		if !qcs.newSedesc(w) || !qcs.newDesc(w) {
			qcs.Free(w)
			return nil
		}
	}
	w.traceStreamNew(qcs)
	if !w.appAttach(qcc, qcs) {
		qcs.Free(w)
		return nil
	}
	return qcs
}

// newSedesc allocates the stream endpoint descriptor, which came with the
// stream from 3.0 to 3.2, and before and after comes with the stream connector.
// It reports false when that fails.
//
//lastwake:primitive
func (qcs *QCS) newSedesc(w *World) bool {
	if w.cfg.era < era30 || w.cfg.era >= era35 {
		return true
	}
	return qcs.makeSedesc(w)
}

// makeSedesc allocates the stream endpoint descriptor, of which nobody above
// knows yet.
//
//lastwake:primitive
func (qcs *QCS) makeSedesc(w *World) bool {
	sd := w.sedescNew()
	qcs.SD = sd
	if sd == nil {
		return false
	}
	sd.SE = qcs
	qcc := qcs.QCC
	sd.Conn = qcc.Conn
	sd.Flags |= seTMux | seOrphan
	return true
}

// newDesc allocates the transport's end of the stream, which a peer's uni
// stream does not have. It reports false when that fails.
//
//lastwake:primitive
func (qcs *QCS) newDesc(w *World) bool {
	id := qcs.ID
	qcc := qcs.QCC
	if streamIsUni(id) && !qcc.isLocal(id) {
		return true
	}
	conn := qcc.Conn
	qcs.Stream = w.qcStreamDescNew(id, qcs, conn.QC)
	return qcs.Stream != nil
}

// init sets the fields of a new stream, except those of its two sides.
//
//lastwake:c qcs_new src/mux_quic.c
func (qcs *QCS) init(w *World, qcc *QCC, id uint64) {
	qcs.Stream = nil
	qcs.QCC = qcc
	qcs.SD = nil
	qcs.Flags = 0
	qcs.St = ssIdle
	qcs.Ctx = nil
	qcs.ElOpening.Init()
	qcs.ElSend.Init()
	qcs.ElFctl.Init()
	qcs.ElBuf.Init()
	qcs.ElRecv.Init()
	qcs.Start = eternity
	qcs.ID = id
	qcs.ByID.Key = id
	qcc.StreamsByID.Insert(w, &qcs.ByID)
}

// initSides sets what the stream keeps for each direction.
//
//lastwake:primitive
func (qcs *QCS) initSides(w *World) {
	qcc := qcs.QCC
	id := qcs.ID
	qcs.Tx.MSD = qcc.txLimit(id)
	if qcs.Tx.MSD == 0 && !w.Faults.Has(fault.HAPROXY_9d905dfd7) {
		qcs.Flags |= qsBlkSFCtl
	}
	qcs.Rx.NCBuf.SetNull()
	qcs.Rx.AppBuf.SetNull()
	qcs.Rx.Offset = 0
	qcs.Rx.OffsetMax = 0
	qcs.Rx.MSD = qcc.rxLimit(id)
	qcs.Rx.MSDInit = qcs.Rx.MSD
	qcs.Rx.Bufs.Init()
	qcs.Rx.MSDBase = 0
	qcs.Rx.MSDFrm = nil
	qcs.Tx.Buf.SetNull()
	qcs.Tx.Offset = 0
	qcs.Tx.SentOffset = 0
	qcs.Subs = nil
	qcs.Err = 0
}

// txLimit is the peer's first limit for what we send on stream id; a peer's
// uni stream has none.
//
//lastwake:primitive
func (qcc *QCC) txLimit(id uint64) uint64 {
	switch {
	case !streamIsUni(id) && qcc.isLocal(id):
		return qcc.RFctl.MSDBidiR
	case !streamIsUni(id):
		return qcc.RFctl.MSDBidiL
	case qcc.isLocal(id):
		return qcc.RFctl.MSDUniL
	}
	return 0
}

// rxLimit is our first limit for what the peer sends on stream id.
//
//lastwake:primitive
func (qcc *QCC) rxLimit(id uint64) uint64 {
	switch {
	case !streamIsUni(id) && qcc.isLocal(id):
		return qcc.LFctl.MSDBidiL
	case !streamIsUni(id):
		return qcc.LFctl.MSDBidiR
	case !qcc.isLocal(id):
		return qcc.LFctl.MSDUniR
	}
	return 0
}

// sc models qcs_sc: the stream connector, or nil.
//
//lastwake:primitive
func (qcs *QCS) sc() *Stconn {
	if qcs.SD == nil {
		return nil
	}
	return qcs.SD.SC
}

// idleOpen models qcs_idle_open.
//
//lastwake:c qcs_idle_open src/mux_quic.c
func (qcs *QCS) idleOpen(w *World) {
	w.bugOnHot(qcs.St == ssClo, "qcs->st == QC_SS_CLO")
	if qcs.St == ssIdle {
		qcs.setState(w, ssOpen)
	}
}

//lastwake:primitive
func (qcs *QCS) setState(w *World, st uint32) {
	w.trace(evQcsState, qcs.ID, uint64(qcs.St), uint64(st))
	qcs.St = st
}

// closeLocal models qcs_close_local.
//
//lastwake:c qcs_close_local src/mux_quic.c
func (qcs *QCS) closeLocal(w *World) {
	w.bugOnHot(qcs.St == ssIdle, "qcs->st == QC_SS_IDLE")
	w.bugOnHot(qcs.isCloseLocal(), "qcs->st == QC_SS_HLOC || qcs->st == QC_SS_CLO")
	if streamIsUni(qcs.ID) {
		w.bugOnHot(!qcs.QCC.isLocal(qcs.ID), "quic_stream_is_remote(qcs->qcc, qcs->id)")
		qcs.setState(w, ssClo)
		return
	}
	st := ssHLoc
	if qcs.St == ssHRem {
		st = ssClo
	}
	qcs.setState(w, st)
	if w.cfg.era >= era35 {
		return // the request is over when its stream is freed
	}
	if qcs.Flags&qsHreqRecv != 0 || w.Faults.Has(fault.HAPROXY_afb7b9d8e) {
		qcs.QCC.rmHreq(w)
	}
}

// closeRemote models qcs_close_remote.
//
//lastwake:c qcs_close_remote src/mux_quic.c
func (qcs *QCS) closeRemote(w *World) {
	w.bugOnHot(qcs.St == ssIdle, "qcs->st == QC_SS_IDLE")
	w.bugOnHot(qcs.isCloseRemote(), "qcs->st == QC_SS_HREM || qcs->st == QC_SS_CLO")
	over := qcs.isCompleted(w)
	st := ssHRem
	if qcs.St == ssHLoc {
		st = ssClo
	}
	if streamIsUni(qcs.ID) {
		w.bugOnHot(qcs.QCC.isLocal(qcs.ID), "quic_stream_is_local(qcs->qcc, qcs->id)")
		st = ssClo
	}
	qcs.setState(w, st)
	// Deviation: a stream that was over already, detached and answered, stands in
	// the purge list and stays there. 3.2 and its successors halt when its last
	// bytes are decoded in the run of the mux that has sent the last of the
	// answer.
	if w.cfg.era >= era32 && !over {
		qcs.closedRemote(w)
	}
}

// closedRemote is the end of qcs_close_remote since 3.2: a STOP_SENDING that
// waits is pointless once the stream is over, and a stream that is completed
// goes to the purge list.
//
//lastwake:c qcs_close_remote src/mux_quic.c
func (qcs *QCS) closedRemote(w *World) {
	if qcs.St == ssClo && qcs.Flags&qsToStopSending != 0 && !w.Faults.Has(fault.HAPROXY_c7004be96) {
		w.trace(evStopCancelled, qcs.ID)
		qcs.Flags &^= qsToStopSending
		qcs.ElSend.DelInit()
	}
	if qcs.isCompleted(w) {
		w.bugOn(qcs.ElSend.InList(), "LIST_INLIST(&qcs->el_send)")
		qcs.toPurge(w)
	}
}

// isCompleted models qcs_is_completed: nothing is to be done for the stream
// any more, so that it can be purged.
//
//lastwake:c qcs_is_completed src/mux_quic.c
func (qcs *QCS) isCompleted(w *World) bool {
	if qcs.St == ssClo && qcs.sc() == nil {
		return true
	}
	if !qcs.isCloseLocal() || qcs.Flags&qsDetach == 0 {
		return false
	}
	if w.Faults.Has(fault.HAPROXY_c0c3a325a) {
		return true
	}
	return qcs.Flags&qsToStopSending == 0
}

// toPurge puts the stream, if it is over, into the purge list. The list shares
// its node with the send list, which the stream must have left.
//
//lastwake:primitive
func (qcs *QCS) toPurge(w *World) {
	if w.cfg.era < era32 || !qcs.isCompleted(w) {
		return
	}
	w.trace(evPurgListAdd, qcs.ID, uint64(qcs.St))
	qcc := qcs.QCC
	qcc.PurgList.Append(&qcs.ElSend)
}

//lastwake:primitive
func (qcs *QCS) isCloseLocal() bool { return qcs.St == ssHLoc || qcs.St == ssClo }

//lastwake:primitive
func (qcs *QCS) isCloseRemote() bool { return qcs.St == ssHRem || qcs.St == ssClo }

// alert models qcs_alert: the subscriber is woken, or else the stream layer.
//
//lastwake:c qcs_alert src/mux_quic.c
func (qcs *QCS) alert(w *World) {
	if qcs.Subs != nil {
		qcs.notifyRecv(w)
		qcs.notifySend(w)
		return
	}
	sc := qcs.sc()
	if sc != nil {
		w.trace(evAlert, qcs.ID)
		sc.wake(w)
	}
}

// subscribe models qcs_subscribe.
//
//lastwake:c qcs_subscribe src/mux_quic.c
func (qcs *QCS) subscribe(w *World, events uint32, es *WaitEvent) {
	w.bugOn(qcs.Subs != nil && qcs.Subs != es, "qcs->subs && qcs->subs != es")
	es.Events |= events
	qcs.Subs = es
}

// notifyRecv models qcs_notify_recv.
//
//lastwake:c qcs_notify_recv src/mux_quic.c
func (qcs *QCS) notifyRecv(w *World) {
	noteCalled(w, qcs, subRetryRecv)
	if qcs.Subs != nil && qcs.Subs.Events&subRetryRecv != 0 {
		w.trace(evNotifyRecv, qcs.ID)
		qcs.notify(w, subRetryRecv, fnQcsNotifyRecv)
	}
}

// notifySend models qcs_notify_send.
//
//lastwake:c qcs_notify_send src/mux_quic.c
func (qcs *QCS) notifySend(w *World) {
	noteCalled(w, qcs, subRetrySend)
	if qcs.Subs != nil && qcs.Subs.Events&subRetrySend != 0 {
		w.trace(evNotifySend, qcs.ID)
		qcs.notify(w, subRetrySend, fnQcsNotifySend)
	}
}

// notify wakes the subscriber and drops the event it waited for.
//
//lastwake:primitive
func (qcs *QCS) notify(w *World, event uint32, from Func) {
	subs := qcs.Subs
	subs.Tasklet.Wakeup(w, from)
	subs.Events &^= event
	if subs.Events == 0 {
		qcs.Subs = nil
	}
}

// Destroy models qcs_destroy: the stream's end is counted for the peer's
// stream credit, then it is freed.
//
//lastwake:c qcs_destroy src/mux_quic.c
func (qcs *QCS) Destroy(w *World) {
	qcc := qcs.QCC
	id := qcs.ID
	w.trace(evQcsDestroy, id)
	if w.Faults.Has(fault.HAPROXY_73806f067) {
		w.bugOn(qcs.Tx.Offset != qcs.Tx.SentOffset, "qcs->tx.offset != qcs->tx.sent_offset")
	} else {
		w.bugOn(qcs.Tx.Offset < qcs.Tx.SentOffset, "qcs->tx.offset < qcs->tx.sent_offset")
		if w.cfg.era >= era30 && qcc.Flags&(qcErrConn|qcErrL) == 0 && !w.Faults.Has(fault.HAPROXY_178fbffda) {
			w.bugOn(qcs.Tx.Offset != qcs.Tx.SentOffset, "qcs->tx.fc.off_soft != qcs->tx.fc.off_real")
		}
	}
	w.closeOwed(qcc, qcs)
	w.closeCritical(qcc, qcs)
	if qcc.Flags&qcErrL == 0 && !qcc.isLocal(id) {
		qcc.releaseRemoteStream(w, id)
	}
	qcs.Free(w)
	if w.cfg.era >= era35 && !qcc.isBack() && qcc.mayExpire() && qcc.NbHreq == 0 {
		qcc.resetIdleStart(w)
		qcc.refreshTimeout(w)
	}
}

// releaseRemoteStream models qcc_release_remote_stream: after half of the
// peer's streams have closed it gets credit for as many.
//
//lastwake:c qcc_release_remote_stream src/mux_quic.c
func (qcc *QCC) releaseRemoteStream(w *World, id uint64) {
	if streamIsUni(id) {
		return
	}
	qcc.LFctl.ClBidiR++
	w.trace(evClBidiR, qcc.LFctl.ClBidiR, id)
	if qcc.LFctl.ClBidiR <= qcc.LFctl.MSBidiInit/2 {
		return
	}
	frm := w.frmAlloc(ftMaxStreamsBidi)
	if frm == nil {
		qcc.SetError(w, errInternal, 0)
		return
	}
	limit := qcc.LFctl.MSBidi + qcc.LFctl.ClBidiR
	frm.Stream.Offset.Key = limit
	w.trace(evLfctlMaxStreams, limit)
	qcc.LFctl.Frms.Append(&frm.List)
	w.wakeMux(qcc, fnQccReleaseRemoteStream)
	qcc.LFctl.MSBidi = limit
	qcc.LFctl.ClBidiR = 0
}

// initStreamLocal models qcc_init_stream_local: the next stream of ours is
// opened, to a server also a bidirectional one.
//
//lastwake:c qcc_init_stream_local src/mux_quic.c
func (qcc *QCC) initStreamLocal(w *World, bidi bool) *QCS {
	id := qcc.NextUniL
	if bidi {
		id = qcc.NextBidiL
	}
	qcs := w.qcsNew(qcc, id)
	if qcs == nil {
		qcc.SetError(w, errInternal, 0)
		return nil
	}
	if bidi {
		qcc.NextBidiL += 4
	} else {
		qcc.NextUniL += 4
	}
	return qcs
}

// initStreamRemote models qcc_init_stream_remote: stream id and every one of
// its kind below that the peer skipped are opened.
//
//lastwake:c qcc_init_stream_remote src/mux_quic.c
func (qcc *QCC) initStreamRemote(w *World, id uint64) *QCS {
	limit := qcc.LFctl.MSBidi
	largest := qcc.LargestBidiR
	if streamIsUni(id) {
		limit = qcc.LFctl.MSUni
		largest = qcc.LargestUniR
	}
	if id >= limit*4 {
		qcc.SetError(w, errStreamLimit, 0)
		return nil
	}
	w.bugOn(id < largest, "id < *largest")
	var qcs *QCS
	for id >= largest {
		w.spend()
		qcs = w.qcsNew(qcc, largest)
		if qcs == nil {
			qcc.SetError(w, errInternal, 0)
			return nil
		}
		largest += 4
		if streamIsUni(id) {
			qcc.LargestUniR = largest
		} else {
			qcc.LargestBidiR = largest
		}
	}
	return qcs
}

// attachSC models qcs_attach_sc: a whole request head came, the stream layer
// gets its end of the stream. Since 3.2 a stream that is over gets none, and
// that is no failure. It reports false when an allocation fails.
//
//lastwake:c qcs_attach_sc src/mux_quic.c
func (qcs *QCS) attachSC(w *World, fin bool) bool {
	qcc := qcs.QCC
	if w.cfg.era >= era32 && qcs.St == ssClo && !w.Faults.Has(fault.HAPROXY_caf60ac69) {
		w.trace(evAttachSkipped, qcs.ID)
		return true
	}
	if qcs.SD == nil && !qcs.makeSedesc(w) {
		return false
	}
	sd := qcs.SD
	sc := w.scNewFromEndp(sd)
	if sc == nil {
		// Deviation: 220386ae4 keeps the sedesc and loses it when the request is
		// decoded again.
		w.sedescFree(sd)
		qcs.SD = nil
		return false
	}
	qcc.NbSC++
	if w.cfg.era < era35 {
		qcs.countRequest(w)
	} else {
		w.bugOn(qcs.Flags&qsHreqRecv == 0, "!(qcs->flags & QC_SF_HREQ_RECV)")
	}
	w.trace(evAttachSC, qcs.ID, qcc.NbSC, qcc.NbHreq, flag(fin))
	w.appOpened(qcs, sc)
	w.bugOnHot(!qcs.ElOpening.InList(), "!LIST_INLIST(&qcs->el_opening)")
	if w.Faults.Has(fault.HAPROXY_15337fd80) {
		qcs.ElOpening.Delete()
	} else {
		qcs.ElOpening.DelInit()
	}
	if fin {
		sd.Flags |= seEOI
	}
	if qcs.isCloseLocal() || qcs.Flags&qsToReset != 0 {
		sd.SetError(w, qcs)
	}
	return true
}

// waitHTTPReq models qcs_wait_http_req. Since 3.5 the stream counts as a request
// from here on, before that once the request is whole; nobody waits for one of
// our own.
//
//lastwake:c qcs_wait_http_req include/haproxy/mux_quic.h
func (qcs *QCS) waitHTTPReq(w *World) {
	qcc := qcs.QCC
	if !qcc.isBack() {
		qcs.Start = w.nowMS
		qcc.OpeningList.Append(&qcs.ElOpening)
	}
	if w.cfg.era >= era35 {
		qcs.countRequest(w)
	}
}

// countRequest counts the stream as a request, once.
//
//lastwake:primitive
func (qcs *QCS) countRequest(w *World) {
	w.bugOnHot(qcs.Flags&qsHreqRecv != 0, "qcs->flags & QC_SF_HREQ_RECV")
	qcs.Flags |= qsHreqRecv
	qcs.QCC.NbHreq++
}

// flag is 1 for true.
func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
