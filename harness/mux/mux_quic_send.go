package mux

import "github.com/lastwake/lastwake/harness/fault"

// streamsSentDone models qcc_streams_sent_done: the transport has put n bytes
// at offset of the stream into a packet.
//
//lastwake:c qcc_streams_sent_done src/mux_quic.c
func (qcs *QCS) streamsSentDone(w *World, n, offset uint64) {
	if w.cfg.era >= era30 {
		qcs.sentDirect(w, n, offset)
		return
	}
	w.bugOn(offset > qcs.Tx.SentOffset, "offset > qcs->tx.sent_offset")
	w.bugOn(offset+n > qcs.Tx.Offset, "offset + data > qcs->tx.offset")
	w.trace(evSentStream, qcs.ID, offset, n)
	if offset+n < qcs.Tx.SentOffset {
		return
	}
	qcs.idleOpen(w)
	diff := offset + n - qcs.Tx.SentOffset
	if diff != 0 {
		qcs.accountSent(w, diff)
	}
	if qcs.Tx.Offset != qcs.Tx.SentOffset || qcs.Tx.Buf.Data != 0 {
		return
	}
	if w.tracing {
		w.traceSentDone(qcs)
	}
	qcs.ElSend.DelInit()
	if qcs.Flags&(qsFinStream|qsDetach) != 0 {
		qcs.closeLocal(w)
		qcs.Flags &^= qsFinStream
	}
}

// accountSent is the part of qcc_streams_sent_done that moves both offsets and
// gives a full buffer to the descriptor.
//
//lastwake:c qcc_streams_sent_done src/mux_quic.c
func (qcs *QCS) accountSent(w *World, diff uint64) {
	qcc := qcs.QCC
	qcc.Tx.SentOffsets += diff
	w.bugOnHot(qcc.Tx.SentOffsets > qcc.RFctl.MD, "qcc->tx.sent_offsets > qcc->rfctl.md")
	if qcc.Tx.SentOffsets == qcc.RFctl.MD {
		w.trace(evBlkMFCtl)
		qcc.Flags |= qcBlkMFCtl
	}
	qcs.Tx.SentOffset += diff
	w.bugOnHot(qcs.Tx.SentOffset > qcs.Tx.MSD, "qcs->tx.sent_offset > qcs->tx.msd")
	w.bugOnHot(qcs.Tx.SentOffset > qcs.Tx.Offset, "qcs->tx.sent_offset > qcs->tx.offset")
	if qcs.Tx.SentOffset == qcs.Tx.MSD {
		w.trace(evBlkSFCtl, qcs.ID)
		qcs.Flags |= qsBlkSFCtl
	}
	stream := qcs.Stream
	if qcs.Tx.Offset == qcs.Tx.SentOffset && stream.Buf.Buf.Full() {
		w.trace(evTxBufFull, qcs.ID)
		stream.bufRelease(w)
	}
}

// xferData models qcs_xfer_data: bytes move from the stream's buffer to the
// descriptor's, as far as both peers' limits allow.
//
//lastwake:c qcs_xfer_data src/mux_quic.c
func (qcs *QCS) xferData(w *World, out *Buffer) (uint64, bool) {
	qcc := qcs.QCC
	if !out.Alloc(w) {
		return 0, false
	}
	w.bugOnHot(qcs.Tx.Offset < qcs.Tx.SentOffset, "qcs->tx.offset < qcs->tx.sent_offset")
	w.bugOnHot(qcc.Tx.Offsets < qcc.Tx.SentOffsets, "qcc->tx.offsets < qcc->tx.sent_offsets")
	room := out.Room()
	n := min(qcs.Tx.Buf.Data, room)
	if qcs.Tx.Offset+n > qcs.Tx.MSD {
		w.trace(evXferLimited, qcs.ID, 0)
		n = qcs.Tx.MSD - qcs.Tx.Offset
	}
	prepared := qcc.Tx.Offsets
	if w.Faults.Has(fault.HAPROXY_b9e064040) {
		prepared = min(qcc.Tx.SentOffsets+prepared-w.begun, qcc.RFctl.MD)
	}
	if prepared+n > qcc.RFctl.MD {
		w.trace(evXferLimited, qcs.ID, 1)
		n = qcc.RFctl.MD - prepared
	}
	out.Put(w, n)
	if n != 0 {
		qcs.Tx.Buf.Area.peek(qcs.Tx.Buf.Head)
	}
	qcs.Tx.Buf.Del(n)
	w.trace(evXfer, qcs.ID, n, qcs.Tx.Buf.Data, out.Data)
	return n, true
}

// buildStreamFrm models qcs_build_stream_frm: one STREAM frame for what the
// transport has not sent yet, appended to frms. It reports false when the
// frame cannot be allocated.
//
//lastwake:c qcs_build_stream_frm src/mux_quic.c
func (qcs *QCS) buildStreamFrm(w *World, out *Buffer, fin bool, frms *List) bool {
	qcc := qcs.QCC
	stream := qcs.Stream
	base := max(stream.BufOffset, stream.AckOffset)
	w.bugOn(qcs.Tx.SentOffset < base, "qcs->tx.sent_offset < base_off")
	head := qcs.Tx.SentOffset - base
	total := uint64(0)
	if out != nil {
		w.bugOn(out.Data < head, "total < 0")
		total = out.Data - head
	}
	if total == 0 && !fin {
		return true
	}
	w.bugOn(total == 0 && qcs.Tx.SentOffset > qcs.Tx.Offset || total != 0 && qcs.Tx.SentOffset >= qcs.Tx.Offset,
		"(!total && qcs->tx.sent_offset > qcs->tx.offset) || (total && qcs->tx.sent_offset >= qcs->tx.offset)")
	w.bugOn(qcs.Tx.SentOffset+total > qcs.Tx.Offset, "qcs->tx.sent_offset + total > qcs->tx.offset")
	w.bugOn(qcc.Tx.SentOffsets+total > qcc.RFctl.MD, "qcc->tx.sent_offsets + total > qcc->rfctl.md")

	frm := w.frmAlloc(ftStream)
	if frm == nil {
		return false
	}
	frm.Stream.Stream = stream
	frm.Stream.ID = qcs.ID
	frm.Stream.Dup = 0
	frm.Stream.Buf = nil
	frm.Stream.Data = 0
	if total != 0 {
		frm.Stream.Buf = stream.Buf
		frm.Stream.Data = (out.Head + head) % bufSize
	}
	if fin {
		frm.Type |= ftFinBit
	}
	frm.Stream.Offset.Key = qcs.Tx.SentOffset
	frm.Stream.Len = total
	frms.Append(&frm.List)
	w.trace(evBuildStream, qcs.ID, qcs.Tx.SentOffset, total, flag(fin))
	return true
}

// streamFin models qcs_stream_fin.
//
//lastwake:primitive
func (qcs *QCS) streamFin() bool { return qcs.Flags&qsFinStream != 0 && qcs.Tx.Buf.Data == 0 }

// needSending models qcs_need_sending; from 3.0 on it is a FIN or bytes in the
// descriptor's buffer.
//
//lastwake:primitive
func (qcs *QCS) needSending(w *World) bool {
	if w.cfg.era >= era30 {
		return qcs.Flags&qsFinStream != 0 || qcs.prepBytes(w) != 0
	}
	return qcs.Tx.Buf.Data != 0 || qcs.Tx.SentOffset < qcs.Tx.Offset || qcs.streamFin()
}

// subscribeSend models qcc_subscribe_send: the transport shall wake us when it
// can send again.
//
//lastwake:c qcc_subscribe_send src/mux_quic.c
func (qcc *QCC) subscribeSend(w *World) {
	conn := qcc.Conn
	if conn.Flags&coError != 0 || qcc.WaitEvent.Events&subRetrySend != 0 {
		return
	}
	w.trace(evXprtSubscribe)
	w.quicConnSubscribe(conn.QC, subRetrySend, &qcc.WaitEvent)
}

// sendFrames models qcc_send_frames: it reports whether the transport took all
// frames. Those it rejected stay in frms and belong to the mux.
//
//lastwake:c qcc_send_frames src/mux_quic.c
func (qcc *QCC) sendFrames(w *World, frms *List) bool {
	if frms.IsEmpty() {
		return false
	}
	conn := qcc.Conn
	if !w.qcSendMux(conn.QC, frms) {
		w.trace(evSendFrames, 1)
		qcc.subscribeSend(w)
		return false
	}
	if !frms.IsEmpty() {
		w.trace(evSendFrames, 0)
		qcc.subscribeSend(w)
		return false
	}
	return true
}

// sendControl sends a frame alone, so that its emission is sure. The frame is
// freed if the transport rejected it; after a fatal error the transport has
// freed it already.
//
//lastwake:primitive
func (qcc *QCC) sendControl(w *World, frm *QuicFrame) bool {
	frms := w.listHead()
	frms.Append(&frm.List)
	ok := qcc.sendFrames(w, frms)
	if !ok && (w.Faults.Has(fault.HAPROXY_131f2d93e) || !frms.IsEmpty()) {
		w.frmFree(frm)
	}
	w.dropHead(frms)
	return ok
}

// sendReset models qcs_send_reset.
//
//lastwake:c qcs_send_reset src/mux_quic.c
func (qcs *QCS) sendReset(w *World) bool {
	frm := w.frmAlloc(ftResetStream)
	if frm == nil {
		return false
	}
	frm.Stream.ID = qcs.ID
	frm.Stream.Offset.Key = qcs.Tx.SentOffset
	if !qcs.QCC.sendControl(w, frm) {
		return false
	}
	w.trace(evTxReset, qcs.ID, qcs.Err, qcs.Tx.SentOffset)
	w.noteIdleReset(qcs)
	// Deviation: 220386ae4 closes a stream that is still idle, a request refused
	// while a later one opens it; a strict build stops there.
	if !w.Faults.Has(fault.HAPROXY_96ca1b7c3) {
		qcs.idleOpen(w)
	}
	qcs.closeLocal(w)
	qcs.Flags &^= qsToReset
	if w.cfg.era >= era35 {
		// Deviation: 3.5 still means to send a FIN, and does so when a
		// STOP_SENDING brings the stream back into the send list.
		qcs.Flags &^= qsFinStream
	}
	return true
}

// sendStopSending models qcs_send_stop_sending; there is nothing to stop once
// the remote half is closed.
//
//lastwake:c qcs_send_stop_sending src/mux_quic.c
func (qcs *QCS) sendStopSending(w *World) bool {
	if !qcs.isCloseRemote() {
		frm := w.frmAlloc(ftStopSending)
		if frm == nil {
			return false
		}
		frm.Stream.ID = qcs.ID
		if !qcs.QCC.sendControl(w, frm) {
			return false
		}
		w.trace(evTxStop, qcs.ID, qcs.Err)
	} else {
		w.trace(evTxStopSkipped, qcs.ID)
	}
	qcs.Flags &^= qsToStopSending
	return true
}

// sendStream models qcs_send: bytes are moved into the descriptor's buffer,
// which is allocated if the connection's quota allows, and a STREAM frame is
// built. It returns the bytes moved, and false for an error.
//
//lastwake:c qcs_send src/mux_quic.c
func (qcs *QCS) sendStream(w *World, frms *List) (uint64, bool) {
	qcc := qcs.QCC
	id := qcs.ID
	w.bugOn(streamIsUni(id) && !qcc.isLocal(id), "quic_stream_is_uni(qcs->id) && quic_stream_is_remote(qcc, qcs->id)")
	out := qcs.Stream.bufGet()
	moved := uint64(0)
	if qcs.Tx.Buf.Data != 0 {
		if out == nil {
			if qcc.Flags&qcConnFull != 0 {
				w.trace(evConnFullSkip, id)
				return 0, true
			}
			room := false
			out, room = qcs.Stream.bufAlloc(w, qcs.Tx.Offset)
			if out == nil {
				if room && !w.Faults.Has(fault.HAPROXY_6c501ed23) {
					return 0, false
				}
				w.trace(evConnFull, id)
				qcc.Flags |= qcConnFull
				return 0, true
			}
		}
		n, ok := qcs.xferData(w, out)
		if !ok {
			return 0, false
		}
		moved = n
		if moved != 0 {
			qcs.notifySend(w)
			qcs.Flags &^= qsBlkMRoom
		}
		qcs.Tx.Offset += moved
		qcc.Tx.Offsets += moved
		w.bugOn(out.Data == 0 && qcs.Tx.SentOffset != qcs.Tx.Offset, "!b_data(out) && qcs->tx.sent_offset != qcs->tx.offset")
	}
	fin := qcs.streamFin()
	if qcs.Tx.SentOffset != qcs.Tx.Offset || fin {
		if qcc.WaitEvent.Events&subRetrySend != 0 {
			return 0, false
		}
		if !qcs.buildStreamFrm(w, out, fin, frms) {
			return 0, false
		}
	}
	return moved, true
}

// ioSend models qcc_io_send: everything that waits to be sent is given to the
// transport.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) ioSend(w *World) {
	if w.tracing {
		w.traceIOSend(qcc)
	}
	conn := qcc.Conn
	if qcc.maySend(w, conn) {
		if w.Faults.Has(fault.HAPROXY_f8aaf8bdf) {
			qcc.finalizeOnce(w)
		}
		if w.cfg.era >= era32 {
			qcc.ioSendKept(w)
		} else {
			qcc.sendStreams(w)
		}
	}
	if conn.Flags&coError != 0 && qcc.Flags&qcErrConn == 0 {
		w.trace(evErrConn)
		qcc.Flags |= qcErrConn
	}
}

// finalizeOnce is the part of qcc_io_send that there was while the application
// layer was finalized by the first send that has a stream, so that SETTINGS go
// out with a response.
//
//lastwake:primitive
func (qcc *QCC) finalizeOnce(w *World) {
	if qcc.Flags&qcAppFinal != 0 || qcc.StreamsByID.IsEmpty() || qcc.AppOps != appH3 {
		return
	}
	w.trace(evAppFinalize)
	qcc.Flags |= qcAppFinal
	w.h3Finalize((*H3C)(qcc.Ctx))
}

// maySend is the first part of qcc_io_send: errors, then the credit frames. It
// reports whether the streams may send.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) maySend(w *World, conn *Connection) bool {
	if qcc.Flags&qcErrConn != 0 || conn.Flags&coError != 0 {
		w.trace(evIOSendError)
		return false
	}
	if qcc.Flags&qcErrL != 0 {
		if qcc.Flags&qcErrLDone == 0 {
			w.setConnectionClose(conn.QC, qcc.Err.Code, qcc.Err.App)
			w.trace(evErrLDone, qcc.Err.Code)
			qcc.Flags |= qcErrLDone
		}
		return false
	}
	if conn.Flags&coSockWrSh != 0 {
		w.trace(evSockWrSh)
		conn.Flags |= coError
		return false
	}
	if w.cfg.era >= era32 {
		if qcc.Flags&qcAppInit == 0 && !qcc.appInit(w) {
			return false
		}
		return qcc.emitFctl(w)
	}
	if !qcc.LFctl.Frms.IsEmpty() {
		return qcc.sendFrames(w, &qcc.LFctl.Frms)
	}
	return true
}

// sendStreams is the second part of qcc_io_send: the streams of the send list,
// each RESET_STREAM and STOP_SENDING alone, the STREAM frames together, again
// as long as the transport takes them.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) sendStreams(w *World) {
	if w.Faults.Has(fault.HAPROXY_333f2caba) && qcc.Flags&qcBlkMFCtl != 0 {
		return
	}
	frms := w.listHead()
	failed := w.listHead()
	if qcc.visitSendList(w, frms, failed) {
		for {
			sent := qcc.sendFrames(w, frms)
			if !sent || qcc.blocked(w) {
				break
			}
			qcc.revisitSendList(w, frms, failed)
		}
	}
	if !w.Faults.Has(fault.HAPROXY_43c090c1e) {
		for !frms.IsEmpty() {
			frm := frmOfList(w.next(frms))
			w.traceFreeRejected(frm)
			w.frmFree(frm)
		}
	}
	if !failed.IsEmpty() {
		qcc.putBack(w, failed)
		// Deviation: 220386ae4 wakes its own tasklet even while it waits for the
		// transport, and runs at full speed until the window opens. Later
		// versions keep the rejected frames instead.
		if !qcc.blocked(w) && qcc.WaitEvent.Events&subRetrySend == 0 {
			w.wakeMux(qcc, fnQccIOSend)
		}
	}
	w.dropHead(failed)
	w.dropHead(frms)
}

// blocked reports whether the connection has sent all that the peer allows.
//
//lastwake:primitive
func (qcc *QCC) blocked(w *World) bool {
	if w.cfg.era >= era30 {
		return qcc.rBlocked(w)
	}
	return qcc.Flags&qcBlkMFCtl != 0
}

// putBack is the end of qcc_io_send: streams that failed return to the end of
// the send list.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) putBack(w *World, failed *List) {
	w.trace(evFailedBack)
	for !failed.IsEmpty() {
		qcs := qcsOfSend(w.next(failed))
		qcs.ElSend.DelInit()
		qcc.SendList.Append(&qcs.ElSend)
	}
}

// visitSendList is the first loop of qcc_io_send. It reports false when the
// transport refused a control frame.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) visitSendList(w *World, frms, failed *List) bool {
	if w.cfg.era >= era30 {
		_, ok := qcc.buildFrms(w, frms, failed)
		return ok
	}
	var first *QCS
	w.begun = qcc.Tx.Offsets
	head := &qcc.SendList
	el := head.N
	for el != head {
		follow := w.next(el)
		qcs := qcsOfSend(el)
		el = follow
		if qcs == first {
			break
		}
		todo := qcs.Flags & (qsToStopSending | qsToReset)
		w.bugOn(todo == 0 && !qcs.needSending(w), "!(qcs->flags & (QC_SF_TO_STOP_SENDING|QC_SF_TO_RESET)) && !qcs_need_sending(qcs)")
		if todo&qsToStopSending != 0 {
			if !qcs.sendStopSending(w) {
				return false
			}
			if todo&qsToReset == 0 && w.Faults.Has(fault.HAPROXY_b0dd4810e) {
				qcs.prepBytes(w)
			}
			// Deviation: 220386ae4 goes on with the data of a stream whose
			// RESET_STREAM is out, and closes it once more.
			if todo&qsToReset == 0 && (qcs.isCloseLocal() || !qcs.needSending(w)) {
				qcs.ElSend.DelInit()
				continue
			}
		}
		if todo&qsToReset != 0 {
			if !qcs.sendReset(w) {
				return false
			}
			qcs.ElSend.DelInit()
			continue
		}
		if qcc.Flags&qcBlkMFCtl != 0 || qcs.Flags&qsBlkSFCtl != 0 {
			continue
		}
		moved, ok := qcs.sendStream(w, frms)
		if !ok {
			qcs.ElSend.DelInit()
			failed.Append(&qcs.ElSend)
			continue
		}
		if moved != 0 {
			qcs.ElSend.DelInit()
			qcc.SendList.Append(&qcs.ElSend)
			if first == nil {
				first = qcs
			}
		}
	}
	return true
}

// revisitSendList is the second loop of qcc_io_send, for streams that have
// filled their buffer and given it to the descriptor.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) revisitSendList(w *World, frms, failed *List) {
	if w.cfg.era >= era30 {
		qcc.retryFrms(w, frms, failed)
		return
	}
	w.begun = qcc.Tx.Offsets
	head := &qcc.SendList
	el := head.N
	for el != head {
		follow := w.next(el)
		qcs := qcsOfSend(el)
		el = follow
		// Deviation: 220386ae4 forgets that the connection's limit can be used up
		// by a stream whose frame could not be allocated.
		full := qcc.Tx.Offsets >= qcc.RFctl.MD
		w.bugOn(qcs.Stream.Buf != nil && qcs.Flags&qsBlkSFCtl == 0 && !full, "qcs->stream->buf && !(qcs->flags & QC_SF_BLK_SFCTL)")
		if qcs.Flags&qsBlkSFCtl != 0 {
			continue
		}
		_, ok := qcs.sendStream(w, frms)
		if !ok {
			qcs.ElSend.DelInit()
			failed.Append(&qcs.ElSend)
		}
	}
}
