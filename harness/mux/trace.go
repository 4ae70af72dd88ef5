package mux

import (
	"strconv"
	"strings"
	"unsafe"
)

// A Func names the C function that wakes something.
//
//lastwake:shared
type Func uint8

// The functions that wake tasklets.
//
//lastwake:shared
const (
	_ Func = iota
	fnQccIOSend
	fnQccInstallAppOps
	fnQccRecvMaxData
	fnQccRecvMaxStreamData
	fnQccReleaseRemoteStream
	fnQccResetStream
	fnQccSetError
	fnQccAbortStreamRead
	fnQcsConsume
	fnQcsNotifyRecv
	fnQcsNotifySend
	fnQmuxInit
	fnQmuxStrmDoneFF
	fnQmuxStrmRcvBuf
	fnQmuxStrmShutw
	fnQmuxStrmSndBuf
	fnQcCheckClose
	fnQcNotifyErr
	fnQcNotifySend
	fnQcProcessTimer
	fnQcStreamBufFree
	fnQcStreamDescFree
	fnQcFinalizeTIDRebind
	fnQmuxRcvd
)

//lastwake:shared
var funcNames = [...]string{
	fnQccIOSend: "qcc_io_send", fnQccInstallAppOps: "qcc_install_app_ops", fnQccRecvMaxData: "qcc_recv_max_data",
	fnQccRecvMaxStreamData: "qcc_recv_max_stream_data", fnQccReleaseRemoteStream: "qcc_release_remote_stream",
	fnQccResetStream: "qcc_reset_stream", fnQccSetError: "qcc_set_error", fnQccAbortStreamRead: "qcc_abort_stream_read",
	fnQcsConsume: "qcs_consume", fnQcsNotifyRecv: "qcs_notify_recv", fnQcsNotifySend: "qcs_notify_send",
	fnQmuxInit: "qmux_init", fnQmuxStrmDoneFF: "qmux_strm_done_ff", fnQmuxStrmRcvBuf: "qmux_strm_rcv_buf",
	fnQmuxStrmShutw: "qmux_strm_shutw", fnQmuxStrmSndBuf: "qmux_strm_snd_buf", fnQcCheckClose: "qc_check_close_on_released_mux",
	fnQcNotifyErr: "qc_notify_err", fnQcNotifySend: "qc_notify_send", fnQcProcessTimer: "qc_process_timer",
	fnQcStreamBufFree: "qc_stream_buf_free", fnQcStreamDescFree: "qc_stream_desc_free",
	fnQcFinalizeTIDRebind: "qc_finalize_tid_rebind",
	fnQmuxRcvd:            "xprt_qmux",
}

// String returns the C name.
//
//lastwake:shared
func (f Func) String() string { return funcNames[f] }

// An Event numbers a kind of trace line.
//
//lastwake:shared
type Event uint8

// Reasons of evTimeout and evDead.
//
//lastwake:shared
const (
	timeoutExpired = iota
	timeoutOff
	timeoutDefault
	timeoutHTTPReq
	timeoutKeepAlive
	timeoutShut

	deadTasklet = 0
	deadDetach  = 1
	deadTimeout = 2
	deadMuxWake = 3
	deadRecv    = 4
	deadDestroy = 5
)

// The events, one for each place where the model says what it does.
//
//lastwake:shared
const (
	_ Event = iota
	evMuxReady
	evQccNew
	evAppInit
	evAppFinalize
	evWake
	evRunMux
	evRunMuxEnd
	evIOSend
	evIOSendError
	evErrConn
	evSockWrSh
	evFailedBack
	evErrL
	evErrLDone
	evSendFrames
	evXprtSubscribe
	evFreeRejected
	evNotifySendXprt
	evTimeout
	evRunTimeout
	evTimeoutFired
	evDead
	evMuxWake
	evSoftStop
	evAppShutdown
	evAppShutSkipped
	evNoAppShutdown
	evAppShut
	evGoaway
	evQccRelease
	evTaskDestroyed
	evTaskletFree
	evXprtUnsubscribe
	evFreeCreditFrame
	evAppRelease
	evQccFreed
	evConnFreed
	evQcsNew
	evAppAttach
	evAppRejects
	evQcsState
	evNbHreq
	evAttachSC
	evQccRecv
	evQccRecvSkipped
	evQccRecvRejected
	evStreamClosed
	evDecode
	evDecodeSkipped
	evConsume
	evLfctlMaxStreamData
	evLfctlMaxData
	evLfctlMaxStreams
	evRxStop
	evRxStopIgnored
	evRxReset
	evRxResetIgnored
	evRecvReset
	evRxMaxData
	evRxMaxStreamData
	evAppCloseRejected
	evRxConnectionClose
	evToReset
	evToStopSending
	evSendListAdd
	evSndBuf
	evNegoFF
	evDoneFF
	evRcvBuf
	evShutw
	evShutwFin
	evStrmSubscribe
	evStrmUnsubscribe
	evDetach
	evNotifyRecv
	evNotifySend
	evAlert
	evSeError
	evSeEOS
	evSeEOI
	evXferLimited
	evXfer
	evBuildStream
	evSentStream
	evBlkSFCtl
	evBlkMFCtl
	evTxBufFull
	evSentDone
	evTxReset
	evTxStop
	evTxStopSkipped
	evConnFull
	evConnFullSkip
	evPurgeClosed
	evPurgeDetached
	evPurgListAdd
	evPurge
	evRecvListAdd
	evRxBufNew
	evRxTransfer
	evStopCancelled
	evAttachSkipped
	evClBidiR
	evQcsDestroy
	evQcsFree
	evAppDetach
	evQcsFreeEnd
	evDescNew
	evDescRelease
	evDescTrim
	evDescAck
	evDescFree
	evTxBufAlloc
	evTxBufRefused
	evTxBufFree
	evTxBufFreeDesc
	evConnFullCleared
	evAckStream
	evAckParked
	evAckNoDesc
	evAckError
	evAckControl
	evRxStreamNoMux
	evPTO
	evIdleTimer
	evNotifyErr
	evSetConnectionClose
	evCheckClose
	evClosing
	evQuicClose
	evQuicConnRelease
	evConverted
	evQcTaskletFree
	evQuicConnFreed
	evClosedConnFreed
	evBufWait
	evBufWaitDel
	evTxBufGone
	evFctlWait
	evFctlWaitDel
	evSndBufWaits
	evRoom
	evFrmCleared
	evWaitFin
	evFinAcked
	evAckStored
	evAcceptPutOff
	evBindTIDPrep
	evBindTIDCommit
	evBindTIDReset
	evFinalizeTIDRebind
	evAcceptQueueFull
	evStrmAttach
	evConnIdle
	evConnAvail
	evConnUnlisted
	evConnReuse
	evConnNotKept
	evConnToremove
	evConnShut
	evRunPurge
	evRunCleanup
	evRecord
	numEvents
)

// formats gives each event its text. $n is argument n, $xn in hexadecimal,
// $sn a stream state, $fn a function; {n text} prints text when argument n is
// not 0, {!n text} when it is; $tn and $dn are a timeout branch and who found
// the connection dead.
//
//lastwake:shared
var formats = [numEvents]string{
	evMuxReady:           "mux_state READY",
	evQccNew:             "qcc_new ms_bidi=$0 ms_uni=$1 peer: md=$2 msd_bidi_l=$3 msd_uni=$4",
	evAppInit:            "app init",
	evAppFinalize:        "app finalize",
	evWake:               "wake qcc_tasklet{2 FREED} from=$f0{1 already_queued}",
	evRunMux:             "run qcc_tasklet begin",
	evRunMuxEnd:          "run qcc_tasklet end",
	evIOSend:             "io_send begin{0 streams}{1 credits}",
	evIOSendError:        "io_send: connection in error",
	evErrConn:            "ERR_CONN set",
	evSockWrSh:           "io_send: SOCK_WR_SH",
	evFailedBack:         "io_send: failed streams put back",
	evErrL:               "ERRL set err=$x0 app=$1",
	evErrLDone:           "ERRL_DONE set, CONNECTION_CLOSE asked code=$x0",
	evSendFrames:         "send_frames: {0 transport error}{!0 frames left}",
	evXprtSubscribe:      "xprt subscribe(send)",
	evFreeRejected:       "free rejected STREAM id=$0 off=$1 len=$2",
	evNotifySendXprt:     "qc_notify_send",
	evTimeout:            "timeout: $t0",
	evRunTimeout:         "run timeout_task",
	evTimeoutFired:       "timeout fired",
	evDead:               "dead: release from $d0",
	evMuxWake:            "mux wake",
	evSoftStop:           "soft-stop: close=1",
	evAppShutdown:        "app shutdown",
	evAppShutSkipped:     "app shutdown skipped (error)",
	evNoAppShutdown:      "no app shutdown op",
	evAppShut:            "APP_SHUT set",
	evGoaway:             "GOAWAY prepared id=$0",
	evQccRelease:         "qcc_release begin nb_sc=$0 nb_hreq=$1{2 CONN_FULL}",
	evTaskDestroyed:      "timeout task destroyed",
	evTaskletFree:        "qcc_tasklet free{0 (was queued)}",
	evXprtUnsubscribe:    "xprt unsubscribe",
	evFreeCreditFrame:    "free pending credit frame",
	evAppRelease:         "app release",
	evQccFreed:           "qcc freed",
	evConnFreed:          "conn freed",
	evQcsNew:             "qcs_new id=$0 tx.msd=$1 desc=$2",
	evAppAttach:          "app attach id=$0 ctx=$1{2 opening_list add}",
	evAppRejects:         "app rejects id=$0",
	evQcsState:           "qcs state id=$0 $s1->$s2",
	evNbHreq:             "nb_hreq=$0",
	evAttachSC:           "attach stconn id=$0 nb_sc=$1 nb_hreq=$2 fin=$3",
	evQccRecv:            "qcc_recv id=$0 off=$1 len=$2 fin=$3",
	evQccRecvSkipped:     "qcc_recv skipped {0 already received}{!0 remotely closed} id=$1",
	evQccRecvRejected:    "qcc_recv rejected ERRL",
	evStreamClosed:       "stream id=$0 already closed, ignored",
	evDecode:             "decode id=$0 in=$1 fin=$2 ret={4 -1}{!4 $3}{5 DEM_FULL}",
	evDecodeSkipped:      "decode id=$0 skipped READ_ABORTED",
	evConsume:            "consume id=$0 n=$1 rx.off=$2",
	evLfctlMaxStreamData: "lfctl queue MAX_STREAM_DATA id=$0 max=$1",
	evLfctlMaxData:       "lfctl queue MAX_DATA max=$0",
	evLfctlMaxStreams:    "lfctl queue MAX_STREAMS_BIDI max=$0",
	evRxStop:             "rx STOP_SENDING id=$0 err=$x1",
	evRxStopIgnored:      "STOP_SENDING ignored id=$0",
	evRxReset:            "rx RESET_STREAM id=$0 err=$x1 final=$2",
	evRxResetIgnored:     "RESET_STREAM ignored id=$0",
	evRecvReset:          "RECV_RESET set id=$0",
	evRxMaxData:          "rx MAX_DATA max=$0{1 BLK_MFCTL cleared}",
	evRxMaxStreamData:    "rx MAX_STREAM_DATA id=$0 max=$1{2 BLK_SFCTL cleared}",
	evAppCloseRejected:   "app close rejected id=$0",
	evRxConnectionClose:  "rx CONNECTION_CLOSE code=$x0{1 app}",
	evToReset:            "TO_RESET set id=$0 err=$x1 prepared=$2",
	evToStopSending:      "TO_STOP_SENDING set id=$0",
	evSendListAdd:        "send_list add id=$0 urg=$1{2 already}",
	evSndBuf:             "snd_buf id=$0 in=$1 ret=$2 fin=$3 tx.buf=$4",
	evNegoFF:             "nego_ff id=$0 ret={1 +}{!1 0}{2 BLK_MROOM}",
	evDoneFF:             "done_ff id=$0 ret=$1{2 FIN_STREAM} tx.buf=$3",
	evRcvBuf:             "rcv_buf id=$0 ret=+ fin=$2",
	evShutw:              "shutw id=$0 st=$s1{2 FIN_STREAM}",
	evShutwFin:           "shutw: FIN_STREAM set id=$0",
	evStrmSubscribe:      "strm subscribe id=$0{1 recv}{2 send}",
	evStrmUnsubscribe:    "strm unsubscribe id=$0{1 recv}{2 send}",
	evDetach:             "detach id=$0 st=$s1 nb_sc=$2{3 destroy}{!3 keep DETACH}",
	evNotifyRecv:         "notify_recv id=$0",
	evNotifySend:         "notify_send id=$0",
	evAlert:              "alert id=$0 via=sc_wake",
	evSeError:            "se error id=$0",
	evSeEOS:              "se EOS id=$0{1 + error}",
	evSeEOI:              "se EOI id=$0",
	evXferLimited:        "xfer limited by {1 conn}{!1 stream} flow control id=$0",
	evXfer:               "xfer id=$0 n=$1 left_in_qcs=$2 out=$3",
	evBuildStream:        "build STREAM id=$0 off=$1 len=$2 fin=$3",
	evSentStream:         "sent STREAM id=$0 off=$1 len=$2",
	evBlkSFCtl:           "BLK_SFCTL set id=$0",
	evBlkMFCtl:           "BLK_MFCTL set",
	evTxBufFull:          "tx buf full, released to desc id=$0",
	evSentDone:           "sent done, send_list del id=$0{1 FIN_STREAM}{2 DETACH}",
	evTxReset:            "tx RESET_STREAM id=$0 err=$x1 final=$2",
	evTxStop:             "tx STOP_SENDING id=$0 err=$x1",
	evTxStopSkipped:      "tx STOP_SENDING skipped id=$0",
	evConnFull:           "CONN_FULL set id=$0",
	evConnFullSkip:       "qcs_send skipped CONN_FULL id=$0",
	evPurgeClosed:        "purge closed id=$0",
	evPurgeDetached:      "purge detached id=$0 st=$s1",
	evPurgListAdd:        "purg_list add id=$0 st=$s1",
	evPurge:              "purge id=$0 st=$s1",
	evRecvListAdd:        "recv_list add id=$0",
	evRxBufNew:           "rx buffer new id=$0 off=$1",
	evRxTransfer:         "rx buffers realigned id=$0 off=$1 n=$2",
	evStopCancelled:      "STOP_SENDING cancelled id=$0",
	evAttachSkipped:      "attach skipped, already closed id=$0",
	evClBidiR:            "cl_bidi_r=$0 id=$1",
	evQcsDestroy:         "qcs_destroy id=$0",
	evQcsFree:            "qcs_free begin id=$0 st=$s1{2 in_send_list}{3 in_opening_list}",
	evAppDetach:          "app detach id=$0",
	evQcsFreeEnd:         "qcs_free end id=$0",
	evDescNew:            "desc new id=$0",
	evDescRelease:        "desc release id=$0 final=$1 ack_off=$2{3 no buffer}",
	evDescTrim:           "desc trim id=$0 n=$1",
	evDescAck:            "desc ack id=$0 off=$1 len=$2 new=$3",
	evDescFree:           "desc free id=$0 closing=$1",
	evTxBufAlloc:         "tx buf alloc id=$0 off=$1 used=$2",
	evTxBufRefused:       "tx buf alloc refused id=$0 used=$1",
	evTxBufFree:          "tx buf free id=$0 used=$1",
	evTxBufFreeDesc:      "tx buf free id=$0 n=$1 used=$2 (desc free)",
	evConnFullCleared:    "CONN_FULL cleared",
	evAckStream:          "ack STREAM id=$0 off=$1 len=$2",
	evAckParked:          "ack parked id=$0 off=$1 len=$2",
	evAckNoDesc:          "ack: no desc id=$0",
	evAckError:           "ack: error id=$0",
	evAckControl:         "ack {0 RESET_STREAM}{!0 STOP_SENDING} id=$1",
	evRxStreamNoMux:      "rx STREAM id=$0 no mux {1 new id refused}{!1 old id ignored}",
	evPTO:                "pto fired",
	evIdleTimer:          "idle timer fired mux_ready=$0",
	evNotifyErr:          "qc_notify_err mux_ready=$0",
	evSetConnectionClose: "set_connection_close code=$x0{1 app}{2 already}",
	evCheckClose:         "check_close released=$0 streams_left=$1",
	evClosing:            "CONNECTION_CLOSE sent, CLOSING set",
	evQuicClose:          "quic_close{0 EXP_TIMER}{1 CLOSING}{2 descs_left}",
	evQuicConnRelease:    "quic_conn_release begin{0 EXP_TIMER}{1 CLOSING}",
	evConverted:          "converted to closed-conn (tasklet kept)",
	evQcTaskletFree:      "qc_tasklet free",
	evQuicConnFreed:      "quic_conn freed",
	evClosedConnFreed:    "closed-conn freed",
	evBufWait:            "buf_wait_list add id=$0",
	evTxBufGone:          "tx buf free id=$0 room=$1",
	evBufWaitDel:         "buf_wait_list del id=$0",
	evFctlWait:           "fctl_list add id=$0",
	evFctlWaitDel:        "fctl_list del id=$0",
	evSndBufWaits:        "snd_buf waits for a buffer id=$0",
	evRoom:               "room n=$0 buf_in_flight=$1",
	evFrmCleared:         "clear kept STREAM id=$0 off=$1 len=$2",
	evWaitFin:            "WAIT_FOR_FIN set id=$0",
	evFinAcked:           "FIN acked id=$0",
	evAckStored:          "ack stored id=$0 off=$1 len=$2 new=$3",
	evAcceptPutOff:       "accept put off",
	evBindTIDPrep:        "bind_tid prep thread=$0",
	evBindTIDCommit:      "bind_tid commit thread=$0",
	evBindTIDReset:       "bind_tid reset",
	evFinalizeTIDRebind:  "tid_rebind finalized thread=$0",
	evAcceptQueueFull:    "accept queue full thread=$0",
	evStrmAttach:         "strm attach id=$0 nb_sc=$1 nb_hreq=$2",
	evConnIdle:           "conn idle hash=$0",
	evConnAvail:          "conn avail hash=$0",
	evConnUnlisted:       "conn out of trees hash=$0",
	evConnReuse:          "conn reuse hash=$0 avail_streams=$1",
	evConnNotKept:        "idle conn not kept",
	evConnToremove:       "conn toremove hash=$0",
	evConnShut:           "CONN_SHUT set",
	evRunPurge:           "run idle_conn_task exceed=$0",
	evRunCleanup:         "run cleanup_task",
	evRecord:             "qmux record len=$0",
}

//lastwake:shared
var stateNames = [...]string{"IDLE", "OPEN", "HLOC", "HREM", "CLO"}

//lastwake:shared
var timeoutNames = [...]string{"already expired", "off", "default", "http-request", "keep-alive", "shut"}

//lastwake:shared
var deadNames = [...]string{"qcc_tasklet", "detach", "timeout_task", "mux wake", "qcc_recv", "the server"}

// A Line is one event of a run: what happened, during which op.
//
//lastwake:shared
type Line struct {
	Op  int32
	Ev  Event
	Arg [6]uint64
}

// String returns the event's text, in the vocabulary of the recordings of a
// real server.
//
//lastwake:shared
func (l Line) String() string {
	var b strings.Builder
	expand(&b, formats[l.Ev], &l.Arg)
	return b.String()
}

// expand writes format f with its arguments.
//
//lastwake:shared
func expand(b *strings.Builder, f string, arg *[6]uint64) {
	for f != "" {
		switch f[0] {
		case '{':
			end := strings.IndexByte(f, '}')
			branch(b, f[1:end], arg)
			f = f[end+1:]
		case '$':
			f = verb(b, f[1:], arg)
		default:
			b.WriteByte(f[0])
			f = f[1:]
		}
	}
}

// branch writes what stands in braces if its condition holds; one space in
// front of a word that follows another one.
//
//lastwake:shared
func branch(b *strings.Builder, f string, arg *[6]uint64) {
	want := true
	if f[0] == '!' {
		want = false
		f = f[1:]
	}
	if (arg[f[0]-'0'] != 0) != want {
		return
	}
	s := b.String()
	if s != "" && s[len(s)-1] != '=' && s[len(s)-1] != ' ' {
		b.WriteByte(' ')
	}
	expand(b, f[2:], arg)
}

// verb writes one argument and returns the rest of the format.
//
//lastwake:shared
func verb(b *strings.Builder, f string, arg *[6]uint64) string {
	if f[0] >= '0' && f[0] <= '9' {
		b.WriteString(strconv.FormatUint(arg[f[0]-'0'], 10))
		return f[1:]
	}
	v := arg[f[1]-'0']
	switch f[0] {
	case 'x':
		b.WriteString("0x" + strconv.FormatUint(v, 16))
	case 's':
		b.WriteString(word(stateNames[:], v))
	case 'f':
		b.WriteString(Func(v).String())
	case 't':
		b.WriteString(timeoutNames[v])
	case 'd':
		b.WriteString(deadNames[v])
	}
	return f[2:]
}

// word names a value that was read from memory, or writes it as a number where
// a broken program has left one that has no name.
//
//lastwake:shared
func word(names []string, v uint64) string {
	if v < uint64(len(names)) {
		return names[v]
	}
	return strconv.FormatUint(v, 10)
}

// trace keeps an event when the run is traced.
//
//lastwake:primitive
func (w *World) trace(ev Event, arg ...uint64) {
	if w.tracing {
		w.record(ev, arg)
	}
}

//lastwake:primitive
func (w *World) record(ev Event, arg []uint64) {
	l := Line{Op: w.op, Ev: ev}
	copy(l.Arg[:], arg)
	w.lines = append(w.lines, l)
	w.arena.Pass()
}

// traceWake says who wakes the mux's tasklet, before the wake; a tasklet that
// was freed is not read. Nor is any other dead object that the model has not
// read before: a traced run has to stop where one without traces does.
//
//lastwake:primitive
func (w *World) traceWake(tl *Tasklet, from Func) {
	if w.arena.Freed(unsafe.Pointer(tl)) {
		w.trace(evWake, uint64(from), 0, 1)
		return
	}
	if !w.live(unsafe.Pointer(tl)) {
		return
	}
	queued := tl.Queued()
	w.trace(evWake, uint64(from), flag(queued), 0)
}

//lastwake:primitive
func (w *World) traceTaskletFree(tl *Tasklet) {
	if !w.live(unsafe.Pointer(tl)) {
		return
	}
	queued := tl.List.InList()
	w.trace(evTaskletFree, flag(queued))
}

//lastwake:primitive
func (w *World) traceRelease(qcc *QCC) {
	w.trace(evQccRelease, qcc.NbSC, qcc.NbHreq, uint64(qcc.Flags&qcConnFull))
}

//lastwake:primitive
func (w *World) traceStreamFree(qcs *QCS) {
	sending := qcs.ElSend.InList()
	opening := qcs.ElOpening.InList()
	w.trace(evQcsFree, qcs.ID, uint64(qcs.St), flag(sending), flag(opening))
}

//lastwake:primitive
func (w *World) traceStreamNew(qcs *QCS) {
	w.trace(evQcsNew, qcs.ID, qcs.Tx.MSD, flag(qcs.Stream != nil))
}

//lastwake:primitive
func (w *World) traceDecode(qcs *QCS, data uint64, fin bool, got uint64, ok bool) {
	w.trace(evDecode, qcs.ID, data, flag(fin), got, flag(!ok), uint64(qcs.Flags&qsDemFull))
}

//lastwake:primitive
func (w *World) traceSentDone(qcs *QCS) {
	w.trace(evSentDone, qcs.ID, uint64(qcs.Flags&qsFinStream), uint64(qcs.Flags&qsDetach))
}

//lastwake:primitive
func (w *World) traceIOSend(qcc *QCC) {
	if !w.live(unsafe.Pointer(qcc)) {
		return
	}
	streams := qcc.SendList.IsEmpty()
	credits := qcc.LFctl.Frms.IsEmpty()
	w.trace(evIOSend, flag(!streams), flag(!credits))
}

//lastwake:primitive
func (w *World) traceFreeRejected(frm *QuicFrame) {
	w.trace(evFreeRejected, frm.Stream.ID, frm.Stream.Offset.Key, frm.Stream.Len)
}

//lastwake:primitive
func (w *World) traceCleared(frm *QuicFrame) {
	w.trace(evFrmCleared, frm.Stream.ID, frm.Stream.Offset.Key, frm.Stream.Len)
}

//lastwake:primitive
func (w *World) traceAckControl(frm *QuicFrame) {
	if frm.Type == ftResetStream || frm.Type == ftStopSending {
		w.trace(evAckControl, flag(frm.Type == ftResetStream), frm.Stream.ID)
	}
}

//lastwake:primitive
func (w *World) traceQuicClose(qc *QuicConn) {
	empty := qc.StreamsByID.IsEmpty()
	w.trace(evQuicClose, uint64(qc.Flags&qcExpTimer), uint64(qc.Flags&qcClosing), flag(!empty))
}
