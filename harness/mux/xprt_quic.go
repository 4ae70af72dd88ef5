package mux

// qcConnInit models qc_conn_init: the first thing that the connection's new
// thread does with it.
//
//lastwake:c qc_conn_init src/xprt_quic.c
func (w *World) qcConnInit(qc *QuicConn) {
	if qc.Flags&qcTIDRebind != 0 {
		qc.finalizeTIDRebind(w)
	}
}

// xprtStart models qc_xprt_start: the mux may be used.
//
//lastwake:c qc_xprt_start src/xprt_quic.c
func (w *World) xprtStart(qc *QuicConn) {
	w.trace(evMuxReady)
	qc.MuxState = muxReady
}

// quicClose models quic_close: the mux is gone. A connection that is closing
// or has timed out is freed; another lives on until its streams are
// acknowledged.
//
//lastwake:c quic_close src/xprt_quic.c
func (w *World) quicClose(qc *QuicConn) {
	w.traceQuicClose(qc)
	qc.MuxState = muxReleased
	w.conns[qc.Index%maxConns].muxReleased = true
	if qc.Flags&(qcExpTimer|qcClosing) != 0 {
		qc.Release(w)
		return
	}
	qc.checkClose(w)
}

// quicConnSubscribe models quic_conn_subscribe.
//
//lastwake:c quic_conn_subscribe src/xprt_quic.c
func (w *World) quicConnSubscribe(qc *QuicConn, events uint32, es *WaitEvent) {
	w.bugOn(qc.Subs != nil && qc.Subs != es, "qc->subs && qc->subs != es")
	es.Events |= events
	qc.Subs = es
}

// quicConnUnsubscribe models quic_conn_unsubscribe.
//
//lastwake:c quic_conn_unsubscribe src/xprt_quic.c
func (w *World) quicConnUnsubscribe(qc *QuicConn, events uint32, es *WaitEvent) {
	es.Events &^= events
	if es.Events == 0 {
		qc.Subs = nil
	}
}
