package mux

import "github.com/lastwake/lastwake/harness/fault"

// dupPktFrms models qc_dup_pkt_frms: the frames of a packet in flight are
// copied into out, to be sent as a probe. What is acknowledged is left out.
//
//lastwake:c qc_dup_pkt_frms src/quic_retransmit.c
func (qc *QuicConn) dupPktFrms(w *World, pkt *QuicTxPacket, out *List) {
	tmp := w.listHead()
	head := &pkt.Frms
	el := head.N
	for el != head {
		follow := w.next(el)
		frm := frmOfList(el)
		el = follow
		if frm.Flags&frmAcked != 0 {
			continue
		}
		if frm.isStream() {
			if !qc.stillUseful(w, frm) {
				continue
			}
			if !w.Faults.Has(fault.HAPROXY_c8a0efbda) {
				frm.Stream.Dup = 1
			}
		}
		origin := frm
		if frm.Origin != nil {
			origin = frm.Origin
		}
		dup := w.frmDup(origin)
		if dup == nil {
			break
		}
		tmp.Append(&dup.List)
	}
	out.Splice(tmp)
	w.dropHead(tmp)
}

// onlyAcked models qc_pkt_with_only_acked_frms.
//
//lastwake:c qc_pkt_with_only_acked_frms src/quic_retransmit.c
func (p *QuicTxPacket) onlyAcked(w *World) bool {
	head := &p.Frms
	for el := head.N; el != head; el = w.next(el) {
		frm := frmOfList(el)
		if frm.Flags&frmAcked == 0 {
			return false
		}
	}
	return true
}

// prepFastRetrans models qc_prep_fast_retrans: the two oldest packets with
// something to say are copied, one into each list.
//
//lastwake:c qc_prep_fast_retrans src/quic_retransmit.c
func (qc *QuicConn) prepFastRetrans(w *World, first, second *List) {
	out := first
	node := qc.TxPkts.First()
	for node != nil {
		pkt := pktOfPN(node)
		node = w.after(node)
		if pkt.Frms.IsEmpty() {
			continue
		}
		if pkt.onlyAcked(w) {
			continue
		}
		qc.dupPktFrms(w, pkt, out)
		if out == second {
			return
		}
		out = second
	}
}

// dgramsRetransmit models qc_dgrams_retransmit for the application space: up
// to two probes. Copies that are not sent are freed, whatever happened. It
// reports false for a fatal send error.
//
//lastwake:c qc_dgrams_retransmit src/quic_tx.c
func (qc *QuicConn) dgramsRetransmit(w *World) bool {
	if qc.Flags&qcProbeNeeded == 0 {
		return true
	}
	first := w.listHead()
	second := w.listHead()
	qc.PTOProbe = 0
	qc.prepFastRetrans(w, first, second)
	ok := qc.sendProbe(w, first)
	if ok {
		ok = qc.sendProbe(w, second)
	} else if !w.Faults.Has(fault.HAPROXY_89d685f39) {
		w.freeFrmList(second)
	}
	if ok {
		qc.Flags &^= qcProbeNeeded
	}
	w.dropHead(second)
	w.dropHead(first)
	return ok
}

// sendProbe sends the frames of one list as a probe, which the congestion
// window does not stop, and frees those that were not sent.
//
//lastwake:c qc_send_app_probing src/quic_tx.c
func (qc *QuicConn) sendProbe(w *World, frms *List) bool {
	if frms.IsEmpty() {
		return true
	}
	qc.PTOProbe = 1
	qc.Flags |= qcRetransOldData
	ok := qc.sendAppPkts(w, frms)
	qc.Flags &^= qcRetransOldData
	if ok && w.Faults.Has(fault.HAPROXY_c8a0efbda) {
		qc.Frms.Splice(frms) // to be sent when the window lets them out
		return true
	}
	if ok || !w.Faults.Has(fault.HAPROXY_89d685f39) {
		w.freeFrmList(frms)
	}
	return ok
}
