package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The object types of the model, rows of the type table.
const (
	_ shadow.Kind = iota
	kindConnection
	kindQCC
	kindQCS
	kindStreamDesc
	kindStreamBuf
	kindFrame
	kindTxPacket
	kindQuicConn
	kindQuicConnClosed
	kindCIDs
	kindCCBuf
	kindSedesc
	kindStconn
	kindTasklet
	kindTask
	kindH3C
	kindH3S
	kindBuffer
	kindSession
	kindThreadCtx
	kindListHead
	kindStreamAck
	kindRxBuf
	kindServer
	numKinds
)

// types is the type table: names as C has them.
var types = []shadow.Type{
	{},
	kindConnection:     shadow.TypeOf[Connection]("connection"),
	kindQCC:            shadow.TypeOf[QCC]("qcc"),
	kindQCS:            shadow.TypeOf[QCS]("qcs"),
	kindStreamDesc:     shadow.TypeOf[QCStreamDesc]("qc_stream_desc"),
	kindStreamBuf:      shadow.TypeOf[QCStreamBuf]("qc_stream_buf"),
	kindFrame:          shadow.TypeOf[QuicFrame]("quic_frame"),
	kindTxPacket:       shadow.TypeOf[QuicTxPacket]("quic_tx_packet"),
	kindQuicConn:       shadow.TypeOf[QuicConn]("quic_conn"),
	kindQuicConnClosed: shadow.TypeOf[QuicConnClosed]("quic_conn_closed"),
	kindCIDs:           shadow.TypeOf[CIDs]("quic_cids"),
	kindCCBuf:          shadow.TypeOf[CCBuf]("quic_cc_buf"),
	kindSedesc:         shadow.TypeOf[Sedesc]("sedesc"),
	kindStconn:         shadow.TypeOf[Stconn]("stconn"),
	kindTasklet:        shadow.TypeOf[Tasklet]("tasklet"),
	kindTask:           shadow.TypeOf[Task]("task"),
	kindH3C:            shadow.TypeOf[H3C]("h3c"),
	kindH3S:            shadow.TypeOf[H3S]("h3s"),
	kindBuffer:         shadow.TypeOf[Area]("buffer"),
	kindSession:        shadow.TypeOf[Session]("session"),
	kindThreadCtx:      shadow.TypeOf[ThreadCtx]("thread_ctx"),
	kindRxBuf:          shadow.TypeOf[RxBuf]("qc_stream_rxbuf"),
	kindListHead:       shadow.TypeOf[List]("list"),
	kindServer:         shadow.TypeOf[Server]("server"),
	kindStreamAck:      shadow.TypeOf[QCStreamAck]("qc_stream_ack"),
}

// alloc models pool_alloc: an object with undefined content, or nil when this
// is the allocation that the op's !alloc modifier makes fail.
//
//lastwake:c __pool_alloc src/pool.c
//lastwake:primitive
func (w *World) alloc(k shadow.Kind) unsafe.Pointer {
	w.opAllocs++
	if w.opAllocs == w.failAlloc {
		return nil
	}
	return w.arena.Alloc(k)
}

// free models pool_free; nil is ignored.
//
//lastwake:c __pool_free src/pool.c
//lastwake:primitive
func (w *World) free(k shadow.Kind, p unsafe.Pointer) {
	if p == nil {
		return
	}
	w.opFrees++
	w.arena.Free(k, p)
}

// listHead models a list head that C keeps on the stack,
// LIST_HEAD_INIT(frms): it goes out of scope with dropHead.
//
//lastwake:primitive
func (w *World) listHead() *List {
	l := (*List)(w.arena.Push(kindListHead))
	l.Init()
	return l
}

// dropHead ends the scope of a list head.
//
//lastwake:primitive
func (w *World) dropHead(l *List) { w.arena.Pop(unsafe.Pointer(l)) }
