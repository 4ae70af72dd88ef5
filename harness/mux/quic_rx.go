package mux

import "github.com/lastwake/lastwake/harness/fault"

// handleNewlyAcked models qc_handle_newly_acked_frm: what a frame brought to
// the peer need not be kept. The stream is looked up by its id, for the
// descriptor may be gone.
//
// Deviation: an error of it only skips what else the peer's packet holds, and a
// packet of the model holds one frame. The C at 3b851a326's parent also loses
// the sent packets that the ACK frame names.
//
//lastwake:c qc_handle_newly_acked_frm src/quic_rx.c
func (qc *QuicConn) handleNewlyAcked(w *World, frm *QuicFrame) {
	if !frm.isStream() {
		if w.tracing {
			w.traceAckControl(frm)
		}
		w.releaseFrm(frm)
		return
	}
	id := frm.Stream.ID
	offset := frm.Stream.Offset.Key
	n := frm.Stream.Len
	w.noteFin(qc, frm, true)
	w.trace(evAckStream, id, offset, n)
	node := qc.StreamsByID.Lookup(w, id)
	if node == nil && !w.Faults.Has(fault.HAPROXY_8d5def0ba) {
		w.trace(evAckNoDesc, id)
		w.releaseFrm(frm)
		if w.Faults.Has(fault.HAPROXY_3b851a326) {
			w.trace(evAckError, id)
		}
		return
	}
	desc := descOfID(node)
	if w.Faults.Has(fault.HAPROXY_8d5def0ba) {
		desc = frm.Stream.Stream
	}
	if w.cfg.era >= era32 {
		qc.handleAckedRange(w, frm, desc)
		return
	}
	if offset > desc.AckOffset {
		w.trace(evAckParked, id, offset, n)
		desc.AckedFrms.Insert(w, &frm.Stream.Offset)
	} else {
		_, alive := desc.Ack(w, offset, n, frm.Type&ftFinBit != 0)
		w.releaseFrm(frm)
		if !alive {
			qc.checkClose(w)
			return
		}
	}
	qc.tryToConsume(w, desc)
}

// tryToConsume models quic_stream_try_to_consume: frames that were
// acknowledged out of order and are now next.
//
//lastwake:c quic_stream_try_to_consume src/quic_rx.c
func (qc *QuicConn) tryToConsume(w *World, desc *QCStreamDesc) {
	node := desc.AckedFrms.First()
	for node != nil {
		strm := strmOfOffset(node)
		if strm.Offset.Key > desc.AckOffset {
			return
		}
		frm := frmOfOffset(node)
		_, alive := desc.Ack(w, strm.Offset.Key, strm.Len, frm.Type&ftFinBit != 0)
		if !alive {
			qc.checkClose(w)
			return
		}
		node = w.after(node)
		strm.Offset.Delete()
		w.releaseFrm(frm)
	}
}

// parseAck models qc_parse_ack_frm for the packets first to last.
//
//lastwake:c qc_parse_ack_frm src/quic_rx.c
func (qc *QuicConn) parseAck(w *World, first, last uint64) {
	acked := w.listHead()
	node := qc.TxPkts.First()
	for node != nil {
		pkt := pktOfPN(node)
		node = w.after(node)
		pn := pkt.PNNode.Key
		if pn < first || pn > last {
			continue
		}
		acked.Append(&pkt.List)
		pkt.PNNode.Delete()
	}
	if !acked.IsEmpty() {
		qc.handleAckedPkts(w, acked)
		qc.notifyCC(w, acked)
		qc.setTimer(w)
		qc.notifySend(w)
	}
	w.dropHead(acked)
}

// handleAckedPkts models qc_handle_newly_acked_pkts.
//
//lastwake:c qc_handle_newly_acked_pkts src/quic_rx.c
func (qc *QuicConn) handleAckedPkts(w *World, acked *List) {
	el := acked.N
	for el != acked {
		follow := w.next(el)
		pkt := pktOfList(el)
		el = follow
		head := &pkt.Frms
		fe := head.N
		for fe != head {
			after := w.next(fe)
			frm := frmOfList(fe)
			fe = after
			qc.handleNewlyAcked(w, frm)
		}
	}
}

// notifyCC models qc_notify_cc_of_newly_acked_pkts: the window gets the bytes
// back, the packets go.
//
//lastwake:c qc_notify_cc_of_newly_acked_pkts src/quic_rx.c
func (qc *QuicConn) notifyCC(w *World, acked *List) {
	for !acked.IsEmpty() {
		pkt := pktOfList(w.next(acked))
		qc.leaveFlight(pkt)
		pkt.List.DelInit()
		pkt.refDec(w)
	}
}

// leaveFlight takes an acknowledged or lost packet out of the counts.
//
//lastwake:primitive
func (qc *QuicConn) leaveFlight(pkt *QuicTxPacket) {
	n := pkt.InFlightLen
	qc.PrepInFlight -= n
	qc.InFlight -= n
	if n != 0 {
		qc.AckElicitingPkts--
	}
}

// lostPkt models qc_release_lost_pkts for one packet: its frames are queued
// to be sent again.
//
//lastwake:c qc_release_lost_pkts src/quic_loss.c
func (qc *QuicConn) lostPkt(w *World, pkt *QuicTxPacket) {
	pkt.PNNode.Delete()
	qc.leaveFlight(pkt)
	qc.handleLostFrms(w, pkt)
	pkt.refDec(w)
	qc.setTimer(w)
}

// handleLostFrms models qc_handle_frms_of_lost_pkt. A frame that is lost too
// often closes the connection.
//
// Deviation: a copy whose stream is gone leaves its origin's list before it is
// freed; 220386ae4 halts on it.
//
//lastwake:c qc_handle_frms_of_lost_pkt src/quic_rx.c
func (qc *QuicConn) handleLostFrms(w *World, pkt *QuicTxPacket) {
	for !pkt.Frms.IsEmpty() {
		frm := frmOfList(w.next(&pkt.Frms))
		frm.List.DelInit()
		pkt.refDec(w)
		frm.Pkt = nil
		w.frmUnref(frm)
		useless := frm.Flags&frmAcked != 0 || pkt.Flags&pktProbeOldData != 0
		if frm.isStream() && !qc.stillUseful(w, frm) {
			useless = true
		}
		if useless {
			frm.Ref.DelInit()
			w.frmFree(frm)
			continue
		}
		if w.Faults.Has(fault.HAPROXY_c8a0efbda) {
			frm.Stream.Dup = 1 // QUIC_FL_TX_FRAME_LOST, which a copy does not inherit
		}
		frm.LossCount++
		if frm.LossCount >= maxFrameLoss {
			w.setConnectionClose(qc, errInternal, 0)
			qc.notifyErr(w)
		}
		qc.Frms.Append(&frm.List)
	}
}

// requestReject models qc_h3_request_reject: with the mux gone a new request
// is refused. It reports false when the frames cannot be allocated.
//
//lastwake:c qc_h3_request_reject src/quic_conn.c
func (qc *QuicConn) requestReject(w *World, id uint64) bool {
	if streamIsUni(id) {
		return true
	}
	ss := w.frmAlloc(ftStopSending)
	if ss == nil {
		return false
	}
	rs := w.frmAlloc(ftResetStream)
	if rs == nil {
		w.frmFree(ss)
		return false
	}
	ss.Stream.ID = id
	rs.Stream.ID = id
	rs.Stream.Offset.Key = 0
	qc.Frms.Append(&ss.List)
	qc.Frms.Append(&rs.List)
	return true
}

// rxStream is the STREAM branch of qc_parse_pkt_frms. It reports whether the
// packet may be acknowledged.
//
//lastwake:c qc_parse_pkt_frms src/quic_rx.c
func (qc *QuicConn) rxStream(w *World, id, offset, n uint64, fin bool) bool {
	if qc.MuxState == muxReady {
		return qc.QCC.Recv(w, id, n, offset, fin)
	}
	if w.cfg.back {
		w.trace(evRxStreamNoMux, id, 0)
		return true // the mux has asked the server to stop; what still comes is dropped
	}
	seen := qc.NbStreamsCltBidi
	switch id & 3 {
	case 2:
		seen = 0
	case 3:
		seen = qc.NbStreamsSrvUni
	}
	if id>>2 < seen {
		w.trace(evRxStreamNoMux, id, 0)
		return true
	}
	w.trace(evRxStreamNoMux, id, 1)
	if w.cfg.app == appH3 {
		return qc.requestReject(w, id)
	}
	return false
}

// rxConnectionClose is the CONNECTION_CLOSE branch of qc_parse_pkt_frms: the
// connection drains (RFC 9000 section 10.2.2) and answers once.
//
//lastwake:c qc_parse_pkt_frms src/quic_rx.c
func (qc *QuicConn) rxConnectionClose(w *World, code uint64, app bool) {
	w.trace(evRxConnectionClose, code, flag(app))
	if qc.Flags&qcDraining != 0 {
		return
	}
	qc.Flags |= qcDraining | qcImmediateClose
	qc.idleTimerDoRearm(w)
	qc.notifyErr(w)
}
