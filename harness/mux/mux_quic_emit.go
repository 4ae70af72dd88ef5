package mux

import "github.com/lastwake/lastwake/harness/fault"

// How the mux emits from 3.0 on: frames are cut to what the peer's limits let
// out, the bytes stay in the descriptor's buffer. Since 3.2 the frames that the
// transport did not take are kept for the next time.

// buildDirect models qcs_build_stream_frm of 3.0: one STREAM frame for what is
// not sent yet, up to limit bytes, appended to frms. FIN goes with the last
// byte. It returns the frame's bytes, and false when it cannot be allocated.
//
//lastwake:c qcs_build_stream_frm src/mux_quic.c
func (qcs *QCS) buildDirect(w *World, fin bool, frms *List, limit uint64) (uint64, bool) {
	stream := qcs.Stream
	prep := qcs.prepBytes(w)
	total := min(prep, qcs.Tx.MSD-qcs.Tx.SentOffset, limit)
	fin = fin && total == prep
	if total == 0 && !fin {
		return 0, true
	}
	frm := w.frmAlloc(ftStream)
	if frm == nil {
		return 0, false
	}
	frm.Stream.Stream = stream
	frm.Stream.ID = qcs.ID
	frm.Stream.Dup = 0
	frm.Stream.Buf = nil
	frm.Stream.Data = 0
	if total != 0 {
		sb := stream.Buf
		frm.Stream.Buf = sb
		frm.Stream.Data = (sb.Buf.Head + sb.Buf.Data - prep) % bufSize
	}
	if fin {
		frm.Type |= ftFinBit
	}
	frm.Stream.Offset.Key = qcs.Tx.SentOffset
	frm.Stream.Len = total
	frms.Append(&frm.List)
	w.trace(evBuildStream, qcs.ID, qcs.Tx.SentOffset, total, flag(fin))
	return total, true
}

// sendDirect models qcs_send of 3.0. It returns the bytes of the frame, and
// false for an error.
//
//lastwake:c qcs_send src/mux_quic.c
func (qcs *QCS) sendDirect(w *World, frms *List, limit uint64) (uint64, bool) {
	qcc := qcs.QCC
	id := qcs.ID
	fin := qcs.Flags&qsFinStream != 0
	w.bugOn(streamIsUni(id) && !qcc.isLocal(id), "quic_stream_is_uni(qcs->id) && quic_stream_is_remote(qcc, qcs->id)")
	w.bugOn(!fin && qcs.prepBytes(w) == 0, "!fin && !qcs_prep_bytes(qcs)")
	if qcc.WaitEvent.Events&subRetrySend != 0 {
		return 0, false
	}
	return qcs.buildDirect(w, fin, frms, limit)
}

// sentDirect models qcc_streams_sent_done of 3.0 and qmux_ctrl_send of 3.1: the
// transport has put n bytes at offset of the stream into a packet. Since 3.1 it
// tells of frames that are sent again, too.
//
//lastwake:c qmux_ctrl_send src/mux_quic.c
func (qcs *QCS) sentDirect(w *World, n, offset uint64) {
	w.bugOn(offset > qcs.Tx.SentOffset, "offset > qcs->tx.fc.off_real")
	w.trace(evSentStream, qcs.ID, offset, n)
	if qcs.notified(w, n, offset) {
		return
	}
	qcs.idleOpen(w)
	diff := offset + n - qcs.Tx.SentOffset
	if diff != 0 {
		qcs.accountDirect(w, diff)
	}
	if qcs.prepBytes(w) != 0 {
		return
	}
	if w.tracing {
		w.traceSentDone(qcs)
	}
	qcs.ElSend.DelInit()
	if qcs.Flags&(qsFinStream|qsDetach) == 0 {
		return
	}
	qcs.closeLocal(w)
	if qcs.Flags&qsFinStream != 0 {
		qcs.Stream.waitFin(w)
		qcs.Flags &^= qsFinStream
	}
	if w.cfg.era >= era32 {
		qcs.Stream.NotifySend = notifyNone
	}
	qcs.toPurge(w)
}

// notified is the part of qmux_ctrl_send that knows a frame that was sent
// before. An empty one bears a FIN, so the flag tells.
//
//lastwake:c qmux_ctrl_send src/mux_quic.c
func (qcs *QCS) notified(w *World, n, offset uint64) bool {
	if w.cfg.era < era32 {
		return offset+n < qcs.Tx.SentOffset
	}
	fin := qcs.Flags&qsFinStream != 0
	if w.Faults.Has(fault.HAPROXY_c1d714156) {
		held := qcs.Stream.Buf != nil
		return offset+n < qcs.Tx.SentOffset || n == 0 && (!fin || held || qcs.prepBytes(w) != 0)
	}
	if n != 0 && offset+n <= qcs.Tx.SentOffset {
		return true
	}
	w.bugOn(n == 0 && !fin, "!data && !(qcs->flags & QC_SF_FIN_STREAM)")
	return false
}

// accountDirect is the part of qmux_ctrl_send that moves the real offsets. A
// buffer that is full, or that the stream layer waits to replace, goes to the
// descriptor once all of it is sent.
//
//lastwake:c qmux_ctrl_send src/mux_quic.c
func (qcs *QCS) accountDirect(w *World, diff uint64) {
	qcc := qcs.QCC
	w.bugOn(qcc.Tx.SentOffsets+diff > qcc.Tx.Offsets, "fc_conn->off_real + diff > fc_conn->off_soft")
	w.bugOn(qcs.Tx.SentOffset+diff > qcs.Tx.Offset, "fc_strm->off_real + diff > fc_strm->off_soft")
	qcs.rInc(w, diff)
	if qcs.prepBytes(w) != 0 {
		return
	}
	stream := qcs.Stream
	if stream.Buf.Buf.Full() || qcs.Flags&qsBlkMRoom != 0 {
		w.trace(evTxBufFull, qcs.ID)
		stream.bufRelease(w)
		qcs.Flags &^= qsBlkMRoom
		qcs.notifySend(w)
	}
}

// sendRsSs sends the STOP_SENDING and the RESET_STREAM that a stream of the
// send list owes, each alone. It reports whether the stream has more to send,
// and false when the transport refused a frame.
//
// Deviation: bytes that a reset left behind do not count as something to send;
// up to 3.5 a stream that is reset and then asked to stop its peer stays in the
// send list with them, and halts when they are sent.
//
//lastwake:c qcc_emit_rs_ss src/mux_quic.c
func (qcs *QCS) sendRsSs(w *World) (more, ok bool) {
	if qcs.Flags&qsToStopSending != 0 {
		if !qcs.sendStopSending(w) {
			return false, false
		}
		if qcs.Flags&qsToReset == 0 && (qcs.isCloseLocal() || !qcs.needSending(w)) {
			qcs.ElSend.DelInit()
			if !w.Faults.Has(fault.HAPROXY_c0c3a325a) {
				qcs.toPurge(w)
			}
			return false, true
		}
	}
	if qcs.Flags&qsToReset != 0 {
		if !qcs.sendReset(w) {
			return false, false
		}
		qcs.ElSend.DelInit()
		qcs.toPurge(w)
		return false, true
	}
	return true, true
}

// buildFrms models qcc_build_frms and, for 3.0, the first loop of qcc_io_send,
// which sends RESET_STREAM and STOP_SENDING in passing: STREAM frames for the
// streams of the send list, as far as the connection's credit goes. It returns
// their bytes, and false when the transport refused a control frame.
//
//lastwake:c qcc_build_frms src/mux_quic.c
func (qcc *QCC) buildFrms(w *World, frms, failed *List) (uint64, bool) {
	limit := qcc.RFctl.MD - qcc.Tx.SentOffsets
	total := uint64(0)
	var first *QCS
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
		w.bugOn(todo == 0 && !qcs.needSending(w), "!(qcs->flags & QC_SF_FIN_STREAM) && (!qcs->stream || !qcs_prep_bytes(qcs))")
		w.bugOn(todo != 0 && w.cfg.era >= era32, "qcs->flags & (QC_SF_TO_STOP_SENDING|QC_SF_TO_RESET)")
		if todo != 0 {
			more, ok := qcs.sendRsSs(w)
			if !ok {
				return total, false
			}
			if !more {
				continue
			}
		}
		w.bugOn(total > limit, "total > window_conn")
		if qcc.rBlocked(w) || qcs.rBlocked(w) || total >= limit {
			continue
		}
		n, ok := qcs.sendDirect(w, frms, limit-total)
		if !ok {
			qcs.ElSend.DelInit()
			failed.Append(&qcs.ElSend)
			continue
		}
		total += n
		if n != 0 {
			qcs.ElSend.DelInit()
			qcc.SendList.Append(&qcs.ElSend)
			if first == nil {
				first = qcs
			}
		}
	}
	return total, true
}

// retryFrms is the second loop of qcc_io_send from 3.0 on: every frame was
// taken, so the streams that are left wait for credit or for a buffer. The C
// has one assertion for it; here bytes and a lone FIN that were left behind
// have one each.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) retryFrms(w *World, frms, failed *List) {
	limit := qcc.RFctl.MD - qcc.Tx.SentOffsets
	total := uint64(0)
	head := &qcc.SendList
	el := head.N
	for el != head {
		follow := w.next(el)
		qcs := qcsOfSend(el)
		el = follow
		held := qcs.Stream.Buf != nil
		blocked := qcs.rBlocked(w)
		bytes := qcs.prepBytes(w)
		w.bugOn(held && !blocked && bytes != 0, "qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc)")
		w.bugOn(held && !blocked && bytes == 0, "only FIN left: qcs->stream->buf && !qfctl_rblocked(&qcs->tx.fc)")
		w.bugOn(total > limit, "resent > window_conn")
		if blocked || total >= limit {
			continue
		}
		n, ok := qcs.sendDirect(w, frms, limit-total)
		if !ok {
			qcs.ElSend.DelInit()
			failed.Append(&qcs.ElSend)
			continue
		}
		total += n
	}
}

// clearFrms models qcc_clear_frms: there is something new to send, so that
// frames built before would miss it.
//
//lastwake:c qcc_clear_frms src/mux_quic.c
func (qcc *QCC) clearFrms(w *World) {
	for !qcc.Tx.Frms.IsEmpty() {
		frm := frmOfList(w.next(&qcc.Tx.Frms))
		w.traceCleared(frm)
		w.frmFree(frm)
	}
}

// ioSendKept is qcc_io_send since 3.2.
//
// Deviation: pacing is left out, the transport takes frames at once or not at
// all.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) ioSendKept(w *World) {
	failed := w.listHead()
	if qcc.emitRsSs(w) {
		qcc.emitFrms(w, failed)
	}
	if !failed.IsEmpty() {
		qcc.putBack(w, failed)
		// Deviation: 3.2 keeps frames although the frame of another stream could
		// not be allocated, and halts when it finds that stream after they are
		// sent.
		qcc.clearFrms(w)
		if !qcc.rBlocked(w) {
			w.wakeMux(qcc, fnQccIOSend)
		}
	}
	w.dropHead(failed)
}

// emitRsSs models qcc_emit_rs_ss: streams that owe RESET_STREAM or STOP_SENDING
// stand in front of the send list. It reports false when the transport refused
// a frame.
//
// Deviation: all of the list is looked at. Up to 3.5 the first stream that owes
// neither ends the walk; when a frame was refused behind a stream that has had
// its STOP_SENDING sent and has bytes left, the walk never reaches that frame
// again, and qcc_build_frms halts.
//
//lastwake:c qcc_emit_rs_ss src/mux_quic.c
func (qcc *QCC) emitRsSs(w *World) bool {
	head := &qcc.SendList
	el := head.N
	for el != head {
		follow := w.next(el)
		qcs := qcsOfSend(el)
		el = follow
		todo := qcs.Flags & (qsToStopSending | qsToReset)
		w.bugOn(todo == 0 && !qcs.needSending(w),
			"!(qcs->flags & (QC_SF_FIN_STREAM|QC_SF_TO_STOP_SENDING|QC_SF_TO_RESET)) && (!qcs->stream || !qcs_prep_bytes(qcs))")
		if todo == 0 {
			continue
		}
		_, ok := qcs.sendRsSs(w)
		if !ok {
			return false
		}
	}
	return true
}

// emitFrms is the part of qcc_io_send since 3.2 that sends STREAM frames: those
// kept from the last time, or new ones.
//
//lastwake:c qcc_io_send src/mux_quic.c
func (qcc *QCC) emitFrms(w *World, failed *List) {
	frms := &qcc.Tx.Frms
	if frms.IsEmpty() && !qcc.SendList.IsEmpty() {
		total, _ := qcc.buildFrms(w, frms, failed)
		if w.nothingBuilt(frms, total) {
			return
		}
	}
	for {
		sent := qcc.sendFrames(w, frms)
		if !sent || qcc.rBlocked(w) {
			return
		}
		qcc.retryFrms(w, frms, failed)
	}
}

// nothingBuilt is the part of qcc_io_send since 3.2 that gives up when there is
// no frame to send. A frame may have no byte.
//
//lastwake:primitive
func (w *World) nothingBuilt(frms *List, total uint64) bool {
	if w.Faults.Has(fault.HAPROXY_ddfd8031f) {
		w.bugOn(total == 0 && !frms.IsEmpty(), "!LIST_ISEMPTY(frms)")
		return total == 0
	}
	return frms.IsEmpty()
}

// appInit models qcc_app_init: the application layer finishes its start with
// the first emission, and again while flow control does not let it.
//
//lastwake:c qcc_app_init src/mux_quic.c
func (qcc *QCC) appInit(w *World) bool {
	if qcc.AppOps == appH3 {
		w.trace(evAppFinalize)
		again, ok := w.h3FinalizeLate((*H3C)(qcc.Ctx))
		if !ok {
			return false
		}
		if again {
			return true
		}
	}
	qcc.Flags |= qcAppInit
	return true
}

// ctrlRoom models qmux_ctrl_room: n bytes of the descriptor's buffers are free.
// The descriptor knows its stream, or the connection once it is released.
//
//lastwake:c qmux_ctrl_room src/mux_quic.c
func (s *QCStreamDesc) ctrlRoom(w *World, n uint64) {
	if s.Released != 0 {
		(*QCC)(s.Ctx).notifyRoom(w, n)
		return
	}
	qcs := (*QCS)(s.Ctx)
	qcs.QCC.notifyRoom(w, n)
}

// sendMetadata models qcs_send_metadata: the stream's Tx buffers do not count.
//
//lastwake:c qcs_send_metadata src/mux_quic.c
func (qcs *QCS) sendMetadata(w *World) {
	stream := qcs.Stream
	w.bugOn(stream == nil, "!qcs->stream")
	w.bugOn(stream.AckOffset != 0 || !stream.BufTree.IsEmpty(), "qcs->stream->ack_offset || !eb_is_empty(&qcs->stream->buf_tree)")
	qcs.Flags |= qsTxBufOOB
	stream.NotifyRoom = notifyNone
}

// unsubRoom is the part of qcc_release since 3.1 that takes the connection out
// of every descriptor that is left.
//
//lastwake:c qcc_release src/mux_quic.c
func (qcc *QCC) unsubRoom(w *World, qc *QuicConn) {
	for node := qc.StreamsByID.First(); node != nil; node = w.after(node) {
		desc := descOfID(node)
		desc.NotifyRoom = notifyNone
	}
}
