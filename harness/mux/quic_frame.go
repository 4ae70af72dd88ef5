package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// Frame types, RFC 9000 section 19. A STREAM frame's FIN is a bit of its type.
const (
	ftResetStream    uint32 = 0x04
	ftStopSending    uint32 = 0x05
	ftStream         uint32 = 0x08
	ftFinBit         uint32 = 0x01
	ftMaxData        uint32 = 0x10
	ftMaxStreamData  uint32 = 0x11
	ftMaxStreamsBidi uint32 = 0x12
)

// Flags of a QuicFrame.
const frmAcked = 0x1 // QUIC_FL_TX_FRAME_ACKED, this frame or a copy was acknowledged

// maxFrameLoss is tune.quic.max-frame-loss.
const maxFrameLoss = 10

// A QFStream is struct qf_stream. The other frames of the model keep their
// stream id and their limit in it too.
//
// Deviation: one struct stands for the union of all frame types.
//
//lastwake:managed
type QFStream struct {
	ID     uint64        `c:"id"`
	Stream *QCStreamDesc `c:"stream"` // only valid while the mux sends
	Buf    *QCStreamBuf  `c:"buf"`    // holds the payload; nil for an empty frame
	Offset Eb64Node      `c:"offset"` // key is the stream offset or the limit
	Len    uint64        `c:"len"`
	Data   uint64        `c:"data"` // payload's place in the buffer
	Dup    uint64        `c:"dup"`  // sent before: check the stream before building
}

// A QuicFrame is struct quic_frame. A probe's copies point to their origin,
// which lists them.
//
//lastwake:managed
type QuicFrame struct {
	List      List          `c:"list"` // in a packet or in a queue
	Pkt       *QuicTxPacket `c:"pkt"`  // nil until it is in a packet
	Type      uint32        `c:"type"`
	Flags     uint32        `c:"flags"`
	Stream    QFStream      `c:"stream"`
	Origin    *QuicFrame    `c:"origin"`
	Reflist   List          `c:"reflist"` // copies of this frame
	Ref       List          `c:"ref"`     // element of origin's reflist
	LossCount uint64        `c:"loss_count"`
}

func frmOfList(n *List) *QuicFrame {
	return shadow.ContainerOf[QuicFrame](unsafe.Pointer(n), unsafe.Offsetof(QuicFrame{}.List))
}

func frmOfRef(n *List) *QuicFrame {
	return shadow.ContainerOf[QuicFrame](unsafe.Pointer(n), unsafe.Offsetof(QuicFrame{}.Ref))
}

func strmOfOffset(n *Eb64Node) *QFStream {
	return shadow.ContainerOf[QFStream](unsafe.Pointer(n), unsafe.Offsetof(QFStream{}.Offset))
}

func frmOfOffset(n *Eb64Node) *QuicFrame {
	return shadow.ContainerOf[QuicFrame](unsafe.Pointer(strmOfOffset(n)), unsafe.Offsetof(QuicFrame{}.Stream))
}

// isStream reports whether the frame is a STREAM frame.
//
//lastwake:primitive
func (f *QuicFrame) isStream() bool { return f.Type&^ftFinBit == ftStream }

// frmAlloc models qc_frm_alloc.
//
//lastwake:c qc_frm_alloc include/haproxy/quic_frame.h
//lastwake:primitive
func (w *World) frmAlloc(typ uint32) *QuicFrame {
	f := (*QuicFrame)(w.alloc(kindFrame))
	if f == nil {
		return nil
	}
	f.Type = typ
	f.List.Init()
	f.Reflist.Init()
	f.Ref.Init()
	f.Pkt = nil
	f.Origin = nil
	f.Flags = 0
	f.LossCount = 0
	f.Stream.ID = 0
	f.Stream.Offset.Root = nil
	f.Stream.Offset.Key = 0
	f.Stream.Len = 0
	return f
}

// frmDup models qc_frm_dup: a copy of origin, to be sent as a probe.
//
//lastwake:c qc_frm_dup include/haproxy/quic_frame.h
//lastwake:primitive
func (w *World) frmDup(origin *QuicFrame) *QuicFrame {
	f := (*QuicFrame)(w.alloc(kindFrame))
	if f == nil {
		return nil
	}
	f.Type = origin.Type
	f.Stream.Offset.Root = nil
	f.Stream.ID = origin.Stream.ID
	f.Stream.Offset.Key = origin.Stream.Offset.Key
	f.Stream.Len = origin.Stream.Len
	if origin.isStream() {
		f.Stream.copyStream(&origin.Stream)
		if w.Faults.Has(fault.HAPROXY_c8a0efbda) {
			f.Stream.Dup = 0
		}
	}
	f.LossCount = origin.LossCount
	f.List.Init()
	f.Reflist.Init()
	f.Pkt = nil
	f.Flags = 0
	origin.Reflist.Append(&f.Ref)
	f.Origin = origin
	return f
}

// copyStream copies what describes a STREAM frame's payload.
//
//lastwake:primitive
func (s *QFStream) copyStream(from *QFStream) {
	s.ID = from.ID
	s.Stream = from.Stream
	s.Buf = from.Buf
	s.Offset.Key = from.Offset.Key
	s.Data = from.Data
	s.Dup = from.Dup
}

// mvFwd models qc_stream_frm_mv_fwd: the first n bytes were acknowledged
// through another copy, only the rest is to be sent.
//
//lastwake:primitive
func (s *QFStream) mvFwd(n uint64) {
	s.Offset.Key += n
	s.Len -= n
	s.Data = (s.Data + n) % bufSize
}

// frmUnref models qc_frm_unref: the copies of f lose their origin.
//
//lastwake:c qc_frm_unref src/quic_frame.c
func (w *World) frmUnref(f *QuicFrame) {
	for !f.Reflist.IsEmpty() {
		dup := frmOfRef(w.next(&f.Reflist))
		dup.Origin = nil
		dup.Ref.DelInit()
	}
}

// frmFree models qc_frm_free: the frame must have no copies and be none.
//
//lastwake:c qc_frm_free src/quic_frame.c
//lastwake:primitive
func (w *World) frmFree(f *QuicFrame) {
	w.bugOn(!f.Reflist.IsEmpty(), "!LIST_ISEMPTY(&((*frm)->reflist))")
	w.bugOn(f.Ref.InList(), "LIST_INLIST(&((*frm)->ref))")
	f.List.DelInit()
	w.free(kindFrame, unsafe.Pointer(f))
}

// releaseFrm models qc_release_frm: the frame was acknowledged. Copies that
// are in a packet are marked, copies that wait to be sent are freed.
//
//lastwake:c qc_release_frm src/quic_frame.c
func (w *World) releaseFrm(f *QuicFrame) {
	origin := f
	if f.Origin != nil {
		origin = f.Origin
	}
	origin.Flags |= frmAcked
	for !origin.Reflist.IsEmpty() {
		dup := frmOfRef(w.next(&origin.Reflist))
		dup.Ref.DelInit()
		if dup.Pkt == nil {
			w.frmFree(dup)
			continue
		}
		dup.Flags |= frmAcked
		dup.Origin = nil
	}
	f.List.DelInit()
	f.Pkt.refDec(w)
	w.frmFree(f)
}
