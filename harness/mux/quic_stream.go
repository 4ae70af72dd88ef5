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
	Buf  Buffer `c:"buf"`
	List List   `c:"list"`
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
	Ctx       *QCS         `c:"ctx"`
}

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
	if sb == s.Buf {
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
	qc.notifyBuf(w, fnQcStreamBufFree)
}

// notifyBuf tells the mux that a Tx buffer is to be had again. The flag goes
// with the first call, so that later ones wake nobody.
//
//lastwake:primitive
func (qc *QuicConn) notifyBuf(w *World, from Func) {
	if qc.MuxState != muxReady {
		return
	}
	qcc := qc.QCC
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
	s.Ctx = ctx
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
		s.Buf = nil
	} else if s.Buf != nil {
		s.trim(w, s.Buf, finalSize)
		s.Buf = nil
	}
	if s.BufList.IsEmpty() {
		s.Free(w, false)
	}
}

// trim drops what lies behind finalSize in the buffer sb, and frees the buffer
// if nothing is left in it.
//
// Deviation: a buffer that was empty all along goes too; 220386ae4 keeps it,
// and its slot of the quota, until the connection ends.
//
//lastwake:primitive
func (s *QCStreamDesc) trim(w *World, sb *QCStreamBuf, finalSize uint64) {
	tail := max(s.BufOffset, s.AckOffset) + sb.Buf.Data
	w.bugOn(finalSize > tail, "final_size > tail_offset")
	if finalSize < tail {
		w.trace(evDescTrim, s.ByID.Key, tail-finalSize)
		sb.Buf.Sub(tail - finalSize)
	}
	if sb.Buf.Data == 0 {
		s.bufFree(w, sb)
	}
}

// Ack models qc_stream_desc_ack: bytes [offset, offset+n) were acknowledged.
// It reports whether they moved the descriptor on, and whether the descriptor
// is still there.
//
//lastwake:c qc_stream_desc_ack src/quic_stream.c
func (s *QCStreamDesc) Ack(w *World, offset, n uint64) (moved, alive bool) {
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
	s.Buf = nil
	s.BufOffset = 0
}
