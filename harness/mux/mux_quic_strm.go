package mux

import "github.com/lastwake/lastwake/harness/fault"

// What the stream layer above calls: the operations of qmux_ops.

// qmuxStrmDetach models qmux_strm_detach: the stream layer goes away. A stream
// with data left stays until it is sent; the last one to go may release the
// connection.
//
//lastwake:c qmux_strm_detach src/mux_quic.c
func (w *World) qmuxStrmDetach(sd *Sedesc) {
	qcs := sd.SE
	qcc := qcs.QCC
	qcc.rmSC(w)
	if qcs.owesPeer(w) && qcc.Flags&(qcErrConn|qcErrL) == 0 {
		w.trace(evDetach, qcs.ID, uint64(qcs.St), qcc.NbSC, 0)
		qcs.Flags |= qsDetach
		qcc.refreshTimeout(w)
		return
	}
	w.trace(evDetach, qcs.ID, uint64(qcs.St), qcc.NbSC, 1)
	qcs.Destroy(w)
	if qcc.isBack() {
		settled := qcc.goIdle(w)
		if settled {
			return
		}
	}
	if qcc.isDead(w) {
		w.trace(evDead, deadDetach)
		w.noteDropped(qcc)
		qcc.Shutdown(w)
		qcc.Release(w)
		return
	}
	qcc.refreshTimeout(w)
}

// owesPeer reports whether there is something left to send: data, a FIN or a
// RESET_STREAM, or a STOP_SENDING.
//
//lastwake:primitive
func (qcs *QCS) owesPeer(w *World) bool {
	if !qcs.isCloseLocal() {
		return true
	}
	if w.Faults.Has(fault.HAPROXY_c0c3a325a) {
		return false
	}
	return qcs.Flags&qsToStopSending != 0
}

// qmuxStrmRcvBuf models qmux_strm_rcv_buf and qcs_http_rcv_buf: the stream
// layer takes up to count bytes, or all with 0. It returns what it got.
//
//lastwake:c qmux_strm_rcv_buf src/mux_quic.c
func (w *World) qmuxStrmRcvBuf(qcs *QCS, count uint64) uint64 {
	qcc := qcs.QCC
	n := qcs.Rx.AppBuf.Data
	if count != 0 {
		n = min(n, count)
	}
	eom := qcs.appEOM()
	if n != 0 {
		qcs.Rx.AppBuf.Area.peek(qcs.Rx.AppBuf.Head)
		qcs.Rx.AppBuf.Del(n)
	}
	fin := eom && qcs.Rx.AppBuf.Data == 0
	if n != 0 || fin {
		w.trace(evRcvBuf, qcs.ID, n, flag(fin))
	}
	if qcs.Rx.AppBuf.Data != 0 {
		qcs.SD.Flags |= seRcvMore | seWantRoom
	} else {
		qcs.rcvDone(w, fin)
	}
	if n != 0 && qcs.Flags&qsDemFull != 0 {
		data := qcs.rxAvail(w)
		w.bugOn(data == 0, "!ncb_data(&qcs->rx.ncbuf, 0)")
		qcs.Flags &^= qsDemFull
		if qcc.Flags&qcErrL == 0 {
			qcs.decodeLater(w)
			w.wakeMux(qcc, fnQmuxStrmRcvBuf)
		}
	}
	return n
}

// decodeLater is the part of qmux_strm_rcv_buf that has the mux decode what the
// full buffer kept it from.
//
//lastwake:c qmux_strm_rcv_buf src/mux_quic.c
func (qcs *QCS) decodeLater(w *World) {
	if w.cfg.era >= era32 {
		w.trace(evRecvListAdd, qcs.ID)
		qcc := qcs.QCC
		qcc.RecvList.Append(&qcs.ElRecv)
	}
}

// rcvDone is the part of qmux_strm_rcv_buf for an emptied buffer: the ends of
// input and stream are reported, the buffer goes.
//
//lastwake:c qmux_strm_rcv_buf src/mux_quic.c
func (qcs *QCS) rcvDone(w *World, fin bool) {
	sd := qcs.SD
	conn := qcs.QCC.Conn
	sd.Flags &^= seRcvMore | seWantRoom
	if fin {
		if sd.Flags&seEOI == 0 {
			w.trace(evSeEOI, qcs.ID)
		}
		sd.Flags |= seEOI
		qcs.clearEOM()
	}
	if qcs.Flags&qsRecvReset != 0 || conn.Flags&coSockRdSh != 0 {
		if sd.Flags&seEOS == 0 {
			w.trace(evSeEOS, qcs.ID, uint64(^sd.Flags&seEOI))
		}
		sd.Flags |= seEOS
		if sd.Flags&seEOI == 0 {
			sd.Flags |= seError
		}
	}
	if sd.Flags&seErrPending != 0 {
		sd.Flags |= seError
	}
	qcs.Rx.AppBuf.Free(w)
}

// qmuxStrmSndBuf models qmux_strm_snd_buf and qcs_http_snd_buf: the stream
// layer sends n bytes, the last ones with eom. It returns how many the mux
// took.
//
//lastwake:c qmux_strm_snd_buf src/mux_quic.c
func (w *World) qmuxStrmSndBuf(qcs *QCS, n uint64, eom bool) uint64 {
	qcc := qcs.QCC
	w.bugOn(qcs.isCloseLocal() || qcs.Flags&qsToReset != 0, "qcs_is_close_local(qcs) || (qcs->flags & QC_SF_TO_RESET)")
	w.bugOnHot(qcs.Flags&qsDetach != 0, "qcs->flags & QC_SF_DETACH")
	if qcc.Flags&(qcErrConn|qcErrL) != 0 {
		qcs.SD.Flags |= seError
		return 0
	}
	if w.cfg.era >= era30 {
		return w.sndBufDirect(qcs, n, eom)
	}
	took := w.appSndBuf(qcc, qcs, n, eom)
	fin := eom && took == n
	w.trace(evSndBuf, qcs.ID, n, took, flag(fin), qcs.Tx.Buf.Data)
	if fin {
		qcs.Flags |= qsFinStream
	}
	if took != 0 || fin {
		qcs.send(w, false)
		if qcc.WaitEvent.Events&subRetrySend == 0 {
			w.wakeMux(qcc, fnQmuxStrmSndBuf)
		}
	}
	return took
}

// qmuxStrmUnsubscribe models qmux_strm_unsubscribe.
//
//lastwake:c qmux_strm_unsubscribe src/mux_quic.c
func (w *World) qmuxStrmUnsubscribe(qcs *QCS, events uint32, es *WaitEvent) {
	w.bugOn(qcs.Subs != nil && qcs.Subs != es, "qcs->subs && qcs->subs != es")
	es.Events &^= events
	if es.Events == 0 {
		qcs.Subs = nil
	}
}

// qmuxStrmShutw models qmux_strm_shutw: the stream layer will write no more.
// If its last bytes were not marked as such the stream is reset, unless its
// length was never known.
//
// Deviation: qcs_http_snd_buf learns from the message that its length is not
// known; here the op that shuts says so.
//
//lastwake:c qmux_strm_shutw src/mux_quic.c
func (w *World) qmuxStrmShutw(qcs *QCS, unknownLength bool) {
	qcc := qcs.QCC
	if unknownLength {
		qcs.Flags |= qsUnknownPLLength
	}
	w.trace(evShutw, qcs.ID, uint64(qcs.St), uint64(qcs.Flags&qsFinStream))
	if qcs.isCloseLocal() || qcs.Flags&(qsFinStream|qsToReset) != 0 {
		return
	}
	if qcs.Flags&qsUnknownPLLength == 0 || w.cfg.era >= era32 && qcs.Tx.Offset == 0 {
		qcs.resetStream(w, 0)
	} else if qcc.Flags&(qcErrConn|qcErrL) == 0 {
		w.trace(evShutwFin, qcs.ID)
		qcs.Flags |= qsFinStream
		qcs.send(w, false)
	}
	w.wakeMux(qcc, fnQmuxStrmShutw)
}

// qmuxStrmFastForward models qmux_strm_nego_ff and qmux_strm_done_ff: n bytes
// go straight into the stream's buffer, if there is room.
//
// Deviation: a buffer that cannot be allocated closes the connection;
// 220386ae4 gives fast forward up with h3, and follows the null pointer with
// hq.
//
//lastwake:c qmux_strm_done_ff src/mux_quic.c
func (w *World) qmuxStrmFastForward(qcs *QCS, n uint64, eoi bool) {
	qcc := qcs.QCC
	w.bugOn(qcs.isCloseLocal() || qcs.Flags&qsToReset != 0, "qcs_is_close_local(qcs) || (qcs->flags & QC_SF_TO_RESET)")
	if qcc.Flags&(qcErrConn|qcErrL) != 0 {
		return
	}
	if w.cfg.era >= era30 {
		w.fastForwardDirect(qcs, n, eoi)
		return
	}
	if !qcs.Tx.Buf.Alloc(w) {
		qcc.SetError(w, errInternal, 0)
		return
	}
	room := qcs.Tx.Buf.Room()
	if room == 0 {
		qcs.Flags |= qsBlkMRoom
		w.trace(evNegoFF, qcs.ID, 0, 1)
		return
	}
	w.trace(evNegoFF, qcs.ID, 1, 0)
	took := min(n, room)
	eoi = eoi && took == n
	if eoi {
		qcs.Flags |= qsFinStream
	}
	if took != 0 || eoi {
		qcs.Tx.Buf.Put(w, took)
		w.trace(evDoneFF, qcs.ID, took, flag(eoi), qcs.Tx.Buf.Data)
		qcs.send(w, false)
		if qcc.WaitEvent.Events&subRetrySend == 0 {
			w.wakeMux(qcc, fnQmuxStrmDoneFF)
		}
	}
	if qcs.Tx.Buf.Data == 0 {
		qcs.Tx.Buf.Free(w)
	}
}
