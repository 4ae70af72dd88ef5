package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
)

// Flags of a stream endpoint descriptor, include/haproxy/stconn-t.h.
const (
	seTMux       = 0x00000001
	seOrphan     = 0x00000002
	seEOI        = 0x00000004 // end of input: the whole request came
	seEOS        = 0x00000008 // end of stream: no more will come
	seError      = 0x00000010
	seErrPending = 0x00000020
	seRcvMore    = 0x00000040
	seWantRoom   = 0x00000080
)

// A Sedesc is struct sedesc: the descriptor between a mux stream and the
// stream connector above it.
//
//lastwake:managed
type Sedesc struct {
	SE    *QCS        `c:"se"`
	Conn  *Connection `c:"conn"`
	SC    *Stconn     `c:"sc"`
	Flags uint32      `c:"flags"`
	Abort uint32      `c:"abort_info.info"` // who gave up, 0 if nobody did
	Kip   uint64      `c:"kip"`             // since 3.4: known input payload, bytes
}

// abrtSrcMuxQuic is SE_ABRT_SRC_MUX_QUIC, shifted into its place.
const abrtSrcMuxQuic = 0x10000000

// A Stconn is struct stconn: the stream layer's end of a stream.
//
//lastwake:managed
type Stconn struct {
	Sedesc    *Sedesc   `c:"sedesc"`
	WaitEvent WaitEvent `c:"wait_event"`
	Flags     uint32    `c:"flags"`
	State     uint32    `c:"state"`
}

// sedescNew models sedesc_new.
//
//lastwake:c sedesc_new src/stconn.c
//lastwake:primitive
func (w *World) sedescNew() *Sedesc {
	sd := (*Sedesc)(w.alloc(kindSedesc))
	if sd == nil {
		return nil
	}
	sd.SE = nil
	sd.Conn = nil
	sd.SC = nil
	sd.Flags = 0
	sd.Abort = 0
	sd.Kip = 0
	return sd
}

// sedescFree models sedesc_free.
//
//lastwake:c sedesc_free src/stconn.c
//lastwake:primitive
func (w *World) sedescFree(sd *Sedesc) { w.free(kindSedesc, unsafe.Pointer(sd)) }

// SetError models se_fl_set_error: the error is final once the end of input
// was reported, and pending before.
//
//lastwake:c se_fl_set_error include/haproxy/stconn.h
//lastwake:primitive
func (sd *Sedesc) SetError(w *World, qcs *QCS) {
	w.trace(evSeError, qcs.ID)
	if sd.Flags&(seEOS|seEOI) != 0 {
		sd.Flags |= seError
		return
	}
	sd.Flags |= seErrPending
}

// setAbort keeps for the stream layer that the peer gave up first.
//
// Deviation: its code, which nobody reads here, is left out.
//
//lastwake:primitive
func (sd *Sedesc) setAbort() {
	if sd.Abort == 0 {
		sd.Abort = abrtSrcMuxQuic
	}
}

// scNewFromEndp models sc_new_from_endp: the stream layer creates its end of a
// new mux stream.
//
// Deviation: the stream above, its task and its analysers are the program's
// app. ops; the connector is all that is left of it.
//
//lastwake:c sc_new_from_endp src/stconn.c
func (w *World) scNewFromEndp(sd *Sedesc) *Stconn {
	sc := (*Stconn)(w.alloc(kindStconn))
	if sc == nil {
		return nil
	}
	sc.Flags = 0
	sc.State = 0
	sc.WaitEvent.Events = 0
	sc.WaitEvent.Tasklet = nil
	sc.Sedesc = sd
	tl := w.taskletNew()
	if tl == nil {
		w.free(kindStconn, unsafe.Pointer(sc))
		return nil
	}
	tl.Process = procScConnIOCb
	tl.Context = unsafe.Pointer(sc)
	sc.WaitEvent.Tasklet = tl
	sd.Flags &^= seOrphan
	sd.SC = sc
	return sc
}

// scNew models sc_new_from_strm: the stream layer's end of a stream that does not
// exist yet. It comes with the endpoint descriptor.
//
//lastwake:c sc_new_from_strm src/stconn.c
func (w *World) scNew() *Stconn {
	sc := (*Stconn)(w.alloc(kindStconn))
	if sc == nil {
		return nil
	}
	sc.Flags = 0
	sc.State = 0
	sc.WaitEvent.Events = 0
	sc.WaitEvent.Tasklet = nil
	sd := w.sedescNew()
	if sd == nil {
		w.free(kindStconn, unsafe.Pointer(sc))
		return nil
	}
	sc.Sedesc = sd
	sd.SC = sc
	return sc
}

// attachMux models sc_attach_mux: the connector gets a stream of a mux, and a
// tasklet to hear from it.
//
//lastwake:c sc_attach_mux src/stconn.c
func (sc *Stconn) attachMux(w *World, qcs *QCS) bool {
	tl := w.taskletNew()
	if tl == nil {
		return false
	}
	tl.Process = procScConnIOCb
	tl.Context = unsafe.Pointer(sc)
	sc.WaitEvent.Tasklet = tl
	sd := sc.Sedesc
	sd.SE = qcs
	qcc := qcs.QCC
	sd.Conn = qcc.Conn
	sd.Flags |= seTMux
	return true
}

// free models sc_free for a connector that has got no stream: its endpoint
// descriptor goes with it.
//
//lastwake:c sc_free src/stconn.c
func (sc *Stconn) free(w *World) {
	w.sedescFree(sc.Sedesc)
	sc.WaitEvent.Tasklet.Free(w)
	w.free(kindStconn, unsafe.Pointer(sc))
}

// IOCb models sc_conn_io_cb.
//
// Deviation: it reads and sends nothing by itself; the program's app. ops are
// what the stream would do once woken.
//
//lastwake:c sc_conn_io_cb src/stconn.c
func (sc *Stconn) IOCb(w *World) bool {
	sc.State++
	noteHeard(w, sc, subRetryRecv|subRetrySend)
	return true
}

// wake models sc_conn_process as the mux calls it for an endpoint without a
// subscriber (data_cb->wake).
//
//lastwake:c sc_conn_process src/stconn.c
func (sc *Stconn) wake(w *World) { sc.Flags |= 1 }

// muxStrm models __sc_mux_strm: the mux's end of the stream.
//
//lastwake:c __sc_mux_strm include/haproxy/stconn.h
func (sc *Stconn) muxStrm() *QCS {
	sd := sc.Sedesc
	return sd.SE
}

// Detach models sc_destroy and sc_detach_endp: the connector unsubscribes,
// marks the endpoint orphan, cuts both links, tells the mux, and goes.
//
//lastwake:c sc_destroy src/stconn.c
func (sc *Stconn) Detach(w *World) {
	sd := sc.Sedesc
	qcs := sd.SE
	if sc.WaitEvent.Events != 0 {
		events := sc.WaitEvent.Events
		w.trace(evStrmUnsubscribe, qcs.ID, uint64(events&subRetryRecv), uint64(events&subRetrySend))
		w.qmuxStrmUnsubscribe(qcs, sc.WaitEvent.Events, &sc.WaitEvent)
	}
	sd.Flags |= seOrphan
	if !w.Faults.Has(fault.HAPROXY_8038821c8) {
		sd.SC = nil
	}
	sc.Sedesc = nil
	w.qmuxStrmDetach(sd)
	sc.WaitEvent.Tasklet.Free(w)
	w.free(kindStconn, unsafe.Pointer(sc))
}
