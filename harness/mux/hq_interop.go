package mux

import "unsafe"

// hqAttach models hq_interop_attach.
//
//lastwake:c hq_interop_attach src/hq_interop.c
func (w *World) hqAttach(qcs *QCS) bool {
	qcs.waitHTTPReq(w)
	w.trace(evAppAttach, qcs.ID, 0, 1)
	return true
}

// hqRcvBuf models hq_interop_rcv_buf: nothing is parsed before the whole
// request is there.
//
// Deviation: 220386ae4 follows the null pointer when its buffer cannot be
// allocated, and loses the buffer of a request that it cannot parse.
//
//lastwake:c hq_interop_rcv_buf src/hq_interop.c
func (w *World) hqRcvBuf(qcs *QCS, data uint64, fin bool) (uint64, bool) {
	if !fin {
		return 0, true
	}
	htx := (*Area)(w.alloc(kindBuffer))
	if htx == nil {
		return 0, false
	}
	ok := false
	kind, _ := w.wireAt(qcs.QCC, qcs.ID, qcs.Rx.Offset)
	if data != 0 && kind != wireInvalid {
		ok = qcs.attachSC(w, fin)
	}
	w.free(kindBuffer, unsafe.Pointer(htx))
	if !ok {
		return 0, false
	}
	return data, true
}

// hqSndBuf models hq_interop_snd_buf.
//
// Deviation: a buffer that cannot be allocated closes the connection, as with
// h3; 220386ae4 follows the null pointer.
//
//lastwake:c hq_interop_snd_buf src/hq_interop.c
func (w *World) hqSndBuf(qcs *QCS, n uint64) uint64 {
	if n == 0 {
		return 0
	}
	if w.cfg.era >= era30 {
		took, ok := qcs.fillTxbuf(w, n)
		if !ok {
			qcs.QCC.SetError(w, errInternal, 0)
		}
		return took
	}
	if !qcs.Tx.Buf.Alloc(w) {
		qcs.QCC.SetError(w, errInternal, 0)
		return 0
	}
	return qcs.fill(w, n)
}
