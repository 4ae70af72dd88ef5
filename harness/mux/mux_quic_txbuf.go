package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// From 3.0 on the stream layer writes straight into the buffers of the
// descriptor. A stream that cannot have one waits for it by itself.

func qcsOfBuf(n *List) *QCS {
	return shadow.ContainerOf[QCS](unsafe.Pointer(n), unsafe.Offsetof(QCS{}.ElBuf))
}

func qcsOfFctl(n *List) *QCS {
	return shadow.ContainerOf[QCS](unsafe.Pointer(n), unsafe.Offsetof(QCS{}.ElFctl))
}

// prepBytes models qcs_prep_bytes: how much the stream layer wrote that the
// transport has not sent. A peer's uni stream has nothing to write to.
//
//lastwake:c qcs_prep_bytes src/mux_quic.c
func (qcs *QCS) prepBytes(w *World) uint64 {
	stream := qcs.Stream
	if stream == nil && !w.Faults.Has(fault.HAPROXY_b0dd4810e) {
		return 0
	}
	if stream.Buf == nil {
		return 0
	}
	base := max(stream.BufOffset, stream.AckOffset)
	return stream.Buf.Buf.Data - (qcs.Tx.SentOffset - base)
}

// getTxbuf models qcc_get_stream_txbuf: the stream's Tx buffer, a new one if it
// has none. It returns nil and true for a stream that has to wait, nil and
// false when the buffer cannot be allocated.
//
// Deviation: 3.2 takes a small buffer for the headers of a response; here all
// are of one size.
//
//lastwake:c qcc_get_stream_txbuf src/mux_quic.c
func (qcs *QCS) getTxbuf(w *World) (*Buffer, bool) {
	qcc := qcs.QCC
	w.bugOn(qcs.ElBuf.InList(), "LIST_INLIST(&qcs->el_buf)")
	out := qcs.Stream.bufGet()
	if out != nil {
		return out, true
	}
	if qcc.Flags&qcConnFull != 0 && qcs.Flags&qsTxBufOOB == 0 {
		qcs.waitBuf(w)
		return nil, true
	}
	if w.cfg.era >= era32 {
		return qcs.newTxbuf(w)
	}
	out, room := qcs.Stream.bufAlloc(w, qcs.Tx.SentOffset)
	if out == nil && !room {
		qcs.waitBuf(w)
		w.trace(evConnFull, qcs.ID)
		qcc.Flags |= qcConnFull
		return nil, true
	}
	if out == nil || !out.Alloc(w) {
		return nil, false
	}
	return out, true
}

// newTxbuf is the part of qcc_get_stream_txbuf since 3.1 for a stream without
// a buffer: the congestion window bounds their size. Streams for metadata are
// exempt.
//
//lastwake:c qcc_get_stream_txbuf src/mux_quic.c
func (qcs *QCS) newTxbuf(w *World) (*Buffer, bool) {
	qcc := qcs.QCC
	counted := qcs.Flags&qsTxBufOOB == 0
	if counted && qcc.bufwndFull() {
		qcs.waitBuf(w)
		w.trace(evConnFull, qcs.ID)
		qcc.Flags |= qcConnFull
		return nil, true
	}
	out := qcs.Stream.bufAllocTree(w, qcs.Tx.SentOffset)
	if out == nil {
		return nil, false
	}
	if counted {
		qcc.Tx.BufInFlight += out.Size
	}
	w.trace(evTxBufAlloc, qcs.ID, qcs.Tx.SentOffset, qcc.Tx.BufInFlight)
	return out, true
}

// waitBuf queues the stream for a Tx buffer.
//
// Deviation: a stream that stands in the list already is counted for the audit
// and not inserted again; the C tears the list, and what follows from that would
// be told as a lifetime's fault, which it is not.
//
//lastwake:primitive
func (qcs *QCS) waitBuf(w *World) {
	w.trace(evBufWait, qcs.ID)
	if qcs.ElBuf.InList() {
		w.badAppends++
		return
	}
	qcs.QCC.BufWaitList.Append(&qcs.ElBuf)
}

// bufwndFull models qcc_bufwnd_full.
//
//lastwake:c qcc_bufwnd_full src/mux_quic.c
func (qcc *QCC) bufwndFull() bool { return qcc.Tx.BufInFlight >= qcc.Conn.QC.CWnd }

// releaseTxbuf models qcc_release_stream_txbuf: the stream gives its buffer to
// the descriptor, so that it can have a new one. That must wait until all of
// it is sent; it reports whether it was done.
//
//lastwake:c qcc_release_stream_txbuf src/mux_quic.c
func (qcs *QCS) releaseTxbuf(w *World) bool {
	if qcs.prepBytes(w) != 0 {
		qcs.Flags |= qsBlkMRoom
		return false
	}
	w.trace(evTxBufFull, qcs.ID)
	qcs.Stream.bufRelease(w)
	return true
}

// canSend models qcc_stream_can_send.
//
//lastwake:c qcc_stream_can_send src/mux_quic.c
func (qcs *QCS) canSend() bool { return qcs.Flags&qsBlkMRoom == 0 && !qcs.ElBuf.InList() }

// fillTxbuf is the loop of an application layer's snd_buf: up to n bytes go to
// the stream's Tx buffers. It returns how many, and false when a buffer cannot
// be allocated.
//
// Deviation: a buffer that cannot be allocated closes the connection, behind
// bytes that were taken as well; v3.0.0 halts, or goes on without the storage
// of a buffer that it has made.
//
//lastwake:primitive
func (qcs *QCS) fillTxbuf(w *World, n uint64) (uint64, bool) {
	took := uint64(0)
	for took < n && qcs.canSend() {
		w.spend()
		out, ok := qcs.getTxbuf(w)
		if out == nil {
			return took, ok
		}
		room := out.Room()
		if room == 0 {
			qcs.releaseTxbuf(w)
			continue
		}
		more := min(n-took, room)
		out.Put(w, more)
		took += more
	}
	return took, true
}

// sendData models qcc_send_stream for n bytes that the stream layer wrote.
//
//lastwake:c qcc_send_stream src/mux_quic.c
func (qcs *QCS) sendData(w *World, urgent bool, n uint64) {
	qcs.send(w, urgent)
	if n != 0 {
		qcs.sInc(w, n)
	}
}

// waitFctl queues the stream for the connection's credit.
//
//lastwake:primitive
func (qcs *QCS) waitFctl(w *World) {
	if qcs.ElFctl.InList() {
		return
	}
	w.trace(evFctlWait, qcs.ID)
	qcs.QCC.FctlList.Append(&qcs.ElFctl)
}

// mayWrite is what qmux_strm_snd_buf and qmux_strm_nego_ff ask first: whether
// the stream waits for a buffer, then whether flow control lets it write.
//
//lastwake:c qmux_strm_snd_buf src/mux_quic.c
func (qcs *QCS) mayWrite(w *World) bool {
	waits := qcs.ElBuf.InList()
	if w.Faults.Has(fault.HAPROXY_dcf226161) {
		w.bugOn(waits, "LIST_INLIST(&qcs->el_buf)")
	} else if waits {
		w.trace(evSndBufWaits, qcs.ID)
		return false
	}
	if qcs.QCC.sBlocked() {
		qcs.waitFctl(w)
		return false
	}
	return !qcs.sBlocked()
}

// sndBufDirect is qmux_strm_snd_buf from 3.0 on, for a connection that is
// well.
//
//lastwake:c qmux_strm_snd_buf src/mux_quic.c
func (w *World) sndBufDirect(qcs *QCS, n uint64, eom bool) uint64 {
	qcc := qcs.QCC
	old := qcs.prepBytes(w)
	if !qcs.mayWrite(w) {
		return 0
	}
	took := w.appSndBuf(qcc, qcs, n, eom)
	fin := eom && took == n
	w.trace(evSndBuf, qcs.ID, n, took, flag(fin), qcs.prepBytes(w))
	if fin {
		qcs.Flags |= qsFinStream
	}
	if took == 0 && !fin {
		return 0
	}
	data := qcs.prepBytes(w) - old
	if data != 0 || fin {
		qcs.sendData(w, false, data)
	}
	if qcc.WaitEvent.Events&subRetrySend == 0 {
		w.wakeMux(qcc, fnQmuxStrmSndBuf)
	}
	return took
}

// fastForwardDirect is qmux_strm_nego_ff and qmux_strm_done_ff from 3.0 on,
// for a connection that is well. A full buffer that is sent is replaced.
//
//lastwake:c qmux_strm_done_ff src/mux_quic.c
func (w *World) fastForwardDirect(qcs *QCS, n uint64, eoi bool) {
	qcc := qcs.QCC
	if !qcs.mayWrite(w) {
		return
	}
	out, ok := qcs.getTxbuf(w)
	if out != nil && out.Room() == 0 && qcs.releaseTxbuf(w) {
		out, ok = qcs.getTxbuf(w)
	}
	if !ok {
		qcc.SetError(w, errInternal, 0)
		return
	}
	if out == nil || out.Room() == 0 {
		w.trace(evNegoFF, qcs.ID, 0, uint64(qcs.Flags&qsBlkMRoom))
		return
	}
	w.trace(evNegoFF, qcs.ID, 1, 0)
	took := min(n, out.Room())
	eoi = eoi && took == n
	if eoi {
		qcs.Flags |= qsFinStream
	}
	if took == 0 && !eoi {
		return
	}
	out.Put(w, took)
	w.trace(evDoneFF, qcs.ID, took, flag(eoi), qcs.prepBytes(w))
	qcs.sendData(w, false, took)
	if qcc.WaitEvent.Events&subRetrySend == 0 {
		w.wakeMux(qcc, fnQmuxStrmDoneFF)
	}
}

// notifyBuf models qcc_notify_buf of 3.0: a Tx buffer is to be had again, and
// the first stream that waits is woken, not the mux. It reports whether there
// was one.
//
//lastwake:c qcc_notify_buf src/mux_quic.c
func (qcc *QCC) notifyBuf(w *World) bool {
	if qcc.Flags&qcConnFull != 0 {
		w.trace(evConnFullCleared)
		qcc.Flags &^= qcConnFull
	}
	if qcc.BufWaitList.IsEmpty() {
		return false
	}
	qcc.wakeWaiter(w)
	return true
}

// wakeWaiter wakes the first stream that waits for a Tx buffer.
//
//lastwake:primitive
func (qcc *QCC) wakeWaiter(w *World) {
	qcs := qcsOfBuf(w.next(&qcc.BufWaitList))
	qcs.ElBuf.DelInit()
	w.trace(evBufWaitDel, qcs.ID)
	qcs.notifySend(w)
}

// notifyRoom models qcc_notify_buf since 3.1: n bytes of Tx buffers are free
// again. Once they fit into the congestion window all streams that wait are
// woken.
//
//lastwake:c qcc_notify_buf src/mux_quic.c
func (qcc *QCC) notifyRoom(w *World, n uint64) {
	w.bugOn(qcc.Tx.BufInFlight < n, "qcc->tx.buf_in_flight < free_size")
	qcc.Tx.BufInFlight -= n
	w.trace(evRoom, n, qcc.Tx.BufInFlight)
	if qcc.bufwndFull() {
		return
	}
	if qcc.Flags&qcConnFull != 0 {
		w.trace(evConnFullCleared)
		qcc.Flags &^= qcConnFull
	}
	for !qcc.BufWaitList.IsEmpty() {
		qcc.wakeWaiter(w)
	}
}

// notifyFctl models qcc_notify_fctl: the connection has credit again, and all
// streams that wait for it are woken.
//
//lastwake:c qcc_notify_fctl src/mux_quic.c
func (qcc *QCC) notifyFctl(w *World) {
	for !qcc.FctlList.IsEmpty() {
		qcs := qcsOfFctl(w.next(&qcc.FctlList))
		qcs.ElFctl.DelInit()
		w.trace(evFctlWaitDel, qcs.ID)
		qcs.notifySend(w)
	}
}
