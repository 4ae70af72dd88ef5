package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// The descriptor since 3.1: its buffers stand in a tree, each with what was
// acknowledged of it out of order, and the mux hears of the room that
// acknowledgements make.

// A QCStreamAck is struct qc_stream_ack: a range of a buffer that was
// acknowledged before what lies in front of it.
//
//lastwake:managed
type QCStreamAck struct {
	OffsetNode Eb64Node `c:"offset_node"` // key is where the range begins
	Len        uint64   `c:"len"`
	Fin        uint64   `c:"fin"` // the FIN stands at its end
}

func bufOfOffset(n *Eb64Node) *QCStreamBuf {
	return shadow.ContainerOf[QCStreamBuf](unsafe.Pointer(n), unsafe.Offsetof(QCStreamBuf{}.OffsetNode))
}

func ackOfOffset(n *Eb64Node) *QCStreamAck {
	return shadow.ContainerOf[QCStreamAck](unsafe.Pointer(n), unsafe.Offsetof(QCStreamAck{}.OffsetNode))
}

// end is where the range ends.
//
//lastwake:primitive
func (a *QCStreamAck) end() uint64 { return a.OffsetNode.Key + a.Len }

// sent models qc_stream_desc_send: n bytes from offset on were put in a packet.
//
//lastwake:c qc_stream_desc_send include/haproxy/quic_stream.h
func (s *QCStreamDesc) sent(w *World, offset, n uint64) {
	if s.NotifySend == notifyCtrlSend {
		(*QCS)(s.Ctx).sentDirect(w, n, offset)
	}
}

// room models the notify_room call: n bytes of the descriptor's buffers are
// free, if somebody counts them.
//
//lastwake:primitive
func (s *QCStreamDesc) room(w *World, n uint64) {
	if s.NotifyRoom == notifyCtrlRoom && n != 0 {
		s.ctrlRoom(w, n)
	}
}

// bufAllocTree models qc_stream_buf_alloc since 3.1: a buffer with its storage
// for the bytes from offset on, or nil.
//
//lastwake:c qc_stream_buf_alloc src/quic_stream.c
func (s *QCStreamDesc) bufAllocTree(w *World, offset uint64) *Buffer {
	w.bugOn(s.Buf != nil, "stream->buf")
	s.BufOffset = offset
	sb := (*QCStreamBuf)(w.alloc(kindStreamBuf))
	s.Buf = sb
	if sb == nil {
		return nil
	}
	sb.AckTree.Init()
	sb.Room = 0
	sb.Buf.SetNull()
	sb.OffsetNode.Key = offset
	if !sb.Buf.Alloc(w) {
		w.free(kindStreamBuf, unsafe.Pointer(sb))
		s.Buf = nil
		return nil
	}
	s.BufTree.Insert(w, &sb.OffsetNode)
	return &sb.Buf
}

// bufFreeTree models qc_stream_buf_free since 3.1. What was acknowledged of a
// buffer that the stream had released was told already.
//
//lastwake:c qc_stream_buf_free src/quic_stream.c
func (s *QCStreamDesc) bufFreeTree(w *World, sb *QCStreamBuf) {
	w.bugOn(!sb.AckTree.IsEmpty(), "!eb_is_empty(&(*stream_buf)->ack_tree)")
	sb.OffsetNode.Delete()
	n := sb.Buf.Data
	if sb == s.Buf {
		s.Buf = nil
		n = sb.Buf.Size
	}
	w.trace(evTxBufGone, s.ByID.Key, n)
	sb.Buf.Free(w)
	w.free(kindStreamBuf, unsafe.Pointer(sb))
	s.room(w, n)
}

// ReleaseTo models qc_stream_desc_release since 3.1: the mux has finished with
// the stream, of which it sent finalSize bytes, and qcc is told of the room
// that later acknowledgements make.
//
//lastwake:c qc_stream_desc_release src/quic_stream.c
func (s *QCStreamDesc) ReleaseTo(w *World, finalSize uint64, qcc *QCC) {
	w.bugOn(s.Released != 0, "stream->flags & QC_SD_FL_RELEASE")
	w.trace(evDescRelease, s.ByID.Key, finalSize, s.AckOffset, flag(s.Buf == nil))
	s.Released = 1
	s.Ctx = unsafe.Pointer(qcc)
	sb := s.Buf
	if sb != nil {
		tail := max(s.BufOffset, s.AckOffset) + sb.Buf.Data
		w.bugOn(finalSize > tail, "final_size > tail_offset")
		if finalSize < tail {
			w.trace(evDescTrim, s.ByID.Key, tail-finalSize)
			sb.Buf.Sub(tail - finalSize)
		}
		if sb.Buf.Data == 0 {
			s.bufFreeTree(w, sb)
		} else {
			s.bufRelease(w)
		}
	}
	if s.done() {
		s.Free(w, false)
	}
}

// storeAck models qc_stream_buf_store_ack: the range [offset, offset+n) of the
// buffer was acknowledged out of order; it grows together with those that it
// touches. It reports false when a new range cannot be allocated.
//
// Deviation: that is found out first; v3.2.0 takes the ranges that the new one
// covers away before, and what they had counted as room is counted once more,
// and halts qcc_notify_buf, when the same bytes are acknowledged again.
//
//lastwake:c qc_stream_buf_store_ack src/quic_stream.c
func (s *QCStreamDesc) storeAck(w *World, sb *QCStreamBuf, offset, n, fin uint64) bool {
	newly := n
	var less *QCStreamAck
	node := sb.AckTree.First()
	for node != nil && node.Key < offset {
		less = ackOfOffset(node)
		node = w.after(node)
	}
	if node != nil && node.Key == offset && offset+n <= ackOfOffset(node).end() {
		return true
	}
	if less != nil && less.end() >= offset+n {
		return true
	}
	var fresh *QCStreamAck
	if less == nil || less.end() < offset {
		if fresh = (*QCStreamAck)(w.alloc(kindStreamAck)); fresh == nil {
			return false
		}
	}
	for node != nil && offset+n >= node.Key {
		ack := ackOfOffset(node)
		node = w.after(node)
		if offset+n < ack.end() {
			newly -= offset + n - ack.OffsetNode.Key
			n = ack.end() - offset
			fin = ack.Fin
		} else {
			newly -= ack.Len
		}
		ack.OffsetNode.Delete()
		w.free(kindStreamAck, unsafe.Pointer(ack))
	}
	if fresh == nil {
		newly -= less.end() - offset
		less.Len = offset + n - less.OffsetNode.Key
		less.Fin = fin
	} else {
		fresh.OffsetNode.Key = offset
		fresh.Len = n
		fresh.Fin = fin
		sb.AckTree.Insert(w, &fresh.OffsetNode)
	}
	sb.Room += newly
	w.trace(evAckStored, s.ByID.Key, offset, n, newly)
	if sb != s.Buf {
		s.room(w, newly)
	}
	return true
}

// ackBuf models qc_stream_buf_ack: the first bytes of the oldest buffer were
// acknowledged. It returns that buffer, the next one if that was all of it, or
// nil.
//
//lastwake:c qc_stream_buf_ack src/quic_stream.c
func (s *QCStreamDesc) ackBuf(w *World, sb *QCStreamBuf, offset, n, fin uint64) *QCStreamBuf {
	w.bugOn(offset > s.AckOffset, "offset > stream->ack_offset")
	if offset+n > s.AckOffset {
		diff := offset + n - s.AckOffset
		sb.Buf.Del(diff)
		s.AckOffset += diff
		w.trace(evDescAck, s.ByID.Key, offset, n, diff)
		if s.NotifyRoom != notifyNone && sb != s.Buf {
			told := min(diff, sb.Room)
			sb.Room -= told
			s.room(w, diff-told)
		}
	}
	if fin != 0 {
		s.finAcked(w)
	}
	if sb.Buf.Data != 0 || !sb.AckTree.IsEmpty() {
		return sb
	}
	s.bufFreeTree(w, sb)
	if s.BufTree.IsEmpty() {
		return nil
	}
	return bufOfOffset(s.BufTree.First())
}

// finAcked notes that the FIN was acknowledged.
//
//lastwake:primitive
func (s *QCStreamDesc) finAcked(w *World) {
	w.trace(evFinAcked, s.ByID.Key)
	s.Flags &^= sdWaitForFin
}

// consume models qc_stream_buf_consume: ranges acknowledged out of order that
// are next now.
//
//lastwake:c qc_stream_buf_consume src/quic_stream.c
func (s *QCStreamDesc) consume(w *World, sb *QCStreamBuf) {
	for sb != nil && !sb.AckTree.IsEmpty() {
		w.spend()
		ack := ackOfOffset(sb.AckTree.First())
		if ack.OffsetNode.Key > s.AckOffset {
			return
		}
		if sb == s.Buf {
			sb.Room -= min(sb.Room, ack.Len)
		}
		ack.OffsetNode.Delete()
		sb = s.ackBuf(w, sb, ack.OffsetNode.Key, ack.Len, ack.Fin)
		w.free(kindStreamAck, unsafe.Pointer(ack))
	}
}

// AckRange models qc_stream_desc_ack since 3.1: bytes [offset, offset+n) were
// acknowledged, and the FIN if it stood behind them. Who calls it frees the
// descriptor. It reports whether the frame was dealt with, and false as well
// when a range cannot be kept for want of memory.
//
//lastwake:c qc_stream_desc_ack src/quic_stream.c
func (s *QCStreamDesc) AckRange(w *World, offset, n, fin uint64) (inOrder, ok bool) {
	w.bugOn(fin != 0 && offset+n < s.AckOffset, "fin && offset + len < stream->ack_offset")
	switch {
	case n == 0:
		w.bugOn(fin == 0, "!fin")
		s.finAcked(w)
	case offset > s.AckOffset:
		sb := s.bufAt(w, offset)
		w.bugOn(sb == nil, "!buf_node")
		return false, s.storeAck(w, sb, offset, n, fin)
	case offset+n > s.AckOffset:
		w.bugOn(s.BufTree.IsEmpty(), "eb_is_empty(&stream->buf_tree)")
		sb := s.ackBuf(w, bufOfOffset(s.BufTree.First()), offset, n, fin)
		s.consume(w, sb)
	}
	return true, true
}

// bufAt is the buffer that holds the byte at offset.
//
//lastwake:primitive
func (s *QCStreamDesc) bufAt(w *World, offset uint64) *QCStreamBuf {
	var sb *QCStreamBuf
	for node := s.BufTree.First(); node != nil && node.Key <= offset; node = w.after(node) {
		sb = bufOfOffset(node)
	}
	return sb
}

// freeTree is the part of qc_stream_desc_free since 3.1 that frees the buffers
// with what they keep.
//
//lastwake:c qc_stream_desc_free src/quic_stream.c
func (s *QCStreamDesc) freeTree(w *World, closing bool) {
	for !s.BufTree.IsEmpty() {
		w.spend()
		sb := bufOfOffset(s.BufTree.First())
		w.bugOn(sb.Buf.Data != 0 && !closing, "b_data(&buf->buf) && !closing")
		for !sb.AckTree.IsEmpty() {
			ack := ackOfOffset(sb.AckTree.First())
			ack.OffsetNode.Delete()
			w.free(kindStreamAck, unsafe.Pointer(ack))
		}
		sb.Buf.Free(w)
		sb.OffsetNode.Delete()
		w.free(kindStreamBuf, unsafe.Pointer(sb))
	}
}

// handleAckedRange is qc_handle_newly_acked_frm since 3.1 for a STREAM frame
// whose descriptor is there.
//
// Deviation: a range that cannot be kept for want of memory closes the
// connection; 3.2 forgets the packets of the acknowledgement.
//
//lastwake:c qc_handle_newly_acked_frm src/quic_rx.c
func (qc *QuicConn) handleAckedRange(w *World, frm *QuicFrame, desc *QCStreamDesc) {
	fin := uint64(frm.Type & ftFinBit)
	inOrder, ok := desc.AckRange(w, frm.Stream.Offset.Key, frm.Stream.Len, fin)
	if !ok {
		w.setConnectionClose(qc, errInternal, 0)
		qc.notifyErr(w)
	}
	if inOrder && desc.Released != 0 && desc.done() {
		if !w.Faults.Has(fault.HAPROXY_3fdb039a9) {
			desc.Free(w, false)
		}
		qc.checkClose(w)
	}
	w.releaseFrm(frm)
}
