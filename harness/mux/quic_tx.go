package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// Flags of a QuicTxPacket.
const (
	pktCC           = 0x1 // bears a CONNECTION_CLOSE
	pktProbeOldData = 0x2 // a probe with old data: not sent again when lost
)

// ackFrmLen is the length of an ACK frame with one range, bytes (RFC 9000
// section 19.3).
const ackFrmLen = 5

// maxDatagrams is how many datagrams fit into the Tx buffer at once.
const maxDatagrams = 12

// A QuicTxPacket is struct quic_tx_packet. Each of its frames and the tree of
// sent packets count as a reference.
//
//lastwake:managed
type QuicTxPacket struct {
	PNNode      Eb64Node `c:"pn_node"` // key is the packet number
	List        List     `c:"list"`
	Frms        List     `c:"frms"`
	InFlightLen uint64   `c:"in_flight_len"`
	Flags       uint32   `c:"flags"`
	RefCnt      uint32   `c:"refcnt"`
}

func pktOfPN(n *Eb64Node) *QuicTxPacket {
	return shadow.ContainerOf[QuicTxPacket](unsafe.Pointer(n), unsafe.Offsetof(QuicTxPacket{}.PNNode))
}

func pktOfList(n *List) *QuicTxPacket {
	return shadow.ContainerOf[QuicTxPacket](unsafe.Pointer(n), unsafe.Offsetof(QuicTxPacket{}.List))
}

// refDec models quic_tx_packet_refdec.
//
//lastwake:c quic_tx_packet_refdec include/haproxy/quic_tx.h
//lastwake:primitive
func (p *QuicTxPacket) refDec(w *World) {
	p.RefCnt--
	if p.RefCnt == 0 {
		w.bugOn(!p.Frms.IsEmpty(), "!LIST_ISEMPTY(&pkt->frms)")
		w.free(kindTxPacket, unsafe.Pointer(p))
	}
}

// room models quic_cc_path_prep_data: the bytes that the congestion window
// still lets out.
//
//lastwake:primitive
func (qc *QuicConn) room() uint64 {
	if qc.PrepInFlight >= qc.CWnd {
		return 0
	}
	return qc.CWnd - qc.PrepInFlight
}

// qcSendMux models qc_send_mux: the mux's frames go out, and the mux hears of
// each STREAM frame that is put in a packet.
//
//lastwake:c qc_send_mux src/quic_tx.c
func (w *World) qcSendMux(qc *QuicConn, frms *List) bool {
	w.bugOn(qc.MuxState != muxReady, "qc->mux_state != QC_MUX_READY")
	conn := qc.Conn
	if conn.Flags&coSockWrSh != 0 {
		conn.Flags |= coError | coSockRdSh
		return false
	}
	qc.Flags |= qcTxMuxContext
	ok := qc.sendAppPkts(w, frms)
	qc.Flags &^= qcTxMuxContext
	return ok
}

// sendAppPkts models qc_send_app_pkts: packets are built from frms and sent
// until nothing is left or the window is full. It reports false for a fatal
// error; then the frames that were in a packet are gone.
//
//lastwake:c qc_send_app_pkts src/quic_tx.c
func (qc *QuicConn) sendAppPkts(w *World, frms *List) bool {
	if !qc.getTxb(w) {
		return false
	}
	for {
		closing := qc.Flags&qcImmediateClose != 0
		dgrams := w.listHead()
		n, built := qc.prepAppPkts(w, frms, dgrams)
		sent := qc.sendPpkts(w, dgrams)
		w.dropHead(dgrams)
		if !sent {
			qc.txbRelease(w)
			return false
		}
		if n == 0 || !built || closing {
			qc.txbRelease(w)
			return built
		}
	}
}

// getTxb models qc_get_txb: the buffer to build datagrams in, a small one for
// the last packet of a closing connection.
//
//lastwake:c qc_get_txb src/quic_tx.c
func (qc *QuicConn) getTxb(w *World) bool {
	if qc.Flags&qcImmediateClose == 0 {
		return qc.TxBuf.Alloc(w)
	}
	if qc.CCBufArea == nil {
		qc.CCBufArea = (*CCBuf)(w.alloc(kindCCBuf))
	}
	return qc.CCBufArea != nil
}

// txbRelease models qc_txb_release.
//
//lastwake:c qc_txb_release src/quic_tx.c
//lastwake:primitive
func (qc *QuicConn) txbRelease(w *World) { qc.TxBuf.Free(w) }

// prepAppPkts models qc_prep_app_pkts: a buffer full of packets is built and
// appended to dgrams. It returns how many, and false after a failure.
//
//lastwake:c qc_prep_app_pkts src/quic_tx.c
func (qc *QuicConn) prepAppPkts(w *World, frms, dgrams *List) (int, bool) {
	cc := qc.Flags&qcImmediateClose != 0
	n := 0
	for n < maxDatagrams {
		probe := qc.PTOProbe != 0 && !cc
		if !cc && !probe && (frms.IsEmpty() || qc.room() == 0) {
			return n, true
		}
		pkt := (*QuicTxPacket)(w.alloc(kindTxPacket))
		if pkt == nil {
			return n, false
		}
		pkt.RefCnt = 0
		pkt.Flags = 0
		pkt.InFlightLen = 0
		pkt.List.Init()
		pkt.Frms.Init()
		pkt.PNNode.Root = nil
		if !qc.buildPkt(w, pkt, frms, cc, probe) {
			w.free(kindTxPacket, unsafe.Pointer(pkt))
			return n, true
		}
		if qc.Flags&qcRetransOldData != 0 {
			pkt.Flags |= pktProbeOldData
		}
		dgrams.Append(&pkt.List)
		n++
		if cc {
			return n, true
		}
	}
	return n, true
}

// buildPkt models qc_build_pkt and qc_do_build_pkt for a short packet: frames
// move from frms into the packet. A probe that finds none is a PING. It
// reports whether there is a packet to send.
//
//lastwake:c qc_do_build_pkt src/quic_tx.c
func (qc *QuicConn) buildPkt(w *World, pkt *QuicTxPacket, frms *List, cc, probe bool) bool {
	if cc {
		pkt.Flags |= pktCC
	} else {
		n := qc.buildFrms(w, pkt, frms, probe)
		if n == 0 {
			if !probe {
				return false
			}
			n = 1
		}
		pkt.InFlightLen = n
		if qc.PTOProbe != 0 {
			qc.PTOProbe--
		}
	}
	qc.PrepInFlight += pkt.InFlightLen
	qc.NextPN++
	pkt.PNNode.Key = qc.NextPN
	qc.Flags &^= qcImmediateClose
	return true
}

// buildFrms models qc_build_frms: as many frames as the packet and the
// congestion window hold; a STREAM frame is split where it must be. It returns
// the bytes built.
//
// What the packet holds already is taken off the room of a STREAM frame twice,
// as in the C function: its frames after the first are shorter than they could
// be.
//
// Deviation: only STREAM payload takes room, any other frame counts as a byte.
// The ACK frame that goes with a probe is left out: it only matters where the
// copies that a probe does not send are kept.
//
//lastwake:c qc_build_frms src/quic_tx.c
func (qc *QuicConn) buildFrms(w *World, pkt *QuicTxPacket, frms *List, probe bool) uint64 {
	room := w.cfg.mtu
	if probe && w.Faults.Has(fault.HAPROXY_c8a0efbda) {
		room -= ackFrmLen // so that a part of a full packet's copy stays behind
	}
	if !probe {
		room = min(room, qc.room())
	}
	total := uint64(0)
	el := frms.N
	for el != frms && room != 0 {
		follow := w.next(el)
		cf := frmOfList(el)
		el = follow
		if cf.isStream() {
			if cf.Stream.Dup != 0 && !qc.stillUseful(w, cf) {
				w.frmFree(cf)
				continue
			}
			if room <= total {
				continue
			}
			n := min(room-total, cf.Stream.Len)
			if !qc.buildStream(w, pkt, cf, n) {
				continue
			}
			n = max(n, 1)
			room -= n
			total += n
			continue
		}
		cf.List.DelInit()
		pkt.add(cf)
		room--
		total++
	}
	return total
}

// add puts a frame into the packet.
//
//lastwake:primitive
func (p *QuicTxPacket) add(f *QuicFrame) {
	p.Frms.Append(&f.List)
	p.RefCnt++
	f.Pkt = p
}

// stillUseful is the check of qc_build_frms for a frame that was sent before:
// its stream must be there and its bytes not all acknowledged.
//
//lastwake:c qc_build_frms src/quic_tx.c
func (qc *QuicConn) stillUseful(w *World, cf *QuicFrame) bool {
	node := qc.StreamsByID.Lookup(w, cf.Stream.ID)
	if node == nil {
		return false
	}
	desc := descOfID(node)
	if w.cfg.era >= era30 && cf.Type&ftFinBit != 0 && desc.Flags&sdWaitForFin != 0 {
		return cf.Stream.skipAckedFin(desc.AckOffset)
	}
	return cf.Stream.skipAcked(desc.AckOffset)
}

// skipAckedFin is skipAcked for a frame whose FIN is not acknowledged: it may
// have no byte left.
//
//lastwake:primitive
func (s *QFStream) skipAckedFin(ackOffset uint64) bool {
	if s.Offset.Key+s.Len < ackOffset {
		return false
	}
	if s.Offset.Key < ackOffset {
		s.mvFwd(ackOffset - s.Offset.Key)
	}
	return true
}

// skipAcked moves a STREAM frame behind what is acknowledged; it reports
// whether anything is left of it.
//
//lastwake:primitive
func (s *QFStream) skipAcked(ackOffset uint64) bool {
	if s.Offset.Key+s.Len <= ackOffset {
		return false
	}
	if s.Offset.Key < ackOffset {
		s.mvFwd(ackOffset - s.Offset.Key)
	}
	return true
}

// buildStream puts n bytes of the STREAM frame cf into the packet: the frame
// itself when they are all, else a new frame with the first n. The payload is
// read. It reports false when the new frame cannot be allocated.
//
//lastwake:c qc_build_frms src/quic_tx.c
func (qc *QuicConn) buildStream(w *World, pkt *QuicTxPacket, cf *QuicFrame, n uint64) bool {
	frm := cf
	if n != cf.Stream.Len {
		frm = w.splitStream(cf, n)
		if frm == nil {
			return false
		}
	} else {
		cf.List.DelInit()
	}
	if n != 0 {
		// qc_build_frm copies the payload, quic_build_stream_frame.
		frm.Stream.Buf.Buf.Area.peek(frm.Stream.Data)
	}
	pkt.add(frm)
	w.noteFin(qc, frm, false)
	if w.cfg.era >= era32 {
		frm.Stream.Stream.sent(w, frm.Stream.Offset.Key, n)
	} else if qc.Flags&qcTxMuxContext != 0 {
		(*QCS)(frm.Stream.Stream.Ctx).streamsSentDone(w, n, frm.Stream.Offset.Key)
	}
	return true
}

// splitStream cuts the first n bytes off the STREAM frame cf into a new frame,
// which inherits its place among the copies of an origin.
//
//lastwake:c qc_build_frms src/quic_tx.c
func (w *World) splitStream(cf *QuicFrame, n uint64) *QuicFrame {
	frm := w.frmAlloc(ftStream)
	if frm == nil {
		return nil
	}
	frm.Stream.copyStream(&cf.Stream)
	if w.Faults.Has(fault.HAPROXY_c8a0efbda) {
		frm.Stream.Dup = 0
	}
	frm.Stream.Len = n
	if cf.Origin != nil {
		origin := cf.Origin
		origin.Reflist.Append(&frm.Ref)
		frm.Origin = origin
		cf.Ref.DelInit()
		cf.Origin = nil
	}
	cf.Stream.mvFwd(n)
	return frm
}

// sendPpkts models qc_send_ppkts: the datagrams leave through sendto. A fatal
// error kills the connection and frees what was not sent.
//
//lastwake:c qc_send_ppkts src/quic_tx.c
func (qc *QuicConn) sendPpkts(w *World, dgrams *List) bool {
	for !dgrams.IsEmpty() {
		pkt := pktOfList(w.next(dgrams))
		pkt.List.DelInit()
		if w.netFatal(qc) {
			qc.kill(w)
			w.freeTxPkt(pkt)
			for !dgrams.IsEmpty() {
				rest := pktOfList(w.next(dgrams))
				rest.List.DelInit()
				w.freeTxPkt(rest)
			}
			return false
		}
		if pkt.Flags&pktCC != 0 && qc.Flags&qcClosing == 0 {
			qc.enterClosing(w)
		}
		qc.InFlight += pkt.InFlightLen
		if pkt.InFlightLen != 0 {
			qc.AckElicitingPkts++
			qc.setTimer(w)
		}
		pkt.RefCnt++
		qc.TxPkts.Insert(w, &pkt.PNNode)
	}
	return true
}

// enterClosing is the part of qc_send_ppkts for the packet with our
// CONNECTION_CLOSE: the connection is in the closing state (RFC 9000 section
// 10.2.1), its timer ends.
//
//lastwake:c qc_send_ppkts src/quic_tx.c
func (qc *QuicConn) enterClosing(w *World) {
	w.trace(evClosing)
	qc.Flags |= qcClosing
	qc.idleTimerDoRearm(w)
	if qc.TimerTask != nil {
		qc.TimerTask.Destroy(w)
		qc.TimerTask = nil
	}
}

// freeTxPkt models qc_free_tx_coalesced_pkts for a packet that was built and
// not sent: its frames go with it.
//
//lastwake:c qc_free_tx_coalesced_pkts src/quic_tx.c
func (w *World) freeTxPkt(pkt *QuicTxPacket) {
	w.freeFrmList(&pkt.Frms)
	w.free(kindTxPacket, unsafe.Pointer(pkt))
}

// freeFrmList models qc_free_frm_list: frames that were not sent are freed.
//
//lastwake:c qc_free_frm_list src/quic_tx.c
func (w *World) freeFrmList(l *List) {
	for !l.IsEmpty() {
		frm := frmOfList(w.next(l))
		frm.Ref.DelInit()
		w.frmFree(frm)
	}
}
