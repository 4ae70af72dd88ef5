package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// rxBufSize models qmux_stream_rx_bufsz: the bytes that one Rx buffer holds.
const rxBufSize = bufSize - 4

// An RxBuf is struct qc_stream_rxbuf: one of the Rx buffers that a stream has
// since 3.2. Each stands for a stretch of the stream, which begins at a
// multiple of its size until bytes are moved from one to the next.
//
//lastwake:managed
type RxBuf struct {
	OffNode Eb64Node `c:"off_node"` // key is the offset of the first byte
	OffEnd  uint64   `c:"off_end"`  // offset behind the last byte
	NCB     NCBuf    `c:"ncb"`
}

func rxBufOfOffset(n *Eb64Node) *RxBuf {
	return shadow.ContainerOf[RxBuf](unsafe.Pointer(n), unsafe.Offsetof(RxBuf{}.OffNode))
}

// freeRxBuf models qcs_free_rxbuf.
//
//lastwake:c qcs_free_rxbuf src/mux_quic.c
func (qcs *QCS) freeRxBuf(w *World, b *RxBuf) {
	w.free(kindBuffer, unsafe.Pointer(b.NCB.Area))
	b.NCB.SetNull()
	qcs.Flags &^= qsDemFull
	b.OffNode.Delete()
	w.free(kindRxBuf, unsafe.Pointer(b))
}

// freeRx frees everything that was received and not decoded.
//
//lastwake:primitive
func (qcs *QCS) freeRx(w *World) {
	for !qcs.Rx.Bufs.IsEmpty() {
		w.spend()
		qcs.freeRxBuf(w, rxBufOfOffset(qcs.Rx.Bufs.First()))
	}
	qcs.freeNCBuf(w)
}

// getRxBuf models qcs_get_rxbuf: the buffer for the bytes from offset on, made
// if it is not there. It returns how many of n bytes it can hold, and nil when
// an allocation fails.
//
//lastwake:c qcs_get_rxbuf src/mux_quic.c
func (qcs *QCS) getRxBuf(w *World, offset, n uint64) (*RxBuf, uint64) {
	var b *RxBuf
	node := qcs.Rx.Bufs.LookupLE(w, offset)
	if node != nil {
		b = rxBufOfOffset(node)
	}
	if b == nil || offset >= b.OffEnd {
		b = (*RxBuf)(w.alloc(kindRxBuf))
		if b == nil {
			return nil, 0
		}
		start := offset - offset%rxBufSize
		w.trace(evRxBufNew, qcs.ID, start)
		b.NCB.SetNull()
		b.OffNode.Root = nil
		b.OffNode.Key = start
		b.OffEnd = start + rxBufSize
		qcs.Rx.Bufs.InsertUnique(w, &b.OffNode)
	}
	if !b.NCB.get(w) {
		return nil, 0
	}
	return b, min(n, b.OffEnd-offset)
}

// currRxBuf models qcs_get_curr_rxbuf: the buffer that the next byte to decode
// is in, or nil.
//
//lastwake:c qcs_get_curr_rxbuf src/mux_quic.c
func (qcs *QCS) currRxBuf(w *World) *RxBuf {
	node := qcs.Rx.Bufs.First()
	if node == nil {
		return nil
	}
	b := rxBufOfOffset(node)
	if qcs.Rx.Offset < b.OffNode.Key {
		return nil
	}
	w.bugOn(b.OffEnd < qcs.Rx.Offset, "buf->off_end < qcs->rx.offset")
	return b
}

// rxAvail models qcs_rx_avail_data: the bytes that can be decoded from the
// current Rx buffer, without those of the next ones.
//
//lastwake:c qcs_rx_avail_data src/mux_quic.c
func (qcs *QCS) rxAvail(w *World) uint64 {
	if w.cfg.era < era32 {
		return qcs.Rx.NCBuf.DataAt(w, qcs.Rx.Offset)
	}
	b := qcs.currRxBuf(w)
	if b == nil {
		return 0
	}
	return b.NCB.DataAt(w, qcs.Rx.Offset)
}

// transferRx models qcs_transfer_rx_data: a decoder that stopped at the end of
// its buffer gets the bytes of the next one behind its own. It reports whether
// there were any.
//
// Deviation: a buffer that is full of one incomplete item has no room for more;
// 3.2 halts there, as a request line of hq can make it. And a buffer that now
// holds the last byte closes the remote half: 3.2 and its successors decode
// that byte without its FIN, then close twice for the sake of the next buffer,
// which is empty and still there.
//
//lastwake:c qcs_transfer_rx_data src/mux_quic.c
func (qcs *QCS) transferRx(w *World, b *RxBuf) bool {
	node := b.OffNode.Next
	if node == nil {
		return false
	}
	next := rxBufOfOffset(node)
	start := next.OffNode.Key
	there := next.NCB.DataAt(w, start)
	have := b.NCB.DataAt(w, qcs.Rx.Offset)
	n := min(there, rxBufSize-have)
	if start != b.OffEnd || n == 0 {
		return false
	}
	b.OffNode.Delete()
	node.Delete()
	fits := b.NCB.Add(w, start, start+n)
	w.bugOn(!fits, "ncb_ret != NCB_RET_OK")
	next.NCB.Advance(w, start+n)
	w.trace(evRxTransfer, qcs.ID, start, n)
	b.OffNode.Key = qcs.Rx.Offset
	b.OffEnd = qcs.Rx.Offset + have + n
	qcs.Rx.Bufs.InsertUnique(w, &b.OffNode)
	next.OffNode.Key = start + n
	left := next.OffNode.Key < next.OffEnd
	if qcs.Flags&qsSizeKnown != 0 && b.OffEnd == qcs.Rx.OffsetMax {
		qcs.closeRemote(w)
	}
	keep := left
	if w.Faults.Has(fault.HAPROXY_7266ed8c3) {
		keep = !left
	}
	if keep {
		qcs.Rx.Bufs.InsertUnique(w, &next.OffNode)
		return true
	}
	w.free(kindBuffer, unsafe.Pointer(next.NCB.Area))
	w.free(kindRxBuf, unsafe.Pointer(next))
	return true
}

// realign is the part of qcc_decode_qcs for a decoder that used nothing of the
// data bytes it was shown because its item goes on in the next buffer. It
// reports whether decoding is worth another try.
//
//lastwake:c qcc_decode_qcs src/mux_quic.c
func (qcs *QCS) realign(w *World, data uint64) bool {
	if w.cfg.era < era32 || qcs.Flags&qsDemFull != 0 {
		return false
	}
	b := qcs.currRxBuf(w)
	return b != nil && qcs.Rx.Offset+data == b.OffEnd && qcs.transferRx(w, b)
}

// consumeRx is the part of qcc_decode_qcs behind the decoder: n bytes leave the
// current buffer, which goes once it is empty. The remote half closes when all
// that is left of the stream stands in the next one.
//
//lastwake:c qcc_decode_qcs src/mux_quic.c
func (qcs *QCS) consumeRx(w *World, n uint64) {
	b := qcs.currRxBuf(w)
	if b == nil {
		return
	}
	if n != 0 {
		qcs.consumeBuf(w, n, b)
	}
	if !b.NCB.Empty() {
		return
	}
	qcs.freeRxBuf(w, b)
	if qcs.Flags&qsSizeKnown == 0 || qcs.Rx.Bufs.IsEmpty() || qcs.isCloseRemote() {
		return
	}
	avail := qcs.rxAvail(w)
	if qcs.Rx.Offset+avail == qcs.Rx.OffsetMax {
		qcs.closeRemote(w)
	}
}

// consumeBuf models qcs_consume with several Rx buffers: n bytes of b are done
// with. The peer gets credit by whole buffers, or by half of a window that has
// no more than two of them.
//
//lastwake:c qcs_consume src/mux_quic.c
func (qcs *QCS) consumeBuf(w *World, n uint64, b *RxBuf) {
	w.bugOnHot(b.OffNode.Key > qcs.Rx.Offset || qcs.Rx.Offset >= b.OffEnd,
		"buf->off_node.key > qcs->rx.offset || qcs->rx.offset >= buf->off_end")
	b.NCB.Advance(w, qcs.Rx.Offset+n)
	qcs.Rx.Offset += n
	w.bugOnHot(qcs.Rx.Offset > b.OffEnd, "qcs->rx.offset > buf->off_end")
	w.trace(evConsume, qcs.ID, n, qcs.Rx.Offset)
	if qcs.Flags&qsSizeKnown == 0 && !qcs.creditStream(w) {
		return
	}
	qcc := qcs.QCC
	qcc.consumeConn(w, n)
}

// creditStream is the part of qcs_consume that raises the stream's limit. The
// frame with the new limit waits in qcc.lfctl.frms; as long as it does, a
// later limit goes into the same frame. It reports false when the frame cannot
// be allocated.
//
//lastwake:c qcs_consume src/mux_quic.c
func (qcs *QCS) creditStream(w *World) bool {
	used := qcs.Rx.Offset - qcs.Rx.MSDBase
	window := qcs.Rx.MSD - qcs.Rx.MSDBase
	inc := used - used%rxBufSize
	if window < 2*rxBufSize {
		inc = 0
		if used*2 >= window {
			inc = used
		}
	}
	if inc == 0 {
		return true
	}
	qcc := qcs.QCC
	frm := qcs.Rx.MSDFrm
	if frm == nil {
		frm = w.frmAlloc(ftMaxStreamData)
		if frm == nil {
			qcc.noCredit(w)
			return false
		}
		frm.Stream.ID = qcs.ID
		qcc.LFctl.Frms.Append(&frm.List)
		qcs.Rx.MSDFrm = frm
	}
	qcs.Rx.MSD += inc
	qcs.Rx.MSDBase += inc
	frm.Stream.Offset.Key = qcs.Rx.MSD
	w.trace(evLfctlMaxStreamData, qcs.ID, qcs.Rx.MSD)
	w.wakeMux(qcc, fnQcsConsume)
	return true
}

// storeRx is the second half of qcc_recv since 3.2: the bytes [offset, end) go
// into as many buffers as they need, the remote half closes when the current
// one holds all that is left, and what can be decoded is.
//
// Deviation: a FIN behind bytes that were decoded before is shown to the
// decoder; 3.2 and its successors do so only for a FIN without any byte, and
// the stream layer never hears of an end that came with bytes sent again.
//
//lastwake:c qcc_recv src/mux_quic.c
func (qcs *QCS) storeRx(w *World, offset, end uint64, fin bool) bool {
	qcc := qcs.QCC
	offset = max(offset, qcs.Rx.Offset)
	alone := fin && offset == end
	for offset < end {
		b, n := qcs.getRxBuf(w, offset, end-offset)
		if b == nil {
			qcc.SetError(w, errInternal, 0)
			return false
		}
		if !qcs.keep(w, &b.NCB, offset, offset+n) {
			return false
		}
		offset += n
	}
	if fin {
		qcs.Flags |= qsSizeKnown
	}
	avail := qcs.rxAvail(w)
	if qcs.Flags&qsSizeKnown != 0 && qcs.Rx.OffsetMax == qcs.Rx.Offset+avail {
		qcs.closeRemote(w)
	}
	for qcc.canDecode(w, qcs) || alone && qcs.isCloseRemote() {
		n, ok := qcc.decodeQCS(w, qcs)
		qcs.ElRecv.DelInit()
		qcc.refreshTimeout(w)
		if !ok || n == 0 {
			break
		}
	}
	return true
}

// emitFctl models qcc_emit_fctl: credit frames go out one by one, and a stream
// forgets the one that it might have raised further.
//
// Deviation: after a send that failed for good 3.2 leaves tx.msd_frm at a frame
// that the transport has freed, and the next byte decoded writes to it.
//
//lastwake:c qcc_emit_fctl src/mux_quic.c
func (qcc *QCC) emitFctl(w *World) bool {
	for !qcc.LFctl.Frms.IsEmpty() {
		frm := frmOfList(w.next(&qcc.LFctl.Frms))
		raised := frm.Type == ftMaxStreamData
		id := uint64(0)
		if raised {
			id = frm.Stream.ID
		}
		single := w.listHead()
		frm.List.Delete()
		single.Append(&frm.List)
		sent := qcc.sendFrames(w, single)
		kept := !single.IsEmpty()
		if kept {
			frm.List.Delete()
			qcc.LFctl.Frms.Insert(&frm.List)
		}
		w.dropHead(single)
		if raised && !kept {
			qcc.forgetMSDFrm(w, id)
		}
		if !sent {
			return false
		}
	}
	return true
}

// forgetMSDFrm is the part of qcc_emit_fctl for the stream of a frame that is
// gone.
//
//lastwake:c qcc_emit_fctl src/mux_quic.c
func (qcc *QCC) forgetMSDFrm(w *World, id uint64) {
	node := qcc.StreamsByID.Lookup(w, id)
	if node != nil {
		qcs := qcsOfID(node)
		qcs.Rx.MSDFrm = nil
	}
}
