package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// A QCStreamBuf is struct qc_stream_buf: one Tx buffer of a stream.
//
//lastwake:managed
type QCStreamBuf struct {
	Buf        Buffer   `c:"buf"`
	List       List     `c:"list"`        // up to 3.0
	OffsetNode Eb64Node `c:"offset_node"` // since 3.1, key is the offset of its first byte
	AckTree    EbRoot   `c:"ack_tree"`    // since 3.1, ranges acknowledged out of order
	Room       uint64   `c:"room"`        // since 3.1, bytes in those ranges
}

// A QCStreamDesc is struct qc_stream_desc: the transport's end of a stream. It
// keeps what was sent until it is acknowledged, and outlives the mux's end.
//
//lastwake:managed
type QCStreamDesc struct {
	ByID      Eb64Node     `c:"by_id"`
	QC        *QuicConn    `c:"qc"`
	BufList   List         `c:"buf_list"` // oldest offset first
	Buf       *QCStreamBuf `c:"buf"`      // the one that the mux fills
	BufOffset uint64       `c:"buf_offset"`
	AckOffset uint64       `c:"ack_offset"`
	AckedFrms EbRoot       `c:"acked_frms"` // frames acknowledged out of order
	Released  uint32       `c:"release"`
	Flags     uint32       `c:"flags"` // from 3.0 on

	// Since 3.1.
	BufTree    EbRoot `c:"buf_tree"` // oldest offset first
	NotifySend uint32 `c:"notify_send"`
	NotifyRoom uint32 `c:"notify_room"`

	Ctx unsafe.Pointer `c:"ctx"` // *QCS; *QCC once it is released, since 3.1
}

// Flags of a QCStreamDesc, QC_SD_FL_*.
const sdWaitForFin = 0x2 // a FIN was sent and is not acknowledged

// What a descriptor calls, notify_send and notify_room.
const (
	notifyNone uint32 = iota
	notifyCtrlSend
	notifyCtrlRoom
)

func bufOfList(n *List) *QCStreamBuf {
	return shadow.ContainerOf[QCStreamBuf](unsafe.Pointer(n), unsafe.Offsetof(QCStreamBuf{}.List))
}

func descOfID(n *Eb64Node) *QCStreamDesc {
	return shadow.ContainerOf[QCStreamDesc](unsafe.Pointer(n), unsafe.Offsetof(QCStreamDesc{}.ByID))
}

// bufFree models qc_stream_buf_free: the buffer's slot in the connection's
// quota is free again, and a mux that waits for one is woken.
//
//lastwake:c qc_stream_buf_free src/quic_stream.c
func (s *QCStreamDesc) bufFree(w *World, sb *QCStreamBuf) {
	qc := s.QC
	id := s.ByID.Key
	sb.List.DelInit()
	held := sb == s.Buf
	if held {
		if w.Faults.Has(fault.HAPROXY_a13989f10) {
			last := s.BufList.IsEmpty()
			w.bugOn(!last, "!LIST_ISEMPTY(&stream->buf_list)")
		}
		s.Buf = nil
	}
	sb.Buf.Free(w)
	w.free(kindStreamBuf, unsafe.Pointer(sb))
	qc.StreamBufCount--
	w.trace(evTxBufFree, id, qc.StreamBufCount)
	if held && s.Released != 0 && w.Faults.Has(fault.HAPROXY_ad6b13d31) {
		return // releasing a descriptor gave no buffer back then, and woke nobody
	}
	qc.notifyBuf(w, fnQcStreamBufFree)
}

// notifyBuf tells the mux that a Tx buffer is to be had again: the streams that
// wait from 3.0 on, before that its tasklet. The flag goes with the first call,
// so that later ones wake nobody.
//
//lastwake:primitive
func (qc *QuicConn) notifyBuf(w *World, from Func) {
	if qc.MuxState != muxReady {
		return
	}
	qcc := qc.QCC
	if w.cfg.era >= era30 {
		for qcc.notifyBuf(w) {
			w.spend()
		}
		return
	}
	if qcc.Flags&qcConnFull != 0 {
		w.trace(evConnFullCleared)
		qcc.Flags &^= qcConnFull
		w.wakeMux(qcc, from)
	}
}

// qcStreamDescNew models qc_stream_desc_new.
//
//lastwake:c qc_stream_desc_new src/quic_stream.c
func (w *World) qcStreamDescNew(id uint64, ctx *QCS, qc *QuicConn) *QCStreamDesc {
	s := (*QCStreamDesc)(w.alloc(kindStreamDesc))
	if s == nil {
		return nil
	}
	s.ByID.Key = id
	qc.StreamsByID.Insert(w, &s.ByID)
	qc.countStream(id)
	s.QC = qc
	s.Buf = nil
	s.BufList.Init()
	s.BufOffset = 0
	s.AckedFrms.Init()
	s.AckOffset = 0
	s.Released = 0
	s.Flags = 0
	s.BufTree.Init()
	s.NotifySend = notifyNone
	s.NotifyRoom = notifyNone
	if w.cfg.era >= era32 {
		s.NotifySend = notifyCtrlSend
		s.NotifyRoom = notifyCtrlRoom
	}
	s.Ctx = unsafe.Pointer(ctx)
	w.trace(evDescNew, id)
	return s
}

// Release models qc_stream_desc_release: the mux has finished with the stream,
// of which it sent finalSize bytes. What was never sent is dropped, for no
// acknowledgement would ever free it; the descriptor stays until the rest is
// acknowledged. A nil descriptor is ignored.
//
//lastwake:c qc_stream_desc_release src/quic_stream.c
func (s *QCStreamDesc) Release(w *World, finalSize uint64) {
	if s == nil {
		return
	}
	w.bugOn(s.Released != 0, "stream->release")
	w.trace(evDescRelease, s.ByID.Key, finalSize, s.AckOffset, flag(s.Buf == nil))
	s.Released = 1
	s.Ctx = nil
	if w.Faults.Has(fault.HAPROXY_ad6b13d31) {
		// What was never sent stays; a buffer with nothing in it is another
		// fault's, HAPROXY-3ef1ee477.
		if s.Buf != nil && s.Buf.Buf.Data == 0 {
			s.bufFree(w, s.Buf)
		}
		s.Buf = nil
	} else if s.Buf != nil {
		s.trim(w, s.Buf, finalSize)
		s.Buf = nil
	}
	if s.done() {
		s.Free(w, false)
	}
}

// waitFin notes that a FIN was sent: from 3.0 on, where an empty frame may bear
// it, the descriptor waits until the FIN is acknowledged as well.
//
//lastwake:primitive
func (s *QCStreamDesc) waitFin(w *World) {
	if w.cfg.era < era30 || w.Faults.Has(fault.HAPROXY_e177cf341) {
		return
	}
	w.trace(evWaitFin, s.ByID.Key)
	s.Flags |= sdWaitForFin
}

// done models qc_stream_desc_done for a descriptor that is released.
//
//lastwake:primitive
func (s *QCStreamDesc) done() bool {
	return s.Flags&sdWaitForFin == 0 && s.BufList.IsEmpty() && s.BufTree.IsEmpty()
}

// trim drops what lies behind finalSize in the buffer sb, and frees the buffer
// if nothing is left in it, be it that it was empty all along.
//
// Deviation: 220386ae4 and v3.0.0 keep a buffer that was empty all along, and
// its slot of the quota, until the connection ends: HAPROXY-3ef1ee477.
//
//lastwake:primitive
func (s *QCStreamDesc) trim(w *World, sb *QCStreamBuf, finalSize uint64) {
	tail := max(s.BufOffset, s.AckOffset) + sb.Buf.Data
	w.bugOn(finalSize > tail, "final_size > tail_offset")
	unsent := tail - finalSize
	if unsent != 0 {
		w.trace(evDescTrim, s.ByID.Key, unsent)
		sb.Buf.Sub(unsent)
	}
	if unsent == 0 && w.Faults.Has(fault.HAPROXY_3ef1ee477) {
		return
	}
	if sb.Buf.Data == 0 {
		s.bufFree(w, sb)
	}
}

// Ack models qc_stream_desc_ack: bytes [offset, offset+n) were acknowledged,
// and the FIN if it stood behind them. It reports whether they moved the
// descriptor on, and whether the descriptor is still there.
//
//lastwake:c qc_stream_desc_ack src/quic_stream.c
func (s *QCStreamDesc) Ack(w *World, offset, n uint64, fin bool) (moved, alive bool) {
	if s.Flags&sdWaitForFin != 0 {
		return s.ackFin(w, offset, n, fin)
	}
	if offset+n <= s.AckOffset || offset > s.AckOffset {
		return false, true
	}
	w.bugOn(s.BufList.IsEmpty(), "LIST_ISEMPTY(&s->buf_list)")
	sb := bufOfList(w.next(&s.BufList))
	diff := offset + n - s.AckOffset
	s.AckOffset += diff
	w.trace(evDescAck, s.ByID.Key, offset, n, diff)
	sb.Buf.Del(diff)
	if sb.Buf.Data != 0 {
		return true, true
	}
	s.bufFree(w, sb)
	if s.Released != 0 && s.BufList.IsEmpty() {
		s.Free(w, false)
		return true, false
	}
	return true, true
}

// ackFin is qc_stream_desc_ack for a descriptor that waits for its FIN: an
// empty frame counts, and all of it must be acknowledged before the descriptor
// goes.
//
//lastwake:c qc_stream_desc_ack src/quic_stream.c
func (s *QCStreamDesc) ackFin(w *World, offset, n uint64, fin bool) (moved, alive bool) {
	w.bugOn(fin && offset+n < s.AckOffset, "fin && offset + len < s->ack_offset")
	if offset+n < s.AckOffset || offset > s.AckOffset {
		return false, true
	}
	diff := offset + n - s.AckOffset
	if diff != 0 {
		w.bugOn(s.BufList.IsEmpty(), "LIST_ISEMPTY(&s->buf_list)")
		sb := bufOfList(w.next(&s.BufList))
		s.AckOffset += diff
		w.trace(evDescAck, s.ByID.Key, offset, n, diff)
		sb.Buf.Del(diff)
		if sb.Buf.Data == 0 {
			s.bufFree(w, sb)
		}
	}
	if fin {
		w.trace(evFinAcked, s.ByID.Key)
		s.Flags &^= sdWaitForFin
	}
	if s.Released != 0 && s.done() {
		s.Free(w, false)
		return diff != 0, false
	}
	return diff != 0, true
}

// Free models qc_stream_desc_free, for a descriptor that is released: empty
// buffers go, all of them when the connection closes, then the frames that
// were acknowledged out of order, then the descriptor.
//
//lastwake:c qc_stream_desc_free src/quic_stream.c
func (s *QCStreamDesc) Free(w *World, closing bool) {
	qc := s.QC
	id := s.ByID.Key
	w.bugOn(s.Released == 0, "!stream->release")
	w.trace(evDescFree, id, flag(closing))
	freed := uint64(0)
	if w.cfg.era >= era32 {
		s.freeTree(w, closing)
	}
	el := s.BufList.N
	for el != &s.BufList {
		follow := w.next(el)
		sb := bufOfList(el)
		el = follow
		if sb.Buf.Data == 0 || closing && !w.Faults.Has(fault.HAPROXY_ea4a5cbbd) {
			sb.Buf.Free(w)
			sb.List.Delete()
			w.free(kindStreamBuf, unsafe.Pointer(sb))
			freed++
		}
	}
	if freed != 0 {
		qc.StreamBufCount -= freed
		w.trace(evTxBufFreeDesc, id, freed, qc.StreamBufCount)
		qc.notifyBuf(w, fnQcStreamDescFree)
	}
	node := s.AckedFrms.First()
	for node != nil {
		frm := frmOfOffset(node)
		node = w.after(node)
		frm.Stream.Offset.Delete()
		w.releaseFrm(frm)
	}
	s.ByID.Delete()
	w.free(kindStreamDesc, unsafe.Pointer(s))
}

// bufGet models qc_stream_buf_get.
//
//lastwake:primitive
func (s *QCStreamDesc) bufGet() *Buffer {
	if s.Buf == nil {
		return nil
	}
	return &s.Buf.Buf
}

// bufAlloc models qc_stream_buf_alloc: a new buffer for the bytes from offset
// on. Without one, room tells a failed allocation from a used-up quota.
//
//lastwake:c qc_stream_buf_alloc src/quic_stream.c
func (s *QCStreamDesc) bufAlloc(w *World, offset uint64) (buf *Buffer, room bool) {
	qc := s.QC
	w.bugOn(s.Buf != nil, "stream->buf")
	w.bugOn(qc.StreamBufCount > w.cfg.bufs, "qc->stream_buf_count > global.tune.quic_streams_buf")
	if qc.StreamBufCount == w.cfg.bufs {
		w.trace(evTxBufRefused, s.ByID.Key, qc.StreamBufCount)
		return nil, false
	}
	s.BufOffset = offset
	sb := (*QCStreamBuf)(w.alloc(kindStreamBuf))
	s.Buf = sb
	if sb == nil {
		return nil, true
	}
	qc.StreamBufCount++
	sb.Buf.SetNull()
	s.BufList.Append(&sb.List)
	w.trace(evTxBufAlloc, s.ByID.Key, offset, qc.StreamBufCount)
	return &sb.Buf, true
}

// bufRelease models qc_stream_buf_release: the mux is done with its buffer,
// the descriptor keeps it for the acknowledgements.
//
//lastwake:c qc_stream_buf_release src/quic_stream.c
func (s *QCStreamDesc) bufRelease(w *World) {
	w.bugOn(s.Buf == nil, "!stream->buf")
	sb := s.Buf
	s.Buf = nil
	s.BufOffset = 0
	if w.cfg.era >= era32 {
		s.room(w, sb.Buf.Room()+sb.Room)
	}
}
