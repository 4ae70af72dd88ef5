package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// Flags of a QCC, QC_CF_* in include/haproxy/mux_quic-t.h.
const (
	qcErrL     = 0x00000001 // fatal error detected locally, connection should be closed soon
	qcErrLDone = 0x00000002 // local error properly handled, connection can be released
	qcBlkMFCtl = 0x00000004 // sending blocked due to connection flow control
	qcConnFull = 0x00000008 // no stream buffers available on connection
	qcAppShut  = 0x00000010 // application layer shutdown done
	qcAppInit  = 0x00010000 // since 3.2: the application layer has finished its start, app_st
	qcErrConn  = 0x00000020 // fatal error reported by transport layer
	qcConnShut = 0x00000080 // since 3.3: the peer opens no more streams and takes none, it said GOAWAY
	qcIsBack   = 0x00000100 // since 3.3: a connection to a server
	qcAppFinal = 0x00000040 // application layer finalized by the first send, QC_CF_APP_FINAL before 71fd03632
)

// Transport error codes, RFC 9000 section 20.1.
const (
	errNoError         = 0x0
	errInternal        = 0x1
	errFlowControl     = 0x3
	errStreamLimit     = 0x4
	errStreamState     = 0x5
	errFinalSize       = 0x6
	errProtocolViolate = 0xa
)

// A LocalFctl holds the limits that we set and the peer obeys.
//
//lastwake:managed
type LocalFctl struct {
	Frms           List   `c:"frms"` // prepared credit frames
	MSBidiInit     uint64 `c:"ms_bidi_init"`
	MSBidi         uint64 `c:"ms_bidi"`   // max sub-ID of bidi stream allowed for the peer
	ClBidiR        uint64 `c:"cl_bidi_r"` // closed remote bidi streams since the last MAX_STREAMS
	MSUni          uint64 `c:"ms_uni"`
	MSDBidiL       uint64 `c:"msd_bidi_l"`
	MSDBidiR       uint64 `c:"msd_bidi_r"`
	MSDUniR        uint64 `c:"msd_uni_r"`
	MD             uint64 `c:"md"` // current max-data allowed for the peer
	MDInit         uint64 `c:"md_init"`
	OffsetsRecv    uint64 `c:"offsets_recv"`
	OffsetsConsume uint64 `c:"offsets_consume"`
}

// A RemoteFctl holds the limits that the peer sets and we obey.
//
//lastwake:managed
type RemoteFctl struct {
	MD       uint64 `c:"md"`
	MSDBidiL uint64 `c:"msd_bidi_l"`
	MSDBidiR uint64 `c:"msd_bidi_r"`
	MSDUniL  uint64 `c:"msd_uni_l"`
}

// A QCCTx sums what all streams have prepared and sent.
//
//lastwake:managed
type QCCTx struct {
	Offsets     uint64 `c:"offsets"`
	SentOffsets uint64 `c:"sent_offsets"`
	BufInFlight uint64 `c:"buf_in_flight"` // since 3.1: bytes of Tx buffers
	Frms        List   `c:"frms"`          // since 3.2: STREAM frames that were not sent
}

// A QuicErr is struct quic_err: the code of a CONNECTION_CLOSE.
//
//lastwake:managed
type QuicErr struct {
	Code uint64 `c:"code"`
	App  uint64 `c:"app"`
}

// A QCC is struct qcc: the mux's view of a connection. Its first fields lie
// where the pool's cache overwrites a freed object.
//
//lastwake:managed
type QCC struct {
	Conn         *Connection    `c:"conn"`
	NbSC         uint64         `c:"nb_sc"`   // attached stream connectors
	NbHreq       uint64         `c:"nb_hreq"` // requests in progress; since 3.5 streams of requests
	Flags        uint32         `c:"flags"`
	LFctl        LocalFctl      `c:"lfctl"`
	RFctl        RemoteFctl     `c:"rfctl"`
	Tx           QCCTx          `c:"tx"`
	LargestBidiR uint64         `c:"largest_bidi_r"`
	LargestUniR  uint64         `c:"largest_uni_r"`
	NextBidiL    uint64         `c:"next_bidi_l"`
	NextUniL     uint64         `c:"next_uni_l"`
	StreamsByID  EbRoot         `c:"streams_by_id"`
	SendList     List           `c:"send_list"`
	WaitEvent    WaitEvent      `c:"wait_event"`
	Task         *Task          `c:"task"`          // nil once the timeout has struck
	OpeningList  List           `c:"opening_list"`  // streams that wait for a whole request
	FctlList     List           `c:"fctl_list"`     // from 3.0 on: streams that wait for credit
	BufWaitList  List           `c:"buf_wait_list"` // from 3.0 on: streams that wait for a Tx buffer
	RecvList     List           `c:"recv_list"`     // since 3.2: streams that can go on decoding
	PurgList     List           `c:"purg_list"`     // since 3.2: streams that are over, by el_send
	Timeout      uint64         `c:"timeout"`       // ms
	ShutTimeout  uint64         `c:"shut_timeout"`  // ms
	IdleStart    uint64         `c:"idle_start"`    // ms
	Err          QuicErr        `c:"err"`
	AppOps       uint64         `c:"app_ops"` // appNone, appH3 or appHQ
	Ctx          unsafe.Pointer `c:"ctx"`     // *H3C with h3

	TotSC uint64 `c:"tot_sc"`  // since 3.3: stream connectors that it has had
	RLen  uint64 `c:"rx.rlen"` // since 3.4, over TCP: bytes left of the record that is read
}

// The application layers.
const (
	appNone uint64 = iota
	appH3
	appHQ
)

// streamIsUni models quic_stream_is_uni.
func streamIsUni(id uint64) bool { return id&2 != 0 }

// SetError models qcc_set_error: a fatal error was found on our side, and the
// mux's tasklet shall send the CONNECTION_CLOSE.
//
//lastwake:c qcc_set_error src/mux_quic.c
func (qcc *QCC) SetError(w *World, code, app uint64) {
	w.bugOn(qcc.Flags&qcErrL != 0, "qcc->flags & QC_CF_ERRL")
	w.trace(evErrL, code, app)
	qcc.Flags |= qcErrL
	qcc.Err.Code = code
	qcc.Err.App = app
	if !w.Faults.Has(fault.HAPROXY_da24bcfad) {
		w.wakeMux(qcc, fnQccSetError)
	}
}

// wakeMux wakes the mux's tasklet on behalf of the C function from.
//
//lastwake:c tasklet_wakeup include/haproxy/task.h
//lastwake:primitive
func (w *World) wakeMux(qcc *QCC, from Func) {
	tl := qcc.WaitEvent.Tasklet
	if w.tracing {
		w.traceWake(tl, from)
	}
	tl.Wakeup(w, from)
}

// resetIdleStart models qcc_reset_idle_start.
func (qcc *QCC) resetIdleStart(w *World) { qcc.IdleStart = w.nowMS }

// rmSC models qcc_rm_sc.
//
//lastwake:c qcc_rm_sc src/mux_quic.c
func (qcc *QCC) rmSC(w *World) {
	w.bugOn(qcc.NbSC == 0, "!qcc->nb_sc")
	qcc.NbSC--
	if qcc.NbSC == 0 && qcc.NbHreq == 0 && w.cfg.era < era35 {
		qcc.resetIdleStart(w)
	}
}

// rmHreq models qcc_rm_hreq. Since 3.5 it is part of qcs_free.
//
//lastwake:c qcc_rm_hreq src/mux_quic.c
func (qcc *QCC) rmHreq(w *World) {
	w.bugOn(qcc.NbHreq == 0, "!qcc->nb_hreq")
	qcc.NbHreq--
	w.trace(evNbHreq, qcc.NbHreq)
	if qcc.NbSC == 0 && qcc.NbHreq == 0 && w.cfg.era < era35 {
		qcc.resetIdleStart(w)
	}
}

// isDead models qcc_is_dead: no stream is attached, and either an error was
// handled or the timeout has struck. Since 3.5 no stream of a request may be
// left, attached or not, and a connection that has said good-bye is dead as well.
//
// Deviation: 3.5 keeps a failed connection too for a stream that has let go and
// can send nothing any more, until the timeout, which may not be armed.
//
//lastwake:c qcc_is_dead src/mux_quic.c
func (qcc *QCC) isDead(w *World) bool {
	if qcc.isBack() {
		return qcc.isDeadBack(w)
	}
	if qcc.NbSC != 0 && !w.Faults.Has(fault.HAPROXY_09ec3e09b) {
		return false
	}
	if qcc.Flags&(qcErrConn|qcErrLDone) != 0 {
		return true
	}
	if w.cfg.era >= era35 {
		return qcc.NbHreq == 0 && qcc.Flags&qcAppShut != 0
	}
	return qcc.Task == nil
}

// mayExpire models qcc_may_expire.
func (qcc *QCC) mayExpire() bool { return qcc.NbSC == 0 }

// refreshTimeout models qcc_refresh_timeout: which timeout rules depends on
// what the connection waits for.
//
//lastwake:c qcc_refresh_timeout src/mux_quic.c
func (qcc *QCC) refreshTimeout(w *World) {
	task := qcc.Task
	if task == nil {
		w.trace(evTimeout, timeoutExpired)
		return
	}
	if !qcc.mayExpire() {
		w.trace(evTimeout, timeoutOff)
		task.Expire = eternity
		task.Queue(w)
		return
	}
	if qcc.isBack() {
		qcc.refreshBack(w, task)
		return
	}
	opening := !qcc.OpeningList.IsEmpty()
	idle := false
	switch {
	case qcc.busy(w):
		w.trace(evTimeout, timeoutDefault)
		task.Expire = addIfSet(w.nowMS, qcc.Timeout)
	case (opening || qcc.LargestBidiR == 0) && qcc.Flags&qcAppShut == 0:
		w.trace(evTimeout, timeoutHTTPReq)
		task.Expire = addIfSet(qcc.requestStart(), w.cfg.httpReqMS)
	default:
		qcc.armIdle(w, task)
		idle = true
	}
	if task.Expire == eternity {
		task.Expire = addIfSet(w.nowMS, qcc.Timeout)
	}
	if w.stopping && (idle || w.cfg.era >= era35) {
		task.Expire = w.nowMS
		task.Wakeup(w, taskWokenTimer)
	}
	task.Queue(w)
}

// busy reports whether there is something to be sent for which the default
// timeout holds: a response, since 3.5 anything, also after good-bye.
//
//lastwake:primitive
func (qcc *QCC) busy(w *World) bool {
	if w.cfg.era >= era35 {
		return qcc.SendList.InList() || qcc.Tx.Frms.InList()
	}
	return qcc.NbHreq != 0 && qcc.Flags&qcAppShut == 0
}

// requestStart is when the oldest incomplete request started, or the
// connection if there is none.
//
//lastwake:primitive
func (qcc *QCC) requestStart() uint64 {
	if qcc.OpeningList.IsEmpty() {
		return qcc.IdleStart
	}
	first := qcsOfOpening(qcc.OpeningList.N)
	return first.Start
}

// armIdle is the branch of qcc_refresh_timeout for a connection with nothing
// to do: keep-alive, or the shutdown timeout.
//
//lastwake:c qcc_refresh_timeout src/mux_quic.c
func (qcc *QCC) armIdle(w *World, task *Task) {
	if qcc.Flags&qcAppShut != 0 {
		w.trace(evTimeout, timeoutShut)
		task.Expire = addIfSet(w.nowMS, qcc.ShutTimeout)
	} else {
		w.trace(evTimeout, timeoutKeepAlive)
		timeout := w.cfg.keepAliveMS
		if timeout == eternity {
			timeout = w.cfg.httpReqMS
		}
		task.Expire = addIfSet(qcc.IdleStart, timeout)
	}
}

// addIfSet models tick_add_ifset.
func addIfSet(now, timeout uint64) uint64 {
	if timeout == eternity {
		return eternity
	}
	return now + timeout
}

// purgeStreams models qcc_purge_streams: streams whose transfer is over are
// released.
//
//lastwake:c qcc_purge_streams src/mux_quic.c
func (qcc *QCC) purgeStreams(w *World) {
	if w.cfg.era >= era32 {
		qcc.purgeList(w)
		return
	}
	node := qcc.StreamsByID.First()
	for node != nil {
		qcs := qcsOfID(node)
		node = w.after(node)
		if qcs.St == ssClo && qcs.sc() == nil {
			w.trace(evPurgeClosed, qcs.ID)
			qcs.Destroy(w)
			continue
		}
		if qcs.Flags&qsDetach != 0 && !qcs.owesPeer(w) {
			w.trace(evPurgeDetached, qcs.ID, uint64(qcs.St))
			qcs.Destroy(w)
		}
	}
}

// purgeList is qcc_purge_streams since 3.2: the streams that are over stand in
// a list.
//
//lastwake:c qcc_purge_streams src/mux_quic.c
func (qcc *QCC) purgeList(w *World) {
	for !qcc.PurgList.IsEmpty() {
		qcs := qcsOfSend(w.next(&qcc.PurgList))
		w.trace(evPurge, qcs.ID, uint64(qcs.St))
		w.bugOnHot(!qcs.isCompleted(w), "!qcs_is_completed(qcs)")
		qcs.Destroy(w)
	}
}

// Shutdown models qcc_shutdown: the application layer says good-bye, once.
//
//lastwake:c qcc_shutdown src/mux_quic.c
func (qcc *QCC) Shutdown(w *World) {
	switch {
	case qcc.Flags&(qcErrConn|qcErrL) != 0:
		w.trace(evAppShutSkipped)
	case qcc.Flags&qcAppShut != 0:
	default:
		qcc.shutdownApp(w)
	}
	w.trace(evAppShut)
	qcc.Flags |= qcAppShut
}

// shutdownApp calls the application layer's shutdown and hands its error code
// to the transport for a later CONNECTION_CLOSE.
//
//lastwake:c qcc_shutdown src/mux_quic.c
func (qcc *QCC) shutdownApp(w *World) {
	if qcc.AppOps == appH3 {
		w.trace(evAppShutdown)
		w.h3Shutdown((*H3C)(qcc.Ctx))
		if w.Faults.Has(fault.HAPROXY_f8aaf8bdf) && qcc.isDead(w) {
			return // qcc_release comes next and sends
		}
		qcc.ioSend(w)
	} else {
		w.trace(evNoAppShutdown)
		qcc.Err.Code = errNoError
		qcc.Err.App = 1
	}
	qc := qcc.Conn.QC
	if qc.Flags&qcImmediateClose == 0 {
		qc.Err.Code = qcc.Err.Code
		qc.Err.App = qcc.Err.App
	}
	conn := qcc.Conn
	if conn.Flags&coSafeList != 0 {
		conn.deleteFromTree(w, true)
	}
}

// wakeSomeStreams models qcc_wake_some_streams: attached streams hear of a
// connection error.
//
//lastwake:c qcc_wake_some_streams src/mux_quic.c
func (qcc *QCC) wakeSomeStreams(w *World) {
	for node := qcc.StreamsByID.First(); node != nil; node = w.after(node) {
		qcs := qcsOfID(node)
		if qcs.sc() == nil {
			continue
		}
		if qcc.Flags&(qcErrConn|qcErrL) != 0 {
			qcs.SD.SetError(w, qcs)
			qcs.alert(w)
		}
	}
}

// ioProcess models qcc_io_process: what is to be done after input or output.
// It reports whether the connection must be released.
//
// Deviation: the soft-stop leaves connections to servers alone; 3.5 has a note
// that it should.
//
//lastwake:c qcc_io_process src/mux_quic.c
func (qcc *QCC) ioProcess(w *World) bool {
	qcc.purgeStreams(w)
	if w.stopping && !qcc.isBack() {
		w.trace(evSoftStop)
		qcc.Shutdown(w)
	}
	if qcc.Flags&(qcErrConn|qcErrL) != 0 {
		qcc.wakeSomeStreams(w)
	}
	return qcc.isDead(w)
}

// Release models qcc_release: all that the connection owns is freed, then the
// connection itself. The order matters: releasing a stream may give a Tx
// buffer back, and giving one back wakes the tasklet while it waits for room,
// so the streams must go before the tasklet does.
//
//lastwake:c qcc_release src/mux_quic.c
func (qcc *QCC) Release(w *World) {
	conn := qcc.Conn
	w.traceRelease(qcc)
	if w.Faults.Has(fault.HAPROXY_f8aaf8bdf) && qcc.AppOps == appH3 {
		w.trace(evAppRelease)
		w.h3Release((*H3C)(qcc.Ctx))
		qcc.ioSend(w)
	}
	if qcc.Task != nil {
		w.trace(evTaskDestroyed)
		qcc.Task.Destroy(w)
		qcc.Task = nil
	}
	if w.Faults.Has(fault.HAPROXY_bd384a359) {
		qcc.freeTasklet(w, conn)
		qcc.freeStreams(w)
	} else {
		qcc.freeStreams(w)
		qcc.freeTasklet(w, conn)
	}
	for !qcc.LFctl.Frms.IsEmpty() {
		frm := frmOfList(w.next(&qcc.LFctl.Frms))
		w.trace(evFreeCreditFrame)
		w.frmFree(frm)
	}
	qcc.clearFrms(w)
	if qcc.AppOps == appH3 && !w.Faults.Has(fault.HAPROXY_f8aaf8bdf) {
		w.trace(evAppRelease)
		w.h3Release((*H3C)(qcc.Ctx))
	}
	w.trace(evQccFreed)
	w.free(kindQCC, unsafe.Pointer(qcc))
	if conn != nil {
		conn.afterRelease(w)
	}
}

// freeTasklet frees the mux's tasklet and takes its subscription back from the
// transport.
//
//lastwake:primitive
func (qcc *QCC) freeTasklet(w *World, conn *Connection) {
	tl := qcc.WaitEvent.Tasklet
	if w.tracing {
		w.traceTaskletFree(tl)
	}
	tl.Free(w)
	if w.Faults.Has(fault.HAPROXY_f3e03a406) {
		return
	}
	if conn != nil && qcc.WaitEvent.Events != 0 {
		w.trace(evXprtUnsubscribe)
		w.quicConnUnsubscribe(conn.QC, qcc.WaitEvent.Events, &qcc.WaitEvent)
	}
}

// freeStreams frees every stream that is left.
//
//lastwake:primitive
func (qcc *QCC) freeStreams(w *World) {
	node := qcc.StreamsByID.First()
	for node != nil {
		qcs := qcsOfID(node)
		node = w.after(node)
		qcs.Free(w)
	}
	if qcc.Conn != nil && w.cfg.era >= era32 {
		qcc.unsubRoom(w, qcc.Conn.QC)
	}
}

// afterRelease is the end of qcc_release: the connection forgets its mux, its
// transport closes, and it is freed.
//
//lastwake:c qcc_release src/mux_quic.c
func (conn *Connection) afterRelease(w *World) {
	conn.StoppingList.DelInit()
	qc := conn.QC
	qc.Conn = nil
	conn.MuxSet = 0
	conn.Ctx = nil
	conn.fullClose(w)
	w.trace(evConnFreed)
	conn.Free(w)
}

// mayIOSend is the first question of qcc_io_cb: since 3.2 a mux that waits for
// the transport does not send.
//
// Deviation: a connection in error does, for qcc_io_send is where the mux
// notes the error; up to 3.5 a mux that waits learns of it with its timeout.
//
//lastwake:c qcc_io_cb src/mux_quic.c
func (qcc *QCC) mayIOSend(w *World) bool {
	waits := w.cfg.era >= era32 && qcc.WaitEvent.Events&subRetrySend != 0
	conn := qcc.Conn
	return !waits || conn.Flags&coError != 0
}

// IOCb models qcc_io_cb, the handler of the mux's tasklet; it returns false
// when the tasklet is gone.
//
//lastwake:c qcc_io_cb src/mux_quic.c
func (qcc *QCC) IOCb(w *World) bool {
	w.trace(evRunMux)
	idle := qcc.leaveIdle(w)
	if qcc.mayIOSend(w) {
		qcc.ioSend(w)
	}
	qcc.ioRecv(w)
	if qcc.ioProcess(w) {
		w.trace(evDead, deadTasklet)
		w.noteDropped(qcc)
		qcc.Shutdown(w)
		qcc.Release(w)
		if w.Faults.Has(fault.HAPROXY_d3973853c) {
			qcc.ioRecv(w)
		}
		return false
	}
	w.trace(evRunMuxEnd)
	qcc.refreshTimeout(w)
	if idle {
		// Whoever comes next may take the connection: it is not ours any more.
		conn := qcc.Conn
		w.srv.addIdle(w, conn)
	}
	return true
}

// qccTimeoutTask models qcc_timeout_task; it returns false when the task is
// gone. Since 3.5 the timeout is the end of the connection, whatever is left of
// its streams.
//
//lastwake:c qcc_timeout_task src/mux_quic.c
func (w *World) qccTimeoutTask(t *Task, qcc *QCC) bool {
	w.trace(evRunTimeout)
	if qcc != nil {
		if t.Expire == eternity || t.Expire > w.nowMS {
			return true
		}
		if !qcc.mayExpire() {
			t.Expire = eternity
			return true
		}
		conn := qcc.Conn
		if conn.Flags&coSafeList != 0 {
			conn.deleteFromTree(w, true)
		}
	}
	t.Destroy(w)
	if qcc == nil {
		return false
	}
	w.trace(evTimeoutFired)
	qcc.Task = nil // a nil task says that the timeout has struck
	if w.cfg.era >= era35 || qcc.isDead(w) {
		w.trace(evDead, deadTimeout)
		qcc.Shutdown(w)
		qcc.Release(w)
	}
	return false
}

// installAppOps models qcc_install_app_ops.
//
//lastwake:c qcc_install_app_ops src/mux_quic.c
func (qcc *QCC) installAppOps(w *World, ops uint64) bool {
	if ops == appH3 {
		w.trace(evAppInit)
		if !w.h3Init(qcc) {
			return false
		}
	}
	qcc.AppOps = ops
	if w.cfg.era >= era32 {
		return true
	}
	if ops == appH3 && !w.Faults.Has(fault.HAPROXY_f8aaf8bdf) {
		w.trace(evAppFinalize)
		if !w.h3Finalize((*H3C)(qcc.Ctx)) {
			return false
		}
		w.wakeMux(qcc, fnQccInstallAppOps)
	}
	return true
}

// qmuxInit models qmux_init: the mux is installed on a new connection. On
// failure the transport is told to close, what was made is released, and the
// session frees the connection. The mux of a connection to a server begins with
// the stream of sc, which is nil for a client's.
//
//lastwake:c qmux_init src/mux_quic.c
func (w *World) qmuxInit(conn *Connection, sc *Stconn) bool {
	qc := conn.QC
	qcc := (*QCC)(w.alloc(kindQCC))
	if qcc == nil {
		w.setConnectionClose(qc, errInternal, 0)
		return false
	}
	qcc.init(w)
	conn.Ctx = qcc
	if qcc.start(w, conn, sc) {
		w.wakeMux(qcc, fnQmuxInit)
		return true
	}
	if qc.Flags&qcImmediateClose == 0 {
		code := qcc.Err.Code
		app := qcc.Err.App
		if code == errNoError {
			code = errInternal
			app = 0
		}
		w.setConnectionClose(qc, code, app)
	}
	qcc.Conn = nil
	if w.Faults.Has(fault.HAPROXY_ee65efbfa) {
		qcc.Task = nil // nobody destroys it
	}
	qcc.Release(w)
	return false
}

// start is the part of qmux_init that can fail.
//
//lastwake:c qmux_init src/mux_quic.c
func (qcc *QCC) start(w *World, conn *Connection, sc *Stconn) bool {
	tl := w.taskletNew()
	qcc.WaitEvent.Tasklet = tl
	if tl == nil {
		return false
	}
	tl.Process = procQccIOCb
	tl.Context = unsafe.Pointer(qcc)
	task := w.taskNew()
	qcc.Task = task
	if task == nil {
		return false
	}
	task.Process = procQccTimeoutTask
	task.Context = unsafe.Pointer(qcc)
	task.Expire = addIfSet(w.nowMS, qcc.Timeout)
	qcc.resetIdleStart(w)
	qc := conn.QC
	qc.QCC = qcc
	qcc.Conn = conn
	here := w.thread(w.tid)
	if w.Faults.Has(fault.HAPROXY_ed820823f) {
		here.MuxStopping.Append(&conn.StoppingList)
		return qcc.installAppOps(w, w.cfg.app)
	}
	if !qcc.installAppOps(w, w.cfg.app) {
		return false
	}
	if qcc.isBack() {
		return qcc.fctlAvailStreams(w) != 0 && qcc.openRequest(w, sc)
	}
	here.MuxStopping.Append(&conn.StoppingList)
	return true
}

// init sets the members of a new QCC, from _qcc_init and the first part of
// qmux_init.
//
//lastwake:c qmux_init src/mux_quic.c
func (qcc *QCC) init(w *World) {
	qcc.Conn = nil
	qcc.Task = nil
	qcc.WaitEvent.Tasklet = nil
	qcc.WaitEvent.Events = 0
	qcc.AppOps = appNone
	qcc.Ctx = nil
	qcc.StreamsByID.Init()
	qcc.SendList.Init()
	qcc.OpeningList.Init()
	qcc.FctlList.Init()
	qcc.BufWaitList.Init()
	qcc.RecvList.Init()
	qcc.PurgList.Init()
	qcc.NbHreq = 0
	qcc.NbSC = 0
	qcc.Flags = 0
	qcc.Err.Code = errNoError
	qcc.Err.App = 0
	qcc.Tx.Offsets = 0
	qcc.Tx.SentOffsets = 0
	qcc.Tx.BufInFlight = 0
	qcc.Tx.Frms.Init()
	qcc.LFctl.init(w)
	qcc.RFctl.MD = w.cfg.maxData
	if qcc.RFctl.MD == 0 {
		// Deviation: 220386ae4 sets the flag only once it has sent as much as the
		// peer allows, so that a peer that allows nothing at first is never
		// served.
		qcc.Flags |= qcBlkMFCtl
	}
	qcc.RFctl.MSDBidiL = w.cfg.msd
	qcc.RFctl.MSDBidiR = w.cfg.msd
	qcc.RFctl.MSDUniL = w.cfg.msd
	qcc.LargestBidiR = 0
	qcc.NextBidiL = 1
	qcc.LargestUniR = 2
	qcc.NextUniL = 3
	qcc.TotSC = 0
	qcc.RLen = 0
	if w.cfg.back {
		qcc.Flags |= qcIsBack
		qcc.NextBidiL = 0
		qcc.LargestBidiR = 1
		qcc.NextUniL = 2
		qcc.LargestUniR = 3
	}
	qcc.Timeout = w.cfg.clientMS
	qcc.ShutTimeout = w.cfg.clientMS
	w.trace(evQccNew, w.cfg.streams, msUni, w.cfg.maxData, w.cfg.msd, w.cfg.msd)
}

// init sets the limits that we grant to the peer.
//
//lastwake:primitive
func (l *LocalFctl) init(w *World) {
	l.Frms.Init()
	l.MSBidi = w.cfg.streams
	l.MSBidiInit = w.cfg.streams
	l.MSUni = msUni
	l.MSDBidiL = w.cfg.rxMSD
	l.MSDBidiR = w.cfg.rxMSD
	if w.cfg.era >= era32 {
		// As many whole buffers as hold tune.quic.frontend.stream-data-ratio of
		// what the connection may receive, 90 %.
		l.MSDBidiR = (w.cfg.rxData*90/100 + rxBufSize - 1) / rxBufSize * rxBufSize
	}
	l.MSDUniR = w.cfg.rxMSD
	l.ClBidiR = 0
	l.MD = w.cfg.rxData
	l.MDInit = w.cfg.rxData
	l.OffsetsRecv = 0
	l.OffsetsConsume = 0
}

// msUni is how many unidirectional streams the peer may open.
const msUni = 3

// qmuxWake models qmux_wake.
//
//lastwake:c qmux_wake src/mux_quic.c
func (w *World) qmuxWake(conn *Connection) {
	qcc := conn.Ctx
	w.trace(evMuxWake)
	if qcc.ioProcess(w) {
		w.trace(evDead, deadMuxWake)
		w.noteDropped(qcc)
		qcc.Shutdown(w)
		qcc.Release(w)
		return
	}
	qcc.wakeSomeStreams(w)
	qcc.refreshTimeout(w)
}

func qcsOfID(n *Eb64Node) *QCS {
	return shadow.ContainerOf[QCS](unsafe.Pointer(n), unsafe.Offsetof(QCS{}.ByID))
}

func qcsOfSend(n *List) *QCS {
	return shadow.ContainerOf[QCS](unsafe.Pointer(n), unsafe.Offsetof(QCS{}.ElSend))
}

func qcsOfRecv(n *List) *QCS {
	return shadow.ContainerOf[QCS](unsafe.Pointer(n), unsafe.Offsetof(QCS{}.ElRecv))
}

func qcsOfOpening(n *List) *QCS {
	return shadow.ContainerOf[QCS](unsafe.Pointer(n), unsafe.Offsetof(QCS{}.ElOpening))
}
