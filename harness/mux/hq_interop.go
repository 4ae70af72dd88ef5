package mux

import "unsafe"

// hqAttach models hq_interop_attach.
//
//lastwake:c hq_interop_attach src/hq_interop.c
func (w *World) hqAttach(qcs *QCS) bool {
	qcs.waitHTTPReq(w)
	opening := qcs.ElOpening.InList()
	w.trace(evAppAttach, qcs.ID, 0, flag(opening))
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
	if qcc := qcs.QCC; qcc.isBack() {
		return w.hqRcvBufRes(qcs, data, fin)
	}
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

// hqRcvBufRes models hq_interop_rcv_buf_res: what a server sends is the body of
// its response, as it comes.
//
//lastwake:c hq_interop_rcv_buf_res src/hq_interop.c
func (w *World) hqRcvBufRes(qcs *QCS, data uint64, fin bool) (uint64, bool) {
	if !qcs.Rx.AppBuf.Alloc(w) {
		return 0, false
	}
	room := qcs.Rx.AppBuf.Room()
	n := min(data, room)
	if n < data {
		qcs.Flags |= qsDemFull
	} else if fin {
		qcs.Flags |= qsAppEOM
	}
	qcs.Rx.AppBuf.Put(w, n)
	return n, true
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
