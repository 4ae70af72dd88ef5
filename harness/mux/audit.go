package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The sizes of an Audit.
//
//lastwake:shared
const (
	maxKinds = 64
	maxEdges = 64
)

// An Audit is what oracles need from live memory, as plain numbers. It is
// laid out as target.Audit, to which it converts; the fields are described
// there.
//
//lastwake:shared
type Audit struct {
	Conn       [maxConns]ConnAudit
	Live       [maxKinds]uint32
	Edge       [maxEdges]uint32
	Queued     uint32
	GhostWakes uint32
	BadReturns uint32
	BadUnlinks uint32
	BadAppends uint32
	BadServer  uint32
}

// A ConnAudit is the state of one connection; see target.ConnAudit.
//
//lastwake:shared
type ConnAudit = struct {
	Exists                                      bool
	ConnAlive, MuxAlive, QuicAlive, ClosedAlive bool
	MuxReleased                                 bool
	Closing                                     bool
	NetOK                                       bool
	AllocFailed                                 bool
	ErrConn, ErrL, ErrLDone, AppShut            bool
	NoTask                                      bool
	Queued                                      bool
	Subscribed                                  bool
	ConnFull                                    bool
	NbSC, NbHreq                                uint64
	Attached                                    uint32
	Streams                                     uint32
	TxOffsets, TxSum                            uint64
	TxSent, TxSentSum                           uint64
	TxLimit                                     uint64
	TxOver                                      uint32
	RxOffsets, RxSum                            uint64
	Buffers, BuffersLive, BufLimit              uint32
	BufBytes, BufBytesSum                       uint64
	BufWaiters, FctlWaiters                     uint32
	Holding                                     uint32
	Descs, DescsDone                            uint32
	DescsEmpty, DescsBare                       uint32
	Controls, Pending, FlowBlocked              uint32
	PendingFrames                               uint32
	InFlight                                    uint32
	FinsLost                                    uint32
	StopsDropped                                uint32
	RxLost                                      uint32
	RecvWaiters                                 uint32
	CriticalLost                                uint32
	TxDropped                                   uint32
	IdleResets                                  uint32
	IdleToremove                                uint32
	Unlisted                                    uint32
	Writers, Readers                            uint32
	Unalerted, Untold                           uint32
	FlightBytes, PrepBytes, FlightSum           uint64
	HreqSum                                     uint64
	HreqExact                                   bool
	Credits, CreditSum                          uint64
	FinsOpen                                    uint32
	Overdue                                     uint32
	RemoteOpen                                  uint32
}

// The rows of the edge table: pointers of live objects that must never lead
// into freed memory.
//
//lastwake:shared
const (
	_ = iota
	edgeSubs
	edgeStopping
	edgeSendList
	edgeOpening
	edgeCredits
	edgeFrames
	edgeTimers
	edgeTasklets
	edgeKept
	edgeBufWait
	edgeFctl
	edgeRecvList
	edgePurgList
	edgeAccept
	edgeSafeConns
	edgeAvailConns
	edgeIdleList
	edgeToremove
)

// EdgeNames names the rows of the edge table, by C object and field.
//
//lastwake:shared
var EdgeNames = [...]string{
	edgeSubs: "quic_conn.subs", edgeStopping: "thread_ctx.mux_stopping_data", edgeSendList: "qcc.send_list",
	edgeOpening: "qcc.opening_list", edgeCredits: "qcc.lfctl.frms", edgeFrames: "quic_conn.apktns.tx.frms",
	edgeTimers: "thread_ctx.timers", edgeTasklets: "thread_ctx.tasklets", edgeKept: "qcc.tx.frms",
	edgeBufWait: "qcc.buf_wait_list", edgeFctl: "qcc.fctl_list",
	edgeRecvList: "qcc.recv_list", edgePurgList: "qcc.purg_list",
	edgeAccept:    "thread_ctx.quic_accept.conns",
	edgeSafeConns: "server.safe_conns", edgeAvailConns: "server.avail_conns",
	edgeIdleList: "server.idle_conn_list", edgeToremove: "server.toremove_conns",
}

// Types returns the type table, by kind.
//
//lastwake:shared
func Types() []shadow.Type { return types }

// Audit fills a, which must be zero. It follows a pointer only where memory is
// live, so that it reports what a broken program has left behind instead of
// falling over it.
func (w *World) Audit(a *Audit) {
	w.arena.EachLive(func(c shadow.Chunk) bool {
		a.Live[c.Kind]++
		return true
	})
	a.BadReturns = w.badReturns
	a.BadAppends = w.badAppends
	for thr := range int32(numThreads) {
		w.auditThread(a, w.thread(thr))
	}
	if w.srv != nil {
		w.auditServer(a)
	}
	for i := range w.conns {
		w.auditConn(a, &w.conns[i], &a.Conn[i])
	}
	for i := range w.apps {
		app := &w.apps[i]
		a.Conn[app.conn].Attached++
		auditApp(w, app, &a.Conn[app.conn])
	}
}

// live reports whether p points into a live object.
//
//lastwake:primitive
func (w *World) live(p unsafe.Pointer) bool { return w.arena.Live(p) }

// dangles reports whether p points into freed memory.
//
//lastwake:primitive
func (w *World) dangles(p unsafe.Pointer) bool { return p != nil && w.arena.Freed(p) }

// auditList walks a list as far as it is live and counts an edge that leads
// into freed memory. It returns how many elements it saw.
func (w *World) auditList(a *Audit, edge int, head *List) uint32 {
	n := uint32(0)
	for el := head.N; el != head; el = el.N {
		if !w.live(unsafe.Pointer(el)) || n > 1<<16 {
			if w.dangles(unsafe.Pointer(el)) {
				a.Edge[edge]++
			}
			return n
		}
		n++
	}
	return n
}

// auditThread looks at a thread's run queues, timers, stopping and accept list.
func (w *World) auditThread(a *Audit, here *ThreadCtx) {
	tasklets := w.auditList(a, edgeTasklets, &here.Tasklets)
	shared := w.auditList(a, edgeTasklets, &here.SharedTaskletList)
	tasks := w.auditList(a, edgeTasklets, &here.RQueue)
	a.Queued += tasklets + shared + tasks
	w.auditList(a, edgeStopping, &here.MuxStopping)
	w.auditList(a, edgeAccept, &here.AcceptList)
	for n := here.Timers.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			a.Edge[edgeTimers]++
			return
		}
	}
}

// auditServer looks at the lists of a server's connections, and whether it has
// counted them right.
func (w *World) auditServer(a *Audit) {
	srv := w.srv
	w.auditTree(a, edgeSafeConns, &srv.SafeConns)
	w.auditTree(a, edgeAvailConns, &srv.AvailConns)
	w.auditList(a, edgeIdleList, &srv.IdleConnList)
	w.auditList(a, edgeToremove, &srv.ToremoveConns)
	used := uint64(0)
	idle := uint64(0)
	for i := range w.conns {
		cids := w.conns[i].cids
		if cids == nil || !w.live(unsafe.Pointer(cids)) {
			continue
		}
		qc := cids.QC
		if qc == nil || !w.live(unsafe.Pointer(qc)) {
			continue
		}
		conn := qc.Conn
		if conn == nil || !w.live(unsafe.Pointer(conn)) {
			continue
		}
		if conn.Flags&coSafeList != 0 {
			idle++
		} else {
			used++
		}
	}
	if srv.CurrUsed != used || srv.CurrIdle != idle {
		a.BadServer++
	}
}

// auditTree walks a tree as far as it is live and counts an edge that leads
// into freed memory.
func (w *World) auditTree(a *Audit, edge int, root *EbRoot) {
	for n := root.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			a.Edge[edge]++
			return
		}
	}
}

// auditConn looks at one connection.
func (w *World) auditConn(a *Audit, c *connSlot, out *ConnAudit) {
	out.Exists = c.opened
	out.AllocFailed = w.failed
	out.MuxReleased = c.muxReleased
	out.StopsDropped = c.stopsDropped
	out.CriticalLost = c.criticalLost
	out.TxDropped = c.txDropped
	out.IdleResets = c.idleResets
	out.IdleToremove = c.idleToremove
	out.Unlisted = c.unlisted
	out.BufLimit = uint32(w.cfg.bufs)
	cids := c.cids
	if cids == nil || !w.live(unsafe.Pointer(cids)) {
		return
	}
	cc := cids.Closed
	out.ClosedAlive = cc != nil
	qc := cids.QC
	if qc == nil || !w.live(unsafe.Pointer(qc)) {
		return
	}
	w.auditQuicConn(a, c, qc, out)
	if qc.MuxState != muxReady {
		return
	}
	qcc := qc.QCC
	if qcc == nil || !w.live(unsafe.Pointer(qcc)) {
		return
	}
	w.auditMux(a, c, qc, qcc, out)
	out.TxSum += c.txFreed
	out.TxSentSum += c.sentFreed
	out.RxSum += c.rxFreed
}

// auditQuicConn looks at the transport's side.
func (w *World) auditQuicConn(a *Audit, c *connSlot, qc *QuicConn, out *ConnAudit) {
	out.QuicAlive = true
	out.ConnAlive = qc.Conn != nil
	out.Closing = qc.Flags&(qcImmediateClose|qcClosing|qcDraining|qcToKill) != 0
	room := qc.room()
	out.NetOK = !c.blocked && !c.fatal && room != 0
	out.Buffers = uint32(qc.StreamBufCount)
	if w.dangles(unsafe.Pointer(qc.Subs)) {
		a.Edge[edgeSubs]++
	}
	out.PendingFrames = w.auditList(a, edgeFrames, &qc.Frms)
	if qc.Flags&qcImmediateClose != 0 {
		out.PendingFrames++
	}
	for n := qc.TxPkts.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			break
		}
		out.InFlight++
		out.FlightSum += pktOfPN(n).InFlightLen
	}
	out.FlightBytes = qc.InFlight
	out.PrepBytes = qc.PrepInFlight
	for n := qc.StreamsByID.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			return
		}
		desc := descOfID(n)
		out.Descs++
		bufs, unsent := w.auditDesc(a, desc, out)
		out.BuffersLive += bufs
		if desc.Released == 0 || w.awaited(qc, desc.ByID.Key) {
			continue
		}
		switch {
		case bufs == 0:
			out.DescsBare++
		case unsent == 0:
			out.DescsEmpty++
		default:
			out.DescsDone++
		}
	}
	if w.cfg.era >= era32 {
		// Nobody counts them: their bytes are bounded.
		out.Buffers = out.BuffersLive
		out.BufLimit = out.BuffersLive
	}
	for i := range c.peer {
		p := &c.peer[i]
		if w.cfg.era >= era30 && p.finSent && !p.finAcked && !w.awaited(qc, p.id) {
			// Deviation: up to 2.9 an empty FIN that is lost is not sent again; the
			// audit does not count what 220386ae4 does not do.
			out.FinsLost++
		}
	}
}

// auditDesc counts a descriptor's buffers and the bytes in them, and adds what
// they take of the connection's bound.
func (w *World) auditDesc(a *Audit, desc *QCStreamDesc, out *ConnAudit) (bufs uint32, bytes uint64) {
	for el := desc.BufList.N; el != &desc.BufList; el = el.N {
		if !w.live(unsafe.Pointer(el)) {
			a.Edge[edgeFrames]++
			return bufs, bytes
		}
		bufs++
		bytes += bufOfList(el).Buf.Data
	}
	for n := desc.BufTree.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			a.Edge[edgeFrames]++
			return bufs, bytes
		}
		sb := bufOfOffset(n)
		bufs++
		bytes += sb.Buf.Data
		if desc.NotifyRoom == notifyNone {
			continue
		}
		if sb == desc.Buf {
			out.BufBytesSum += sb.Buf.Size
		} else {
			out.BufBytesSum += sb.Buf.Data - sb.Room
		}
	}
	return bufs, bytes
}

// awaited reports whether a frame of stream id is in flight or waits to be
// sent, so that an acknowledgement may still come.
func (w *World) awaited(qc *QuicConn, id uint64) bool {
	for n := qc.TxPkts.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			return true // what else is in flight is not known
		}
		pkt := pktOfPN(n)
		if w.hasStream(&pkt.Frms, id) {
			return true
		}
	}
	return w.hasStream(&qc.Frms, id)
}

func (w *World) hasStream(frms *List, id uint64) bool {
	for el := frms.N; el != frms; el = el.N {
		if !w.live(unsafe.Pointer(el)) {
			return false
		}
		frm := frmOfList(el)
		if frm.isStream() && frm.Stream.ID == id {
			return true
		}
	}
	return false
}

// auditMux looks at the mux and its streams.
func (w *World) auditMux(a *Audit, c *connSlot, qc *QuicConn, qcc *QCC, out *ConnAudit) {
	out.MuxAlive = true
	out.ErrConn = qcc.Flags&qcErrConn != 0
	out.ErrL = qcc.Flags&qcErrL != 0
	out.ErrLDone = qcc.Flags&qcErrLDone != 0
	out.AppShut = qcc.Flags&qcAppShut != 0
	out.ConnFull = qcc.Flags&qcConnFull != 0
	out.NoTask = qcc.Task == nil
	tl := qcc.WaitEvent.Tasklet
	if tl != nil && w.live(unsafe.Pointer(tl)) {
		out.Queued = tl.Queued()
	}
	out.Subscribed = qcc.WaitEvent.Events&subRetrySend != 0
	out.NbSC = qcc.NbSC
	out.NbHreq = qcc.NbHreq
	out.HreqExact = w.cfg.era >= era35 && !out.ErrConn && !out.ErrL
	out.TxOffsets = qcc.Tx.Offsets
	out.TxSent = qcc.Tx.SentOffsets
	out.TxLimit = qcc.RFctl.MD
	out.RxOffsets = qcc.LFctl.OffsetsRecv
	out.BufBytes = qcc.Tx.BufInFlight
	out.Credits = qcc.LFctl.MSBidi + qcc.LFctl.ClBidiR
	out.CreditSum = qcc.LFctl.MSBidiInit + c.creditsClosed
	out.BufWaiters = w.auditList(a, edgeBufWait, &qcc.BufWaitList)
	if waiting := w.auditList(a, edgeFctl, &qcc.FctlList); qcc.Tx.Offsets < qcc.RFctl.MD {
		out.FctlWaiters = waiting
	}
	w.auditList(a, edgeKept, &qcc.Tx.Frms)
	w.auditList(a, edgeSendList, &qcc.SendList)
	w.auditList(a, edgeOpening, &qcc.OpeningList)
	out.RecvWaiters = w.auditList(a, edgeRecvList, &qcc.RecvList)
	w.auditList(a, edgePurgList, &qcc.PurgList)
	out.PendingFrames += w.auditList(a, edgeCredits, &qcc.LFctl.Frms)
	for n := qcc.StreamsByID.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			return
		}
		qcs := qcsOfID(n)
		out.Streams++
		qcs.audit(w, qcc, out)
		out.FinsOpen += c.finsOpen(qcs)
		out.Overdue += qcs.overdue()
		out.RemoteOpen += qcs.remoteOpen()
		held, whole := w.auditRx(qcs)
		if whole && qcs.Flags&qsRecvReset == 0 && qcs.Rx.Offset+held < c.kept(qcs.ID) {
			out.RxLost++
		}
	}
}

// auditRx is how many bytes of a stream are kept and not decoded, and whether
// all of what keeps them is live.
func (w *World) auditRx(qcs *QCS) (held uint64, whole bool) {
	area := qcs.Rx.NCBuf.Area
	if area != nil && !w.live(unsafe.Pointer(area)) {
		return 0, false
	}
	held = qcs.Rx.NCBuf.held()
	for n := qcs.Rx.Bufs.First(); n != nil; n = n.Next {
		if !w.live(unsafe.Pointer(n)) {
			return held, false
		}
		b := rxBufOfOffset(n)
		area = b.NCB.Area
		if area != nil && !w.live(unsafe.Pointer(area)) {
			return held, false
		}
		held += b.NCB.held()
	}
	return held, true
}

// sound reports whether what a stream has to send can be asked for: from 3.0 on
// its descriptor knows, and that one's buffer.
//
//lastwake:primitive
func (w *World) sound(qcs *QCS) bool {
	desc := qcs.Stream
	if w.cfg.era < era30 || desc == nil {
		return true
	}
	if !w.live(unsafe.Pointer(desc)) {
		return false
	}
	buf := desc.Buf
	return buf == nil || w.live(unsafe.Pointer(buf))
}

// owed is the stream's part of what the connection counts as prepared: a
// stream that is reset or over sends no more than it has sent. Once the
// connection has failed nobody settles such accounts.
//
//lastwake:primitive
func (qcs *QCS) owed(qcc *QCC) uint64 {
	over := qcs.Flags&qsToReset != 0 || qcs.isCloseLocal()
	if over && qcc.Flags&(qcErrConn|qcErrL) == 0 {
		return qcs.Tx.SentOffset
	}
	return qcs.Tx.Offset
}

// audit adds one stream.
func (qcs *QCS) audit(w *World, qcc *QCC, out *ConnAudit) {
	out.TxSum += qcs.owed(qcc)
	out.TxSentSum += qcs.Tx.SentOffset
	out.RxSum += qcs.Rx.OffsetMax
	if qcs.Tx.SentOffset > qcs.Tx.MSD {
		out.TxOver++
	}
	out.HreqSum += qcs.counted()
	if !w.sound(qcs) {
		return
	}
	control := qcs.Flags&(qsToReset|qsToStopSending) != 0
	need := qcs.needSending(w)
	closed := qcs.isCloseLocal()
	if w.cfg.era >= era30 && !closed && !need && qcs.Stream != nil && qcs.Stream.Buf != nil {
		out.Holding++
	}
	switch {
	case control && !(closed && qcs.Flags&qsToReset != 0):
		out.Controls++
	case need && !closed && qcs.stalled(w, qcc):
		out.FlowBlocked++
	case need && !closed:
		out.Pending++
	}
}

// stalled reports whether flow control keeps the stream from sending. Before 3.0
// the flags say so, and the peer's limit for the stream, whatever they say.
//
//lastwake:primitive
func (qcs *QCS) stalled(w *World, qcc *QCC) bool {
	if w.cfg.era >= era30 {
		return qcs.Tx.SentOffset == qcs.Tx.MSD || qcc.Tx.SentOffsets == qcc.RFctl.MD
	}
	return qcs.Flags&qsBlkSFCtl != 0 || qcc.Flags&qcBlkMFCtl != 0 || qcs.Tx.Buf.Data != 0 && qcs.Tx.Offset >= qcs.Tx.MSD
}

// readable reports whether what p points at may be looked at: whether that would
// be no violation of its own.
//
//lastwake:primitive
func (w *World) readable(p unsafe.Pointer) bool { return w.arena.Readable(p) }

// State digests what the connections are in, for coverage: flags, states of
// streams, what is queued. It does not depend on addresses or amounts. It ends
// where a broken program has left a stale pointer: to use that is up to the
// program. Parts then has what each connection and stream is in by itself.
func (w *World) State() uint32 {
	h := uint32(2166136261)
	mix := func(v uint32) { h = (h ^ v) * 16777619 }
	w.numParts = 0
	for i := range w.conns {
		c := &w.conns[i]
		if c.cids == nil || !w.readable(unsafe.Pointer(c.cids)) {
			mix(0)
			continue
		}
		qc := c.cids.QC
		if qc == nil || !w.readable(unsafe.Pointer(qc)) {
			mix(1)
			continue
		}
		mix(qc.Flags | qc.MuxState<<16)
		empty := qc.StreamsByID.IsEmpty()
		mix(uint32(flag(empty)) | uint32(min(qc.StreamBufCount, 3))<<1 | uint32(min(qc.AckElicitingPkts, 2))<<3)
		if qc.MuxState != muxReady || qc.Flags&qcExpTimer != 0 && qc.QCC == nil {
			continue
		}
		qcc := qc.QCC
		if !w.readable(unsafe.Pointer(qcc)) {
			continue
		}
		tl := qcc.WaitEvent.Tasklet
		queued := false
		if w.readable(unsafe.Pointer(tl)) {
			queued = tl.Queued()
		}
		if w.cfg.era >= era30 {
			full := qcc.BufWaitList.InList()
			kept := qcc.Tx.Frms.InList()
			mix(uint32(min(qcc.Tx.BufInFlight/bufSize, 3)) | uint32(flag(full))<<2 | uint32(flag(kept))<<3)
		}
		var idle uint32 // the lists of a connection to a server
		if w.srv != nil {
			conn := qcc.Conn
			listed := conn.IdleList.InList()
			chosen := conn.ToremoveList.InList()
			safe := conn.Flags&coSafeList != 0
			idle = uint32(flag(safe)) | uint32(flag(listed))<<1 | uint32(flag(chosen))<<2
			mix(idle)
		}
		conn := qcc.Flags | uint32(flag(queued))<<16 | uint32(flag(qcc.Task == nil))<<17 | uint32(min(qcc.NbSC, 3))<<18 | idle<<20
		mix(conn)
		w.part(partConn, conn)
		var crowd [listBits]uint32
		n := 0
		for node := qcc.StreamsByID.First(); node != nil && n < 4; node = node.Next {
			if !w.readable(unsafe.Pointer(node)) {
				break
			}
			qcs := qcsOfID(node)
			sending := qcs.ElSend.InList()
			state := qcs.Flags<<8 | qcs.St<<4 | uint32(flag(sending)) | uint32(flag(qcs.Tx.SentOffset != qcs.Tx.Offset))<<1
			mix(state)
			holds := qcs.holds(w)
			w.part(partStream, state, holds)
			for b := range crowd {
				crowd[b] += min(holds>>b&1, 2-crowd[b])
			}
			n++
		}
		w.part(partLists, crowd[:]...)
	}
	return h
}

// maxParts bounds the parts that State looks at: the connections, and the first
// few streams of each.
const maxParts = maxConns * 6

// The kinds of part.
const (
	partConn = 1 + iota
	partStream
	partLists // how many streams stand in each list: none, one, more
)

// part adds what one part is in.
func (w *World) part(kind uint32, state ...uint32) {
	h := kind
	for _, v := range state {
		h = (h ^ v) * 16777619
		h ^= h >> 15
	}
	if w.numParts < maxParts {
		w.parts[w.numParts] = h
		w.numParts++
	}
}

// Parts returns what the connections and streams were each in when State was
// last asked: a digest for each, which says neither which one nor beside what
// others.
func (w *World) Parts() []uint32 { return w.parts[:w.numParts] }

// listBits is the number of bits of holds that are about lists.
const listBits = 6

// holds digests which lists a stream stands in, and what it has.
//
//lastwake:primitive
func (qcs *QCS) holds(w *World) uint32 {
	h := uint32(flag(qcs.ElSend.InList())) | uint32(flag(qcs.ElOpening.InList()))<<1
	if w.cfg.era >= era30 {
		h |= uint32(flag(qcs.ElFctl.InList()))<<2 | uint32(flag(qcs.ElBuf.InList()))<<3
	}
	if w.cfg.era >= era32 {
		h |= uint32(flag(qcs.ElRecv.InList())) << 4
	}
	h |= uint32(flag(qcs.Rx.AppBuf.Data != 0)) << 5
	h |= uint32(flag(qcs.Rx.NCBuf.Area != nil || !qcs.Rx.Bufs.IsEmpty())) << 6
	h |= uint32(flag(qcs.Tx.SentOffset >= qcs.Tx.MSD)) << 7
	h |= uint32(flag(qcs.Stream != nil)) << 8
	h |= uint32(flag(qcs.Subs != nil)) << 9
	return h
}
