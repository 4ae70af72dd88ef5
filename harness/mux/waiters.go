package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
)

// What the audit keeps of the stream layer: who waits for what. A stream layer
// that was refused something subscribes and does nothing until it is woken; one
// that is not waits for ever. A World is not named w here, and no edge is counted:
// what the audit keeps is nothing that a search has reached.

// written is how many bytes of the stream layer's a stream has taken. Of one that
// was freed nothing is known: that is the next line's to find out.
//
//lastwake:primitive
func written(world *World, qcs *QCS) uint64 {
	if !world.arena.Live(unsafe.Pointer(qcs)) {
		return 0
	}
	return qcs.Tx.Offset + qcs.Tx.Buf.Data
}

// noteWrite keeps whether a write was refused, and that nobody remembers it.
//
//lastwake:primitive
func noteWrite(world *World, a *appStream, qcs *QCS, op program.Op, before uint64) {
	if !attached(world, qcs) || qcs.told() {
		a.refused = 0
		a.waits = 0
		return
	}
	if op.Arg[program.AppSendLen] == 0 {
		return
	}
	if written(world, qcs) != before {
		a.refused &^= subRetrySend
		a.waits &^= subRetrySend
		return
	}
	qcc := qcs.QCC
	if !qcs.writes() || qcc.Flags&(qcErrConn|qcErrL) != 0 || world.failed {
		return
	}
	if qcs.awaitsRoom(world) {
		a.refused |= subRetrySend
		return
	}
	conn := qcc.Conn
	world.conns[conn.QC.Index%maxConns].unlisted++
}

// noteRead keeps that the stream layer has got something, or knows of the end.
//
//lastwake:primitive
func noteRead(world *World, a *appStream, qcs *QCS, n uint64) {
	if !attached(world, qcs) || qcs.told() {
		a.refused = 0
		a.waits = 0
	} else if n != 0 || !qcs.reads() {
		a.refused &^= subRetryRecv
		a.waits &^= subRetryRecv
	} else {
		a.refused |= subRetryRecv
	}
}

// noteCalled keeps that the mux means to wake the stream layer for an event,
// whether or not it has subscribed.
//
//lastwake:primitive
func noteCalled(world *World, qcs *QCS, event uint32) {
	for i := range world.apps {
		a := &world.apps[i]
		if a.refused&event == 0 || a.id != qcs.ID || !world.arena.Live(unsafe.Pointer(a.sc)) {
			continue
		}
		if sd := a.sc.Sedesc; sd != nil && world.arena.Live(unsafe.Pointer(sd)) && sd.SE == qcs {
			a.refused &^= event
		}
	}
}

// noteSubscribe keeps what the stream layer waits for: room after a write that was
// refused for want of it, bytes when there are none.
//
//lastwake:primitive
func noteSubscribe(world *World, sc *Stconn, qcs *QCS, events uint32) {
	a := holder(world, sc)
	if a == nil || !attached(world, qcs) {
		return
	}
	if events&subRetrySend != 0 && a.refused&subRetrySend != 0 && qcs.writes() && qcs.awaitsRoom(world) {
		a.waits |= subRetrySend
	}
	if events&subRetryRecv != 0 && qcs.reads() && !qcs.readable() {
		a.waits |= subRetryRecv
	}
}

// noteHeard keeps that the stream layer waits for these events no more.
//
//lastwake:primitive
func noteHeard(world *World, sc *Stconn, events uint32) {
	if a := holder(world, sc); a != nil {
		a.waits &^= events
	}
}

// holder returns the stream layer behind a connector, nil when it has let go.
//
//lastwake:primitive
func holder(world *World, sc *Stconn) *appStream {
	for i := range world.apps {
		if world.apps[i].sc == sc {
			return &world.apps[i]
		}
	}
	return nil
}

// attached reports whether a stream and its endpoint descriptor are live: a broken
// program may have freed them under the stream layer.
//
//lastwake:primitive
func attached(world *World, qcs *QCS) bool {
	return world.arena.Live(unsafe.Pointer(qcs)) && qcs.SD != nil && world.arena.Live(unsafe.Pointer(qcs.SD))
}

// told reports whether the stream layer can know that the stream has failed.
//
//lastwake:primitive
func (qcs *QCS) told() bool { return qcs.SD.Flags&(seError|seErrPending) != 0 }

// writes reports whether the stream layer may still write.
//
//lastwake:primitive
func (qcs *QCS) writes() bool {
	return !qcs.told() && !qcs.isCloseLocal() && qcs.Flags&(qsToReset|qsFinStream) == 0
}

// reads reports whether the stream layer does not know yet of an end of input.
//
//lastwake:primitive
func (qcs *QCS) reads() bool { return qcs.SD.Flags&(seEOI|seEOS) == 0 && !qcs.told() }

// readable reports whether there is something for the stream layer to read.
//
//lastwake:primitive
func (qcs *QCS) readable() bool { return qcs.Rx.AppBuf.Data != 0 || qcs.appEOM() }

// awaitsRoom reports whether the mux remembers that it owes the stream layer a
// wake for room.
//
//lastwake:primitive
func (qcs *QCS) awaitsRoom(world *World) bool {
	if world.cfg.era < era30 {
		return qcs.Tx.Buf.Data != 0
	}
	return qcs.ElBuf.InList() || qcs.ElFctl.InList() || qcs.Flags&qsBlkMRoom != 0 || qcs.sBlocked()
}

// takes reports whether a write would be taken now.
//
//lastwake:primitive
func (qcs *QCS) takes(world *World) bool {
	if world.cfg.era < era30 {
		return qcs.Tx.Buf.Data == 0
	}
	qcc := qcs.QCC
	if qcs.awaitsRoom(world) || qcc.sBlocked() {
		return false
	}
	desc := qcs.Stream
	if desc == nil || !world.arena.Live(unsafe.Pointer(desc)) {
		return false
	}
	if desc.Buf != nil {
		return world.arena.Live(unsafe.Pointer(desc.Buf)) && !desc.Buf.Buf.Full()
	}
	if world.cfg.era >= era32 {
		return !qcc.bufwndFull()
	}
	qc := qcc.Conn.QC
	return qcc.Flags&qcConnFull == 0 && qc.StreamBufCount < world.cfg.bufs
}

// finsOpen is 1 for a stream whose FIN was sent and whose local half is open.
//
//lastwake:primitive
func (c *connSlot) finsOpen(qcs *QCS) uint32 {
	for i := range c.peer {
		if c.peer[i].id == qcs.ID && c.peer[i].finSent && !qcs.isCloseLocal() {
			return 1
		}
	}
	return 0
}

// noteEnd keeps that a frame ends our half of a stream.
//
//lastwake:primitive
func noteEnd(world *World, qc *QuicConn, frm *QuicFrame) {
	if frm.Type&ftFinBit != 0 {
		world.conns[qc.Index%maxConns].peerStream(frm.Stream.ID).finSent = true
	}
}

// counted is 1 for a stream that nb_hreq counts since 3.5.
//
//lastwake:primitive
func (qcs *QCS) counted() uint64 {
	return flag(qcs.Flags&qsHreqRecv != 0)
}

// credit is 1 for a stream whose end gives the peer credit for another one.
//
//lastwake:primitive
func (qcs *QCS) credit() uint64 {
	return flag(!streamIsUni(qcs.ID) && !qcs.QCC.isLocal(qcs.ID))
}

// overdue is 1 for a stream that the stream layer has let go of and that owes the
// peer nothing.
//
//lastwake:primitive
func (qcs *QCS) overdue() uint32 {
	return uint32(flag(qcs.Flags&qsDetach != 0 && qcs.isCloseLocal() && qcs.Flags&qsToStopSending == 0))
}

// remoteOpen is 1 for a stream of which the peer has sent all, or given it up, and
// whose remote half is open.
//
//lastwake:primitive
func (qcs *QCS) remoteOpen() uint32 {
	over := qcs.Flags&qsRecvReset != 0 || qcs.Flags&qsSizeKnown != 0 && qcs.Rx.Offset == qcs.Rx.OffsetMax
	return uint32(flag(over && !qcs.isCloseRemote() && qcs.QCC.Flags&(qcErrConn|qcErrL) == 0))
}

// auditApp looks at one stream layer: whether it waits for what has come.
func auditApp(world *World, app *appStream, out *ConnAudit) {
	sc := app.sc
	if !out.MuxAlive || !world.arena.Live(unsafe.Pointer(sc)) {
		return
	}
	sd := sc.Sedesc
	if sd == nil || !world.arena.Live(unsafe.Pointer(sd)) {
		return
	}
	qcs := sd.SE
	if qcs == nil || !attached(world, qcs) || qcs.SD != sd {
		return
	}
	qcc := qcs.QCC
	if !world.arena.Live(unsafe.Pointer(qcc)) || !world.arena.Live(unsafe.Pointer(qcc.Conn)) || !world.arena.Live(unsafe.Pointer(qcc.Conn.QC)) {
		return
	}
	failed := qcc.Flags&(qcErrConn|qcErrL) != 0
	switch {
	case qcs.told() && app.waits != 0:
		out.Unalerted++
	case failed && !qcs.told():
		if !app.late {
			out.Untold++
		}
	case failed || qcs.told():
	case (app.refused|app.waits)&subRetrySend != 0 && qcs.writes() && qcs.takes(world):
		out.Writers++
	case (app.refused|app.waits)&subRetryRecv != 0 && qcs.readable():
		out.Readers++
	}
}
