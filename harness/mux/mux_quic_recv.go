package mux

import "github.com/lastwake/lastwake/harness/fault"

// streamIDIsClosed models qcc_stream_id_is_closed, for an id that is not in
// the tree: it has been opened before.
//
//lastwake:c qcc_stream_id_is_closed src/mux_quic.c
func (qcc *QCC) streamIDIsClosed(id uint64) bool {
	switch {
	case qcc.isLocal(id) && streamIsUni(id):
		return id < qcc.NextUniL
	case qcc.isLocal(id):
		return id < qcc.NextBidiL
	case streamIsUni(id):
		return id < qcc.LargestUniR
	}
	return id < qcc.LargestBidiR
}

// getQCS models qcc_get_qcs: the stream that a received frame is for, opened
// if the peer may open it. It returns nil and true for a stream that is closed
// already, and false after a connection error.
//
//lastwake:c qcc_get_qcs src/mux_quic.c
func (qcc *QCC) getQCS(w *World, id uint64, receiveOnly, sendOnly bool) (*QCS, bool) {
	if !receiveOnly && streamIsUni(id) && !qcc.isLocal(id) {
		qcc.SetError(w, errStreamState, 0)
		return nil, false
	}
	if !sendOnly && streamIsUni(id) && qcc.isLocal(id) {
		qcc.SetError(w, errStreamState, 0)
		return nil, false
	}
	node := qcc.StreamsByID.Lookup(w, id)
	if node != nil {
		return qcsOfID(node), true
	}
	if qcc.streamIDIsClosed(id) {
		w.trace(evStreamClosed, id)
		return nil, true
	}
	if qcc.isLocal(id) {
		qcc.SetError(w, errStreamState, 0)
		return nil, false
	}
	qcs := qcc.initStreamRemote(w, id)
	return qcs, qcs != nil
}

// consume models qcs_consume: n bytes leave the Rx buffer, the peer gets new
// credit when half of its window is used.
//
//lastwake:c qcs_consume src/mux_quic.c
func (qcs *QCS) consume(w *World, n uint64) {
	qcc := qcs.QCC
	qcs.Rx.NCBuf.Advance(w, qcs.Rx.Offset+n)
	if qcs.Rx.NCBuf.Empty() {
		qcs.freeNCBuf(w)
	}
	qcs.Rx.Offset += n
	w.trace(evConsume, qcs.ID, n, qcs.Rx.Offset)
	if qcs.Flags&qsSizeKnown == 0 && qcs.Rx.MSD-qcs.Rx.Offset < qcs.Rx.MSDInit/2 {
		frm := w.frmAlloc(ftMaxStreamData)
		if frm == nil {
			qcc.noCredit(w)
			return
		}
		qcs.Rx.MSD = qcs.Rx.Offset + qcs.Rx.MSDInit
		frm.Stream.ID = qcs.ID
		frm.Stream.Offset.Key = qcs.Rx.MSD
		w.trace(evLfctlMaxStreamData, qcs.ID, qcs.Rx.MSD)
		qcc.LFctl.Frms.Append(&frm.List)
		w.wakeMux(qcc, fnQcsConsume)
	}
	qcc.consumeConn(w, n)
}

// consumeConn is the end of qcs_consume: the connection's part of the credit.
//
//lastwake:c qcs_consume src/mux_quic.c
func (qcc *QCC) consumeConn(w *World, n uint64) {
	qcc.LFctl.OffsetsConsume += n
	if qcc.LFctl.MD-qcc.LFctl.OffsetsConsume < qcc.LFctl.MDInit/2 {
		frm := w.frmAlloc(ftMaxData)
		if frm == nil {
			qcc.noCredit(w)
			return
		}
		qcc.LFctl.MD = qcc.LFctl.OffsetsConsume + qcc.LFctl.MDInit
		frm.Stream.Offset.Key = qcc.LFctl.MD
		w.trace(evLfctlMaxData, qcc.LFctl.MD)
		qcc.LFctl.Frms.Append(&frm.List)
		w.wakeMux(qcc, fnQcsConsume)
	}
}

// noCredit is what qcs_consume does when there is no memory for a frame.
//
// Deviation: an error that the connection has already stays; 220386ae4 halts,
// for h3_rcv_buf sets one and returns a length all the same, which is consumed.
//
//lastwake:c qcs_consume src/mux_quic.c
func (qcc *QCC) noCredit(w *World) {
	if qcc.Flags&qcErrL == 0 {
		qcc.SetError(w, errInternal, 0)
	}
}

// decodeQCS models qcc_decode_qcs: the application layer takes what it
// understands of the contiguous bytes.
//
// Deviation: once the connection has failed nothing is decoded any more;
// 220386ae4 goes on, and a second bad stream halts it.
//
//lastwake:c qcc_decode_qcs src/mux_quic.c
func (qcc *QCC) decodeQCS(w *World, qcs *QCS) (uint64, bool) {
	if qcc.Flags&qcErrL != 0 {
		return 0, false
	}
	data := qcs.rxAvail(w)
	fin := qcs.isCloseRemote()
	var n uint64
	if qcs.mayDecode(w) {
		got, ok := w.appRcvBuf(qcc, qcs, data, fin)
		w.traceDecode(qcs, data, fin, got, ok)
		if !ok {
			return 0, false
		}
		if got == 0 && qcs.realign(w, data) {
			return qcc.decodeQCS(w, qcs)
		}
		n = got
		if qcs.Flags&qsToReset != 0 && qcs.sc() != nil && qcs.SD.Flags&(seError|seErrPending) == 0 {
			qcs.SD.SetError(w, qcs)
			qcs.alert(w)
		}
	} else {
		// Deviation: 220386ae4 leaves DEM_FULL set here, and halts when the stream
		// layer reads while a gap is all that is left.
		qcs.Flags &^= qsDemFull
		w.trace(evDecodeSkipped, qcs.ID)
		n = data
	}
	if w.cfg.era >= era32 {
		qcs.consumeRx(w, n)
	} else if n != 0 {
		qcs.consume(w, n)
	}
	if n != 0 || data == 0 && fin {
		qcs.notifyRecv(w)
	}
	return n, true
}

// mayDecode reports whether received bytes go to the application layer, and
// are not just dropped.
//
//lastwake:primitive
func (qcs *QCS) mayDecode(w *World) bool {
	if w.Faults.Has(fault.HAPROXY_801e39e1c) {
		// The first fix of HAPROXY-caf60ac69 was this, and a mistake of its own.
		if w.cfg.era >= era32 && qcs.isCompleted(w) && !w.Faults.Has(fault.HAPROXY_caf60ac69) {
			return false
		}
	}
	return qcs.Flags&qsReadAborted == 0
}

// resetStream models qcc_reset_stream: a RESET_STREAM shall be sent; bytes
// prepared but not sent go back to the connection's credit.
//
//lastwake:c qcc_reset_stream src/mux_quic.c
func (qcs *QCS) resetStream(w *World, code uint64) {
	qcc := qcs.QCC
	if qcs.Flags&qsToReset != 0 || qcs.isCloseLocal() {
		return
	}
	qcs.Flags |= qsToReset
	qcs.Err = code
	if qcc.isBack() && !w.Faults.Has(fault.HAPROXY_802a3b728) {
		qcs.idleOpen(w) // a request may be given up before a byte of it is sent
	}
	diff := qcs.Tx.Offset - qcs.Tx.SentOffset
	full := w.cfg.era >= era30 && qcc.sBlocked()
	if qcs.Tx.Offset > qcs.Tx.SentOffset && !w.Faults.Has(fault.HAPROXY_178fbffda) {
		w.bugOn(qcc.Tx.Offsets-diff < qcc.Tx.SentOffsets, "qcc->tx.offsets - diff < qcc->tx.sent_offsets")
		qcc.Tx.Offsets -= diff
		qcs.Tx.Offset = qcs.Tx.SentOffset
	}
	w.trace(evToReset, qcs.ID, code, diff)
	if full && !qcc.sBlocked() {
		qcc.notifyFctl(w)
	}
	if qcs.sc() != nil {
		qcs.SD.SetError(w, qcs)
		qcs.alert(w)
	}
	qcs.send(w, true)
	w.wakeMux(qcc, fnQccResetStream)
}

// send models qcc_send_stream: the stream is queued for emission, in front of
// the others when it is urgent.
//
//lastwake:c qcc_send_stream src/mux_quic.c
func (qcs *QCS) send(w *World, urgent bool) {
	qcc := qcs.QCC
	// Deviation: 220386ae4 has no exception for STOP_SENDING and dies when a
	// request turns out invalid after the peer has stopped the response.
	stop := qcs.Flags&qsToStopSending != 0
	w.bugOn(qcs.isCloseLocal() && !stop, "qcs_is_close_local(qcs) && !(qcs->flags & QC_SF_TO_STOP_SENDING)")
	already := qcs.ElSend.InList()
	w.trace(evSendListAdd, qcs.ID, flag(urgent), flag(already))
	qcc.clearFrms(w)
	if urgent {
		qcs.ElSend.DelInit()
		qcc.SendList.Insert(&qcs.ElSend)
		return
	}
	if !qcs.ElSend.InList() {
		qcc.SendList.Append(&qcs.ElSend)
	}
}

// abortRead models qcc_abort_stream_read: a STOP_SENDING shall be sent.
//
//lastwake:c qcc_abort_stream_read src/mux_quic.c
func (qcs *QCS) abortRead(w *World) {
	if qcs.Flags&qsToStopSending != 0 || qcs.isCloseRemote() {
		return
	}
	w.trace(evToStopSending, qcs.ID)
	qcs.Flags |= qsToStopSending | qsReadAborted
	qcs.send(w, true)
	w.wakeMux(qcs.QCC, fnQccAbortStreamRead)
}

// Recv models qcc_recv: a STREAM frame came. It reports whether the frame was
// accepted; a refused one must not be acknowledged.
//
//lastwake:c qcc_recv src/mux_quic.c
func (qcc *QCC) Recv(w *World, id, n, offset uint64, fin bool) bool {
	w.trace(evQccRecv, id, offset, n, flag(fin))
	if qcc.Flags&qcErrL != 0 {
		w.trace(evQccRecvRejected)
		return false
	}
	qcs, ok := qcc.getQCS(w, id, true, false)
	if !ok {
		return false
	}
	if qcs == nil {
		return true
	}
	end := offset + n
	if qcs.Flags&qsSizeKnown != 0 && (end > qcs.Rx.OffsetMax || fin && end < qcs.Rx.OffsetMax) {
		qcc.SetError(w, errFinalSize, 0)
		return false
	}
	if qcs.isCloseRemote() {
		w.trace(evQccRecvSkipped, 0, id)
		return true
	}
	if end < qcs.Rx.Offset || end == qcs.Rx.Offset && (!fin || qcs.Flags&qsSizeKnown != 0) {
		w.trace(evQccRecvSkipped, 1, id)
		return true
	}
	qcs.idleOpen(w)
	if !qcs.account(w, end) {
		return false
	}
	if !qcs.store(w, offset, end, fin) {
		return false
	}
	if qcc.isBack() {
		qcc.recvDone(w)
	}
	return true
}

// account counts received bytes up to end against the limits we have set.
//
//lastwake:c qcc_recv src/mux_quic.c
func (qcs *QCS) account(w *World, end uint64) bool {
	if end <= qcs.Rx.OffsetMax {
		return true
	}
	qcc := qcs.QCC
	qcc.LFctl.OffsetsRecv += end - qcs.Rx.OffsetMax
	qcs.Rx.OffsetMax = end
	if end > qcs.Rx.MSD || qcc.LFctl.OffsetsRecv > qcc.LFctl.MD {
		qcc.SetError(w, errFlowControl, 0)
		return false
	}
	return true
}

// store is the second half of qcc_recv: bytes [offset, end) are kept, the
// remote half closes when all have come, and what can be decoded is.
//
//lastwake:c qcc_recv src/mux_quic.c
func (qcs *QCS) store(w *World, offset, end uint64, fin bool) bool {
	qcc := qcs.QCC
	if w.cfg.era >= era32 {
		return qcs.storeRx(w, offset, end, fin)
	}
	if !qcs.Rx.NCBuf.get(w) {
		qcc.SetError(w, errInternal, 0)
		return false
	}
	offset = max(offset, qcs.Rx.Offset)
	if end > offset && !qcs.keep(w, &qcs.Rx.NCBuf, offset, end) {
		return false
	}
	if fin {
		qcs.Flags |= qsSizeKnown
	}
	data := qcs.Rx.NCBuf.DataAt(w, qcs.Rx.Offset)
	if qcs.Flags&qsSizeKnown != 0 && qcs.Rx.OffsetMax == qcs.Rx.Offset+data {
		qcs.closeRemote(w)
	}
	if data != 0 && qcs.Flags&qsDemFull == 0 || fin {
		qcc.decodeQCS(w, qcs)
		qcc.refreshTimeout(w)
	}
	return true
}

// keep stores bytes [lo, hi) in b and notes for the audit how many of them are
// new.
//
//lastwake:primitive
func (qcs *QCS) keep(w *World, b *NCBuf, lo, hi uint64) bool {
	before := b.held()
	ok := b.Add(w, lo, hi)
	after := b.held()
	p := w.slotOf(qcs.QCC).peerStream(qcs.ID)
	p.kept += after - before
	return ok
}

// get models qcs_get_ncbuf: the buffer gets its storage if it has none.
//
//lastwake:c qcs_get_ncbuf src/mux_quic.c
func (b *NCBuf) get(w *World) bool {
	if b.Area != nil {
		return true
	}
	area := (*Area)(w.alloc(kindBuffer))
	if area == nil {
		return false
	}
	area.Words[0] = 0
	b.Area = area
	b.Size = bufSize
	return true
}

// RecvMaxData models qcc_recv_max_data.
//
//lastwake:c qcc_recv_max_data src/mux_quic.c
func (qcc *QCC) RecvMaxData(w *World, limit uint64) {
	if w.cfg.era >= era30 {
		qcc.raiseMax(w, limit)
		return
	}
	cleared := uint64(0)
	if qcc.RFctl.MD < limit {
		qcc.RFctl.MD = limit
		if qcc.Flags&qcBlkMFCtl != 0 {
			qcc.Flags &^= qcBlkMFCtl
			cleared = 1
		}
	}
	w.trace(evRxMaxData, limit, cleared)
	if cleared != 0 {
		w.wakeMux(qcc, fnQccRecvMaxData)
	}
}

// raiseMax is qcc_recv_max_data from 3.0 on: the mux is woken when it may send
// again, streams when they may write. Since 3.2 frames that were built for the
// old limit and not sent are built anew if the new one has room for more.
//
//lastwake:c qcc_recv_max_data src/mux_quic.c
func (qcc *QCC) raiseMax(w *World, limit uint64) {
	soft := qcc.Tx.Offsets
	real := qcc.Tx.SentOffsets
	old := qcc.RFctl.MD
	if limit <= old {
		w.trace(evRxMaxData, limit, 0)
		return
	}
	unblockSoft, unblockReal := fctlSetMax(soft, real, old, limit)
	qcc.RFctl.MD = limit
	w.trace(evRxMaxData, limit, flag(unblockReal))
	if unblockReal {
		w.wakeMux(qcc, fnQccRecvMaxData)
	}
	if unblockSoft {
		qcc.notifyFctl(w)
	}
	if w.staleFrms(soft, real, old, limit) {
		qcc.clearFrms(w)
	}
}

// staleFrms reports whether frames that were built for a limit of old would
// miss bytes that a limit of now lets out.
//
//lastwake:c qcc_recv_max_data src/mux_quic.c
func (w *World) staleFrms(soft, real, old, now uint64) bool {
	if w.Faults.Has(fault.HAPROXY_7edb2ffae) {
		unblockSoft, unblockReal := fctlSetMax(soft, real, old, now)
		return unblockSoft || unblockReal
	}
	return real != now && fctlSBlocked(soft, old)
}

// raiseMax is qcc_recv_max_stream_data from 3.0 on for a stream that is there.
//
//lastwake:c qcc_recv_max_stream_data src/mux_quic.c
func (qcs *QCS) raiseMax(w *World, limit uint64) {
	qcc := qcs.QCC
	soft := qcs.Tx.Offset
	real := qcs.Tx.SentOffset
	old := qcs.Tx.MSD
	unblockSoft, unblockReal := fctlSetMax(soft, real, old, limit)
	qcs.Tx.MSD = limit
	w.trace(evRxMaxStreamData, qcs.ID, limit, flag(unblockReal))
	if unblockReal {
		w.wakeMux(qcc, fnQccRecvMaxStreamData)
	}
	if unblockSoft {
		qcs.notifySend(w)
	}
	if w.staleFrms(soft, real, old, limit) {
		qcc.clearFrms(w)
	}
}

// RecvMaxStreamData models qcc_recv_max_stream_data.
//
//lastwake:c qcc_recv_max_stream_data src/mux_quic.c
func (qcc *QCC) RecvMaxStreamData(w *World, id, limit uint64) bool {
	if qcc.Flags&qcErrL != 0 {
		return false
	}
	qcs, ok := qcc.getQCS(w, id, false, true)
	if !ok {
		return false
	}
	if qcs != nil && limit > qcs.Tx.MSD && w.cfg.era >= era30 {
		qcs.raiseMax(w, limit)
	} else if qcs != nil && limit > qcs.Tx.MSD {
		qcs.Tx.MSD = limit
		blocked := qcs.Flags & qsBlkSFCtl
		w.trace(evRxMaxStreamData, id, limit, uint64(blocked))
		if blocked != 0 {
			qcs.Flags &^= qsBlkSFCtl
			w.wakeMux(qcc, fnQccRecvMaxStreamData)
		}
	}
	if qcc.mayExpire() && qcc.NbHreq == 0 {
		qcc.refreshTimeout(w)
	}
	return true
}

// RecvResetStream models qcc_recv_reset_stream. It wakes nobody.
//
//lastwake:c qcc_recv_reset_stream src/mux_quic.c
func (qcc *QCC) RecvResetStream(w *World, id, code, finalSize uint64) bool {
	w.trace(evRxReset, id, code, finalSize)
	if qcc.Flags&qcErrL != 0 {
		return false
	}
	qcs, ok := qcc.getQCS(w, id, true, false)
	if !ok {
		return false
	}
	if qcs == nil || qcs.isCloseRemote() {
		w.trace(evRxResetIgnored, id)
		return true
	}
	qcs.idleOpen(w)
	if w.appClose(qcc, qcs) {
		w.trace(evAppCloseRejected, id)
		return true
	}
	if qcs.Rx.OffsetMax > finalSize || qcs.Flags&qsSizeKnown != 0 && qcs.Rx.OffsetMax != finalSize {
		qcc.SetError(w, errFinalSize, 0)
		return false
	}
	w.trace(evRecvReset, id)
	if w.cfg.era >= era35 {
		qcs.ElRecv.DelInit()
	}
	qcs.Flags |= qsSizeKnown | qsRecvReset
	qcs.closeRemote(w)
	qcs.freeRx(w)
	return true
}

// RecvStopSending models qcc_recv_stop_sending: the peer does not want our
// bytes, so we answer with a RESET_STREAM (RFC 9000 section 3.5).
//
// Deviation: the stream layer is told that the peer gave up, as since 367ce1ebf;
// 220386ae4 keeps it to itself.
//
//lastwake:c qcc_recv_stop_sending src/mux_quic.c
func (qcc *QCC) RecvStopSending(w *World, id, code uint64) bool {
	w.trace(evRxStop, id, code)
	if qcc.Flags&qcErrL != 0 {
		return false
	}
	qcs, ok := qcc.getQCS(w, id, false, true)
	if !ok {
		return false
	}
	if qcs == nil {
		return true
	}
	if qcs.isCloseLocal() && !w.Faults.Has(fault.HAPROXY_d7755375a) {
		w.trace(evRxStopIgnored, id)
		return true
	}
	if !w.Faults.Has(fault.HAPROXY_96ca1b7c3) {
		qcs.idleOpen(w)
	}
	if !w.Faults.Has(fault.HAPROXY_87f8766d3) && w.appClose(qcc, qcs) {
		w.trace(evAppCloseRejected, id)
		return true
	}
	if qcs.sc() != nil && qcs.SD.Flags&seEOI != 0 {
		w.trace(evSeEOS, id)
		qcs.SD.Flags |= seEOS
		qcs.alert(w)
	}
	if qcs.sc() != nil || w.Faults.Has(fault.HAPROXY_cc9827bb0) {
		qcs.SD.setAbort()
	}
	qcs.resetStream(w, code)
	if qcc.mayExpire() && qcc.NbHreq == 0 {
		qcc.refreshTimeout(w)
	}
	return true
}

// ioRecv models qcc_io_recv: what could not be decoded when it came is tried
// again.
//
//lastwake:c qcc_io_recv src/mux_quic.c
func (qcc *QCC) ioRecv(w *World) {
	if qcc.Flags&qcErrL != 0 {
		return
	}
	if w.cfg.qmux {
		qcc.qmuxRecv(w)
	}
	if w.cfg.era >= era32 {
		qcc.ioRecvList(w)
		return
	}
	node := qcc.StreamsByID.First()
	for node != nil {
		qcs := qcsOfID(node)
		data := qcs.Rx.NCBuf.DataAt(w, qcs.Rx.Offset)
		if data != 0 && qcs.Flags&qsDemFull == 0 {
			qcc.decodeQCS(w, qcs)
		}
		node = w.after(node)
	}
}

// ioRecvList is qcc_io_recv since 3.2: the streams that can go on stand in a
// list, which each leaves when it is visited.
//
//lastwake:c qcc_io_recv src/mux_quic.c
func (qcc *QCC) ioRecvList(w *World) {
	for !qcc.RecvList.IsEmpty() {
		qcs := qcsOfRecv(w.next(&qcc.RecvList))
		for qcc.canDecode(w, qcs) {
			n, ok := qcc.decodeQCS(w, qcs)
			qcs.ElRecv.DelInit()
			if qcc.Flags&qcErrL != 0 {
				return
			}
			if !ok || n == 0 {
				if w.Faults.Has(fault.HAPROXY_07deafa10) {
					return
				}
				break
			}
		}
		if !w.Faults.Has(fault.HAPROXY_83ae0c250) {
			qcs.ElRecv.DelInit()
		}
	}
}

// canDecode reports whether there is something to decode and room for it.
//
//lastwake:primitive
func (qcc *QCC) canDecode(w *World, qcs *QCS) bool {
	data := qcs.rxAvail(w)
	return data != 0 && qcs.Flags&qsDemFull == 0
}
