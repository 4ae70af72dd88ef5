package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
)

// HTTP/3 error codes, RFC 9114 section 8.1.
const (
	h3NoError             = 0x100
	h3InternalError       = 0x102
	h3StreamCreationError = 0x103
	h3ClosedCritical      = 0x104
	h3FrameUnexpected     = 0x105
	h3MissingSettings     = 0x10a
	h3RequestRejected     = 0x10b
	h3MessageError        = 0x10e
)

// Flags of an H3C.
const (
	h3cUniCtrlSet   = 0x1
	h3cUniEncSet    = 0x2
	h3cUniDecSet    = 0x4
	h3cSettingsRecv = 0x8
	h3cGoawaySent   = 0x10
)

// Types of an H3S.
const (
	h3sUnknown uint32 = iota
	h3sCtrl
	h3sReq
	h3sQpack // an encoder or decoder stream
)

// Flags of an H3S.
const (
	h3sUniInit  = 0x1
	h3sEOM      = 0x2 // the message in app_buf is complete, HTX_FL_EOM
	h3sHeaders  = 0x4 // the request head was decoded
	h3sTrailers = 0x8 // and the trailers, H3S_ST_REQ_TRAILERS
)

// settingsLen is what the server sends first on its control stream: the
// stream's type and SETTINGS, bytes.
const settingsLen = 17

// varintLen models quic_int_getsize (RFC 9000 section 16).
//
//lastwake:primitive
func varintLen(v uint64) uint64 {
	switch {
	case v < 1<<6:
		return 1
	case v < 1<<14:
		return 2
	case v < 1<<30:
		return 4
	}
	return 8
}

// An H3C is struct h3c: HTTP/3 on one connection.
//
//lastwake:managed
type H3C struct {
	QCC      *QCC   `c:"qcc"`
	CtrlStrm *QCS   `c:"ctrl_strm"` // our control stream
	Flags    uint32 `c:"flags"`
	Err      uint32 `c:"err"`
	IDGoaway uint64 `c:"id_goaway"` // first id that is refused
}

// An H3S is struct h3s: HTTP/3 on one stream.
//
//lastwake:managed
type H3S struct {
	H3C   *H3C   `c:"h3c"`
	Type  uint32 `c:"type"`
	Flags uint32 `c:"flags"`
	Err   uint64 `c:"err"`
}

// appAttach models the app_ops.attach call of qcs_new.
//
//lastwake:primitive
func (w *World) appAttach(qcc *QCC, qcs *QCS) bool {
	switch qcc.AppOps {
	case appHQ:
		return w.hqAttach(qcs)
	case appH3:
		return w.h3Attach(qcs, (*H3C)(qcc.Ctx))
	}
	// qcc_install_app_ops sets app_ops before finalize opens a stream.
	return true
}

// appRcvBuf models the app_ops.rcv_buf call of qcc_decode_qcs.
//
//lastwake:primitive
func (w *World) appRcvBuf(qcc *QCC, qcs *QCS, data uint64, fin bool) (uint64, bool) {
	if qcc.AppOps == appHQ {
		return w.hqRcvBuf(qcs, data, fin)
	}
	return w.h3RcvBuf(qcs, data, fin)
}

// appSndBuf models the app_ops.snd_buf call of qcs_http_snd_buf.
//
//lastwake:primitive
func (w *World) appSndBuf(qcc *QCC, qcs *QCS, n uint64, eom bool) uint64 {
	if qcc.AppOps == appHQ {
		return w.hqSndBuf(qcs, n)
	}
	return w.h3SndBuf(qcs, n, eom)
}

// appClose models the app_ops.close call: it reports whether the closure is
// forbidden.
//
//lastwake:primitive
func (w *World) appClose(qcc *QCC, qcs *QCS) bool {
	return qcc.AppOps == appH3 && w.h3Close(qcs)
}

// h3Init models h3_init.
//
//lastwake:c h3_init src/h3.c
func (w *World) h3Init(qcc *QCC) bool {
	h3c := (*H3C)(w.alloc(kindH3C))
	if h3c == nil {
		qcc.SetError(w, h3InternalError, 1)
		return false
	}
	h3c.QCC = qcc
	h3c.CtrlStrm = nil
	h3c.Err = 0
	h3c.Flags = 0
	h3c.IDGoaway = 0
	qcc.Ctx = unsafe.Pointer(h3c)
	return true
}

// h3Finalize models h3_finalize: our control stream is opened and SETTINGS
// queued on it.
//
// Deviation: when the stream cannot be opened the error is set once, by
// qcc_init_stream_local; 220386ae4 sets it again and halts.
//
//lastwake:c h3_finalize src/h3.c
func (w *World) h3Finalize(h3c *H3C) bool {
	qcc := h3c.QCC
	qcs := qcc.initStreamLocal(w, false)
	if qcs == nil {
		return false
	}
	h3c.CtrlStrm = qcs
	if w.cfg.era >= era30 {
		return w.h3ControlSend(qcs)
	}
	if !qcs.Tx.Buf.Alloc(w) {
		qcc.SetError(w, h3InternalError, 1)
		return false
	}
	qcs.Tx.Buf.Put(w, settingsLen)
	qcs.send(w, true)
	return true
}

// h3ControlSend models h3_control_send from 3.0 on: SETTINGS go into the control
// stream's Tx buffer. It fails when there is none; in 3.0 also when the peer
// allows nothing at first.
//
//lastwake:c h3_control_send src/h3.c
func (w *World) h3ControlSend(qcs *QCS) bool {
	qcc := qcs.QCC
	if qcs.sBlocked() || qcc.sBlocked() {
		qcc.SetError(w, h3InternalError, 1)
		return false
	}
	out, _ := qcs.getTxbuf(w)
	if out == nil {
		qcc.SetError(w, h3InternalError, 1)
		return false
	}
	out.Put(w, settingsLen)
	qcs.sendData(w, true, settingsLen)
	return true
}

// h3FinalizeLate models h3_finalize since 3.2, which can be tried again: while
// flow control does not let SETTINGS out it reports that it must be.
//
//lastwake:c h3_finalize src/h3.c
func (w *World) h3FinalizeLate(h3c *H3C) (again, ok bool) {
	qcc := h3c.QCC
	qcs := h3c.CtrlStrm
	if qcs == nil {
		qcs = qcc.initStreamLocal(w, false)
		if qcs == nil {
			return false, false
		}
		qcs.sendMetadata(w)
		h3c.CtrlStrm = qcs
	}
	if qcs.sBlocked() || qcc.sBlocked() {
		return true, true
	}
	return false, w.h3ControlSend(qcs)
}

// h3Attach models h3_attach. After our GOAWAY a new request is refused.
//
//lastwake:c h3_attach src/h3.c
func (w *World) h3Attach(qcs *QCS, h3c *H3C) bool {
	id := qcs.ID
	if h3c.Flags&h3cGoawaySent != 0 && id >= h3c.IDGoaway && !streamIsUni(id) {
		w.trace(evAppRejects, id)
		qcs.abortRead(w)
		qcs.resetStream(w, h3RequestRejected)
		w.trace(evAppAttach, id, 0, 0)
		return true
	}
	h3s := (*H3S)(w.alloc(kindH3S))
	if h3s == nil {
		return false
	}
	qcs.Ctx = unsafe.Pointer(h3s)
	h3s.H3C = h3c
	h3s.Flags = 0
	h3s.Err = 0
	h3s.Type = h3sUnknown
	if !streamIsUni(id) {
		h3s.Type = h3sReq
		qcs.waitHTTPReq(w)
	}
	opening := qcs.ElOpening.InList()
	w.trace(evAppAttach, id, 1, flag(opening))
	return true
}

// h3RcvBuf models h3_rcv_buf: it decodes what stands contiguously in the Rx
// buffer and returns how many bytes it used, or false for a connection error.
//
// Deviation: bytes have no content in the model; what they mean is looked up
// in the record of what the peer has sent. And DEM_FULL goes when a connection
// that is out of memory gives the bytes up: 220386ae4 leaves it set, and halts
// when the stream layer reads while a gap is all that is left.
//
//lastwake:c h3_rcv_buf src/h3.c
func (w *World) h3RcvBuf(qcs *QCS, data uint64, fin bool) (uint64, bool) {
	h3s := (*H3S)(qcs.Ctx)
	h3c := h3s.H3C
	id := qcs.ID
	total := uint64(0)
	if streamIsUni(id) {
		if h3s.Flags&h3sUniInit == 0 {
			if data == 0 {
				return 0, true
			}
			if !w.h3InitUniStream(h3c, h3s, qcs) {
				return 0, false
			}
			total = 1
		}
		if h3s.Type == h3sQpack && !fin {
			return total, true
		}
		if fin {
			qcs.QCC.SetError(w, h3ClosedCritical, 1)
			return 0, false
		}
	} else if data == 0 && fin {
		return 0, w.h3EndOfMessage(qcs, h3c, h3s)
	}
	for total < data && qcs.Flags&qsDemFull == 0 && h3c.Err == 0 && h3s.Err == 0 {
		w.spend()
		n, ok := w.h3Frame(qcs, h3c, h3s, total, data-total, fin)
		if !ok {
			return 0, false
		}
		if n == 0 {
			break
		}
		total += n
	}
	// What is left of the input is reported as consumed, not all of it.
	if h3s.Err != 0 {
		qcs.abortRead(w)
		qcs.resetStream(w, h3s.Err)
		return data - total, true
	}
	if h3c.Err != 0 {
		qcs.QCC.SetError(w, uint64(h3c.Err), 1)
		qcs.Flags &^= qsDemFull
		return data - total, true
	}
	return total, true
}

// h3EndOfMessage is the part of h3_rcv_buf for a FIN without any byte: the
// stream layer is told the end of the message through app_buf.
//
//lastwake:c h3_rcv_buf src/h3.c
func (w *World) h3EndOfMessage(qcs *QCS, h3c *H3C, h3s *H3S) bool {
	if !qcs.Rx.AppBuf.Alloc(w) {
		h3c.noMemory(w)
		return false
	}
	if qcs.Rx.AppBuf.Room() != 0 {
		qcs.Rx.AppBuf.Put(w, 1)
	}
	h3s.Flags |= h3sEOM
	return true
}

// noMemory is what h3_rcv_buf and the functions under it do without memory, and
// reports whether the bytes are given up rather than kept. Up to 2.9 h3c.err is
// set, and the connection fails when it decodes or sends next; since 3.0, with
// a6993a669, it fails at once.
//
//lastwake:c h3_rcv_buf src/h3.c
//lastwake:primitive
func (h3c *H3C) noMemory(w *World) bool {
	if w.cfg.era >= era30 {
		h3c.QCC.SetError(w, h3InternalError, 1)
		return false
	}
	h3c.Err = h3InternalError
	return true
}

// h3InitUniStream models h3_init_uni_stream: the first byte of a peer's uni
// stream is its type.
//
//lastwake:c h3_init_uni_stream src/h3.c
func (w *World) h3InitUniStream(h3c *H3C, h3s *H3S, qcs *QCS) bool {
	seen := uint32(0)
	switch w.wireType(qcs.QCC, qcs.ID) {
	case wireControl:
		seen = h3cUniCtrlSet
		h3s.Type = h3sCtrl
	case wireEncoder:
		seen = h3cUniEncSet
		h3s.Type = h3sQpack
	case wireDecoder:
		seen = h3cUniDecSet
		h3s.Type = h3sQpack
	default:
		qcs.abortRead(w)
		return false
	}
	if h3c.Flags&seen != 0 {
		qcs.QCC.SetError(w, h3StreamCreationError, 1)
		return false
	}
	h3c.Flags |= seen
	h3s.Flags |= h3sUniInit
	return true
}

// h3Frame decodes one frame, or part of a DATA frame, at skip bytes behind the
// stream's Rx offset, of which avail bytes are there. It returns the bytes
// used, 0 when the frame is not complete, and false for a connection error. Of
// a frame that ends in an error only the head is used.
//
// Deviation: an incomplete frame is left alone, where h3_rcv_buf takes its head
// and waits for the rest; and SETTINGS without payload count even when nothing
// follows them, where h3_rcv_buf forgets them.
//
//lastwake:c h3_rcv_buf src/h3.c
func (w *World) h3Frame(qcs *QCS, h3c *H3C, h3s *H3S, skip, avail uint64, fin bool) (uint64, bool) {
	kind, left := w.wireAt(qcs.QCC, qcs.ID, qcs.Rx.Offset+skip)
	if w.cfg.era >= era35 && kind == wireData && w.Faults.Has(fault.HAPROXY_a15f0461a) {
		qcs.SD.Kip += left
	}
	if code := h3CheckFrame(h3c.Flags, h3s.Type, h3s.Flags, kind); code != 0 {
		qcs.QCC.SetError(w, code, 1)
		return 0, false
	}
	if kind == wireData {
		if w.cfg.era >= era35 && qcs.SD != nil && !w.Faults.Has(fault.HAPROXY_a15f0461a) {
			qcs.SD.Kip += left
		}
		return w.h3DataToHTX(qcs, h3c, h3s, min(left, avail), fin && left == avail)
	}
	if left > avail || kind == wirePartial {
		return 0, true
	}
	last := fin && left == avail
	switch kind {
	case wireHeaders:
		if !w.h3HeadersToHTX(qcs, h3c, h3s, last) {
			return 0, false
		}
	case wireControl:
		h3c.Flags |= h3cSettingsRecv
	case wireGoaway:
		w.h3ParseGoaway(h3c)
	case wireInvalid:
		h3s.Err = h3MessageError
	}
	if h3s.Err != 0 || h3c.Err != 0 {
		return min(frameHeadLen, left), true
	}
	return left, true
}

// frameHeadLen is the head of a short HTTP/3 frame: type and length, in bytes.
const frameHeadLen = 2

// h3ParseGoaway models h3_parse_goaway_frm: a server that says good-bye answers
// no further request on the connection.
//
// Deviation: of a client's GOAWAY, which the mux does not go by, nothing is kept.
//
//lastwake:c h3_parse_goaway_frm src/h3.c
func (w *World) h3ParseGoaway(h3c *H3C) {
	qcc := h3c.QCC
	if qcc.isBack() {
		w.trace(evConnShut)
		qcc.Flags |= qcConnShut
	}
}

// h3CheckFrame models h3_check_frame_valid: the error for a frame of this kind
// on a stream of this type, or 0.
//
// Deviation: the peer sends no frames of unknown type, which the C ignores.
//
//lastwake:c h3_check_frame_valid src/h3.c
func h3CheckFrame(conn, typ, strm uint32, kind wire) uint64 {
	if typ == h3sCtrl {
		switch {
		case kind == wireControl && conn&h3cSettingsRecv != 0:
			return h3FrameUnexpected
		case kind == wireControl:
			return 0
		case conn&h3cSettingsRecv == 0:
			return h3MissingSettings
		case kind == wireGoaway:
			return 0
		}
		return h3FrameUnexpected
	}
	switch kind {
	case wireHeaders, wirePartial, wireInvalid:
		if strm&h3sTrailers == 0 {
			return 0
		}
	case wireData:
		if strm&(h3sHeaders|h3sTrailers) == h3sHeaders {
			return 0
		}
	}
	return h3FrameUnexpected
}

// h3HeadersToHTX models h3_headers_to_htx: the request head goes to a new
// stream connector; the head of a response goes to the one that has asked. A
// second head is trailers, which need room in app_buf at once. It reports false
// for a connection error.
//
//lastwake:c h3_headers_to_htx src/h3.c
func (w *World) h3HeadersToHTX(qcs *QCS, h3c *H3C, h3s *H3S, last bool) bool {
	if h3s.Flags&h3sHeaders != 0 {
		if qcs.Rx.AppBuf.Area != nil && qcs.Rx.AppBuf.Room() == 0 {
			return h3c.noMemory(w)
		}
		_, ok := w.h3DataToHTX(qcs, h3c, h3s, 1, last)
		h3s.Flags |= h3sTrailers
		return ok
	}
	if qcc := qcs.QCC; qcc.isBack() {
		_, ok := w.h3DataToHTX(qcs, h3c, h3s, 1, last) // h3_resp_headers_to_htx
		h3s.Flags |= h3sHeaders
		return ok
	}
	htx := (*Area)(w.alloc(kindBuffer))
	if htx == nil {
		return h3c.noMemory(w)
	}
	attached := qcs.attachSC(w, last)
	if attached && qcs.ID >= h3c.IDGoaway {
		h3c.IDGoaway = qcs.ID + 4 // GOAWAY names the first request not processed
	}
	w.free(kindBuffer, unsafe.Pointer(htx))
	h3s.Flags |= h3sHeaders
	return attached || h3c.noMemory(w)
}

// h3DataToHTX models h3_data_to_htx: payload goes to app_buf, where the stream
// layer reads it; without room the stream stops decoding. It returns how many of
// the n bytes it took, and false for a connection error.
//
//lastwake:c h3_data_to_htx src/h3.c
func (w *World) h3DataToHTX(qcs *QCS, h3c *H3C, h3s *H3S, n uint64, last bool) (uint64, bool) {
	if !qcs.Rx.AppBuf.Alloc(w) {
		return 0, h3c.noMemory(w)
	}
	room := qcs.Rx.AppBuf.Room()
	if n > room {
		qcs.Flags |= qsDemFull
		n = room
		last = false
	}
	qcs.Rx.AppBuf.Put(w, n)
	if last {
		h3s.Flags |= h3sEOM
	}
	return n, true
}

// appEOM reports whether the whole message is in app_buf, HTX_FL_EOM.
//
//lastwake:primitive
func (qcs *QCS) appEOM() bool {
	if qcs.Flags&qsAppEOM != 0 {
		return true
	}
	h3s := qcs.h3s()
	return h3s != nil && h3s.Flags&h3sEOM != 0
}

// clearEOM is called once the stream layer has the end of the message.
//
//lastwake:primitive
func (qcs *QCS) clearEOM() {
	qcs.Flags &^= qsAppEOM
	h3s := qcs.h3s()
	if h3s != nil {
		h3s.Flags &^= h3sEOM
	}
}

//lastwake:primitive
func (qcs *QCS) h3s() *H3S {
	if qcs.QCC.AppOps != appH3 {
		return nil
	}
	return (*H3S)(qcs.Ctx)
}

// h3SndBuf models h3_snd_buf: n bytes of a response go to the stream's buffer
// as far as there is room. A response that is complete before the request is
// asks the peer to stop sending (RFC 9114 section 4.1).
//
//lastwake:c h3_snd_buf src/h3.c
func (w *World) h3SndBuf(qcs *QCS, n uint64, eom bool) uint64 {
	h3s := (*H3S)(qcs.Ctx)
	h3c := h3s.H3C
	if h3c.Err != 0 {
		qcs.QCC.SetError(w, uint64(h3c.Err), 1)
		return 0
	}
	took := uint64(0)
	switch {
	case w.cfg.era >= era30:
		got, ok := qcs.fillTxbuf(w, n)
		if !ok {
			qcs.QCC.SetError(w, h3InternalError, 1)
			return got
		}
		took = got
	case n != 0:
		if !qcs.Tx.Buf.Alloc(w) {
			h3c.Err = h3InternalError
			qcs.QCC.SetError(w, uint64(h3c.Err), 1)
			return 0
		}
		took = qcs.fill(w, n)
	}
	qcc := qcs.QCC
	if eom && took == n && !qcs.isCloseRemote() && !qcc.isBack() {
		qcs.Err = h3NoError
		qcs.abortRead(w)
	}
	return took
}

// fill puts up to n bytes into the stream's buffer.
//
//lastwake:primitive
func (qcs *QCS) fill(w *World, n uint64) uint64 {
	room := qcs.Tx.Buf.Room()
	took := min(n, room)
	qcs.Tx.Buf.Put(w, took)
	if took < n {
		qcs.Flags |= qsBlkMRoom
	}
	return took
}

// h3Close models h3_close: a control stream must not be closed (RFC 9114
// section 6.2.1).
//
// Deviation: a request that was refused has no context, which 220386ae4
// follows all the same.
//
//lastwake:c h3_close src/h3.c
func (w *World) h3Close(qcs *QCS) bool {
	h3s := (*H3S)(qcs.Ctx)
	if h3s == nil {
		return false
	}
	h3c := h3s.H3C
	if qcs != h3c.CtrlStrm && h3s.Type != h3sCtrl {
		return false
	}
	qcs.QCC.SetError(w, h3ClosedCritical, 1)
	return true
}

// h3Detach models h3_detach.
//
//lastwake:c h3_detach src/h3.c
func (w *World) h3Detach(qcs *QCS) {
	w.free(kindH3S, qcs.Ctx)
	qcs.Ctx = nil
}

// h3SendGoaway models h3_send_goaway; without room it counts as sent.
//
//lastwake:c h3_send_goaway src/h3.c
func (w *World) h3SendGoaway(h3c *H3C) {
	qcs := h3c.CtrlStrm
	h3c.Flags |= h3cGoawaySent
	if w.Faults.Has(fault.HAPROXY_f8aaf8bdf) && qcs == nil {
		return // the control stream is opened by the first send
	}
	n := 2 + varintLen(h3c.IDGoaway) // type and length are a byte each
	if w.cfg.era >= era30 {
		w.h3GoawayDirect(h3c, qcs, n)
		return
	}
	if !qcs.Tx.Buf.Alloc(w) || qcs.Tx.Buf.Room() < n {
		return
	}
	w.trace(evGoaway, h3c.IDGoaway)
	qcs.Tx.Buf.Put(w, n)
	qcs.send(w, true)
}

// h3GoawayDirect is h3_send_goaway from 3.0 on: n bytes go into the control
// stream's Tx buffer if there is one, with room, and flow control permits.
//
//lastwake:c h3_send_goaway src/h3.c
func (w *World) h3GoawayDirect(h3c *H3C, qcs *QCS, n uint64) {
	if qcs == nil || qcs.ElBuf.InList() {
		// Deviation: v3.0.0 asks for the buffer again and halts.
		return
	}
	out, _ := qcs.getTxbuf(w)
	if out == nil || out.Room() < n || qcs.sBlocked() || h3c.QCC.sBlocked() {
		return
	}
	w.trace(evGoaway, h3c.IDGoaway)
	out.Put(w, n)
	qcs.sendData(w, true, n)
}

// h3Shutdown models h3_shutdown.
//
//lastwake:c h3_shutdown src/h3.c
func (w *World) h3Shutdown(h3c *H3C) {
	w.h3SendGoaway(h3c)
	qcc := h3c.QCC
	qcc.Err.Code = h3NoError
	qcc.Err.App = 1
}

// h3Release models h3_release.
//
//lastwake:c h3_release src/h3.c
func (w *World) h3Release(h3c *H3C) { w.free(kindH3C, unsafe.Pointer(h3c)) }
