package mux

import "github.com/lastwake/lastwake/harness/program"

// Step plays one op. An op whose object is not there, or that cannot happen
// now, changes nothing and says so.
func (w *World) Step(op program.Op) program.Outcome {
	w.opAllocs = 0
	w.opFrees = 0
	w.failAlloc = uint32(op.Alloc)
	out := w.play(op)
	if w.failAlloc != 0 && w.opAllocs >= w.failAlloc {
		w.failed = true
	}
	w.failAlloc = 0
	return out
}

// play dispatches on the op's actor.
func (w *World) play(op program.Op) program.Outcome {
	w.tid = 0
	switch op.Verb {
	case program.NetOpen:
		return w.playOpen(op)
	case program.RunMigrate:
		return w.playMigrate(op)
	case program.ProcSoftstop:
		return w.playSoftstop()
	case program.TimePass:
		w.nowMS += uint64(op.Arg[program.PassMS])
		w.wakeExpired()
		return program.Done
	case program.RunAll:
		return w.playRunAll()
	case program.AppOpen, program.RunPurge, program.RunCleanup:
		return w.playBack(op)
	case program.AppSend, program.AppShut, program.AppRead, program.AppAbort, program.AppDetach,
		program.AppSubscribe, program.AppUnsubscribe:
		return w.playApp(op)
	}
	if int(op.Conn) >= maxConns || w.conns[op.Conn].cids == nil {
		return program.NoConn
	}
	c := &w.conns[op.Conn]
	w.tid = c.tid
	switch op.Verb {
	case program.PeerStream, program.PeerReset, program.PeerStop, program.PeerMaxData,
		program.PeerMaxStreamData, program.PeerClose, program.NetAck:
		return w.playPacket(c, op)
	case program.NetBlock, program.NetOK, program.NetFatal, program.NetWindow:
		return w.playNet(c, op)
	case program.NetLose:
		return w.playLose(c, op)
	case program.RunMux, program.RunConn, program.RunStream:
		return w.playRun(c, op)
	case program.RunTimer:
		return w.playTimer(c, op)
	}
	return program.Unsupported
}

// playOpen makes connection c<n>, which must be new or not be accepted yet.
func (w *World) playOpen(op program.Op) program.Outcome {
	if int(op.Conn) >= maxConns {
		return program.NoConn
	}
	return w.netOpen(op.Conn, -1)
}

// netOpen is the end of a handshake: a quic_conn, then its session and mux, made
// by the thread target, or by this one if target is negative. A connection for
// which there was no memory the first time still waits to be accepted. With
// side=back it is this process that connects.
func (w *World) netOpen(n uint8, target int32) program.Outcome {
	c := &w.conns[n]
	if !c.opened {
		c.opened = true
		qc := w.qcNewConn(uint64(n))
		if qc == nil {
			return program.Done
		}
		if w.cfg.back {
			w.connectServer(qc)
			return program.Done
		}
		w.acceptPush(qc)
		w.listenerAccept(qc, target)
		return program.Done
	}
	qc := w.unaccepted(c)
	if qc == nil || qc.Conn != nil {
		return program.NotNow
	}
	w.listenerAccept(qc, target)
	return program.Done
}

// unaccepted returns the connection if it has no mux yet, or nil.
func (w *World) unaccepted(c *connSlot) *QuicConn {
	if c.cids == nil {
		return nil
	}
	qc := c.cids.QC
	if qc == nil || qc.MuxState != muxNull {
		return nil
	}
	return qc
}

// playMigrate moves a connection to another thread, which happens once, after
// its handshake and before it has a mux. The thread that made the handshake
// plays the first half; played again, or by run.all, the new thread accepts it.
// A connection to a server stays with the thread that has opened it.
func (w *World) playMigrate(op program.Op) program.Outcome {
	if int(op.Conn) >= maxConns {
		return program.NoConn
	}
	c := &w.conns[op.Conn]
	qc := w.unaccepted(c)
	if qc != nil && qc.Conn != nil {
		w.tid = c.tid
		w.acceptQueueProcess()
		return program.Done
	}
	if op.Arg[program.Thread] >= numThreads || w.cfg.back {
		return program.NotNow
	}
	return w.netOpen(op.Conn, int32(op.Arg[program.Thread]))
}

// playSoftstop asks the process to stop, once.
func (w *World) playSoftstop() program.Outcome {
	if w.stopping {
		return program.NotNow
	}
	w.softStop()
	return program.Done
}

// playPacket brings a packet with one frame: the connection's tasklet treats
// it and then sends what it has.
func (w *World) playPacket(c *connSlot, op program.Op) program.Outcome {
	qc := c.cids.QC
	if qc == nil {
		return w.playClosed(c)
	}
	if qc.MuxState == muxNull {
		return w.dgramParse(qc)
	}
	if qc.Flags&(qcClosing|qcDraining|qcToKill) != 0 {
		return program.NotNow
	}
	out := w.parseFrame(c, qc, op)
	if out != program.Done {
		return out
	}
	qc.AppIOCb(w)
	return program.Done
}

// playClosed brings a packet to a closed connection, which answers with its
// CONNECTION_CLOSE.
func (w *World) playClosed(c *connSlot) program.Outcome {
	cc := c.cids.Closed
	if cc == nil {
		return program.NoConn
	}
	cc.IOCb(w)
	return program.Done
}

// parseFrame models qc_parse_pkt_frms.
//
//lastwake:c qc_parse_pkt_frms src/quic_rx.c
func (w *World) parseFrame(c *connSlot, qc *QuicConn, op program.Op) program.Outcome {
	id := uint64(op.Obj)
	ready := qc.MuxState == muxReady
	qc.idleTimerDoRearm(w)
	if w.cfg.qmux && ready && op.Verb != program.PeerClose && op.Verb != program.NetAck {
		return w.socketGets(c, qc, op)
	}
	switch op.Verb {
	case program.PeerStream:
		f, out := w.peerSends(c, op)
		if out == program.Done {
			qc.rxStream(w, id, f.from, f.n, f.fin)
		}
		return out
	case program.PeerClose:
		w.rxClose(qc, op)
	case program.NetAck:
		return w.netAck(qc, op)
	}
	if ready {
		qc.QCC.parseFrame(w, c, op)
	}
	return program.Done
}

// parseFrame is the part of qc_parse_pkt_frms for frames that are the mux's
// alone.
//
//lastwake:c qc_parse_pkt_frms src/quic_rx.c
func (qcc *QCC) parseFrame(w *World, c *connSlot, op program.Op) {
	id := uint64(op.Obj)
	switch op.Verb {
	case program.PeerReset:
		final := uint64(op.Arg[program.PeerResetFinal])
		if final == 0 {
			final = c.peerStream(id).next
		}
		qcc.RecvResetStream(w, id, uint64(op.Arg[program.PeerResetErr]), final)
	case program.PeerStop:
		qcc.RecvStopSending(w, id, uint64(op.Arg[program.PeerStopErr]))
	case program.PeerMaxData:
		qcc.RecvMaxData(w, qcc.RFctl.MD+uint64(op.Arg[program.AddBytes]))
	case program.PeerMaxStreamData:
		qcc.RecvMaxStreamData(w, id, qcc.streamLimit(w, id)+uint64(op.Arg[program.AddBytes]))
	}
}

func (w *World) rxClose(qc *QuicConn, op program.Op) {
	qc.rxConnectionClose(w, uint64(op.Arg[program.PeerCloseCode]), op.Arg[program.PeerCloseApp] != 0)
}

// streamLimit is the limit that the peer has set for what we send on stream
// id: what it would raise.
//
//lastwake:primitive
func (qcc *QCC) streamLimit(w *World, id uint64) uint64 {
	node := qcc.StreamsByID.Lookup(w, id)
	if node == nil {
		return w.cfg.msd
	}
	qcs := qcsOfID(node)
	return qcs.Tx.MSD
}

// A strmFrame is a STREAM frame that arrives.
type strmFrame struct {
	from, n uint64 // stream offset, bytes
	fin     bool
}

// peerSends plays the peer's part of peer.stream: the bytes are recorded with
// their meaning. It returns the frame that brings them. No server opens
// bidirectional streams.
func (w *World) peerSends(c *connSlot, op program.Op) (f strmFrame, out program.Outcome) {
	id := uint64(op.Obj)
	if id&3 == 1 {
		return f, program.WrongKind
	}
	p := c.peerStream(id)
	kind := wire(op.Arg[program.PeerStreamKind])
	n := uint64(op.Arg[program.PeerStreamLen])
	if n == 0 && int(kind) < len(wireLen) {
		n = wireLen[kind]
		if kind == wireHeaders && w.cfg.app == appHQ {
			n = hqHeadersLen
		}
	}
	if kind == wireEmpty {
		n = 0
	}
	gap := uint64(op.Arg[program.PeerStreamGap])
	back := min(uint64(op.Arg[program.PeerStreamBack]), p.next)
	if p.fin {
		gap = 0
		n = 0
	}
	from := p.next + gap
	if back != 0 {
		from = p.next - back
	}
	if kind == wireHeaders && n > headMax && w.cfg.app == appH3 {
		p.put(p.next+gap+headMax, kind)
		p.put(p.next+n-headMax, wireData)
	} else {
		p.put(p.next+gap+n, kind)
	}
	fin := op.Arg[program.PeerStreamFin] != 0
	p.fin = p.fin || fin
	return strmFrame{from, p.next - from, fin}, program.Done
}

// netAck plays net.ack: the peer acknowledges one packet, all up to one, or
// everything.
func (w *World) netAck(qc *QuicConn, op program.Op) program.Outcome {
	last := uint64(op.Obj)
	first := last
	if last == 0 {
		first = 0
		last = qc.NextPN
	} else if op.Arg[program.AckUpto] != 0 {
		first = 0
	}
	if !qc.inFlight(w, first, last) {
		return program.NoPacket
	}
	qc.parseAck(w, first, last)
	return program.Done
}

// inFlight reports whether a packet from first to last is in flight.
//
//lastwake:primitive
func (qc *QuicConn) inFlight(w *World, first, last uint64) bool {
	for node := qc.TxPkts.First(); node != nil; node = w.after(node) {
		if node.Key >= first && node.Key <= last {
			return true
		}
	}
	return false
}

// playApp plays what the stream layer does with a stream that it has.
func (w *World) playApp(op program.Op) program.Outcome {
	i := w.findApp(op.Conn, uint64(op.Obj))
	if i < 0 && (int(op.Conn) >= maxConns || w.conns[op.Conn].cids == nil) {
		return program.NoConn
	}
	if i < 0 {
		return program.NotAttached
	}
	w.tid = w.conns[op.Conn].tid
	sc := w.apps[i].sc
	if op.Verb == program.AppDetach {
		w.apps[i] = w.apps[len(w.apps)-1]
		w.apps = w.apps[:len(w.apps)-1]
		sc.Detach(w)
		return program.Done
	}
	qcs := sc.muxStrm()
	switch op.Verb {
	case program.AppSend:
		written := written(w, qcs)
		out := w.appSend(qcs, op)
		noteWrite(w, &w.apps[i], qcs, op, written)
		return out
	case program.AppShut:
		w.qmuxStrmShutw(qcs, op.Arg[program.AppShutUnknown] != 0)
		w.apps[i].waits &^= subRetrySend
	case program.AppRead:
		n := w.qmuxStrmRcvBuf(qcs, uint64(op.Arg[program.AppReadLen]))
		noteRead(w, &w.apps[i], qcs, n)
	case program.AppAbort:
		return w.appAbort(qcs, op)
	case program.AppSubscribe, program.AppUnsubscribe:
		return w.appSubscribe(qcs, sc, op)
	}
	return program.Done
}

// findApp returns the index of the stream layer's hold on a stream, or -1.
func (w *World) findApp(conn uint8, id uint64) int {
	for i := range w.apps {
		if w.apps[i].conn == conn && w.apps[i].id == id {
			return i
		}
	}
	return -1
}

// appSend plays app.send. A stream layer that knows of the end or of an error
// does not send.
func (w *World) appSend(qcs *QCS, op program.Op) program.Outcome {
	if qcs.isCloseLocal() || qcs.Flags&(qsToReset|qsFinStream) != 0 || qcs.SD.Flags&(seError|seErrPending) != 0 {
		return program.NotNow
	}
	n := uint64(op.Arg[program.AppSendLen])
	eom := op.Arg[program.AppSendFin] != 0
	if op.Arg[program.AppSendFF] != 0 {
		w.qmuxStrmFastForward(qcs, n, eom)
		return program.Done
	}
	w.qmuxStrmSndBuf(qcs, n, eom)
	return program.Done
}

// appAbort plays app.abort: the stream layer wants no more input, so the mux
// asks the peer to stop sending.
func (w *World) appAbort(qcs *QCS, op program.Op) program.Outcome {
	if qcs.isCloseLocal() && w.cfg.era < era35 || qcs.isCloseRemote() {
		return program.NotNow
	}
	qcs.Err = uint64(op.Arg[program.AppErr])
	qcs.abortRead(w)
	return program.Done
}

// appSubscribe plays app.subscribe and app.unsubscribe.
func (w *World) appSubscribe(qcs *QCS, sc *Stconn, op program.Op) program.Outcome {
	events := uint32(0)
	if op.Arg[program.SubRecv] != 0 {
		events |= subRetryRecv
	}
	if op.Arg[program.SubSend] != 0 {
		events |= subRetrySend
	}
	if events == 0 {
		return program.NotNow
	}
	if op.Verb == program.AppSubscribe {
		w.trace(evStrmSubscribe, qcs.ID, uint64(events&subRetryRecv), uint64(events&subRetrySend))
		qcs.subscribe(w, events, &sc.WaitEvent)
		noteSubscribe(w, sc, qcs, events)
		return program.Done
	}
	w.trace(evStrmUnsubscribe, qcs.ID, uint64(events&subRetryRecv), uint64(events&subRetrySend))
	w.qmuxStrmUnsubscribe(qcs, events, &sc.WaitEvent)
	noteHeard(w, sc, events)
	return program.Done
}

// playNet changes what the network lets through.
func (w *World) playNet(c *connSlot, op program.Op) program.Outcome {
	qc := c.cids.QC
	switch op.Verb {
	case program.NetFatal:
		c.fatal = true
		return program.Done
	case program.NetOK:
		c.fatal = false
		c.blocked = false
	case program.NetBlock:
		c.blocked = true
	}
	if qc == nil {
		return program.Done
	}
	switch op.Verb {
	case program.NetBlock:
		qc.CWnd = 0
		return program.Done
	case program.NetWindow:
		qc.CWnd = uint64(op.Arg[program.WindowBytes])
		if qc.CWnd == 0 {
			qc.CWnd = noWindow
		}
		c.blocked = false
	default:
		qc.CWnd = w.cfg.window
	}
	if qc.Flags&qcTIDRebind != 0 {
		return program.Done
	}
	qc.WaitEvent.Tasklet.Wakeup(w, fnQcNotifySend)
	qc.notifySend(w)
	return program.Done
}

// playLose declares a packet lost.
func (w *World) playLose(c *connSlot, op program.Op) program.Outcome {
	qc := c.cids.QC
	if qc == nil || op.Obj == 0 || qc.Flags&(qcClosing|qcDraining|qcToKill) != 0 {
		return program.NoPacket
	}
	node := qc.TxPkts.Lookup(w, uint64(op.Obj))
	if node == nil {
		return program.NoPacket
	}
	qc.lostPkt(w, pktOfPN(node))
	qc.WaitEvent.Tasklet.Wakeup(w, fnQcProcessTimer)
	return program.Done
}

// playRun runs one tasklet, which must be queued.
func (w *World) playRun(c *connSlot, op program.Op) program.Outcome {
	tl := w.taskletOf(c, op)
	if tl == nil {
		if op.Verb == program.RunStream {
			return program.NotAttached
		}
		return program.NoConn
	}
	if !tl.Queued() {
		return program.NotQueued
	}
	w.spliceShared()
	w.runTasklet(tl)
	return program.Done
}

// taskletOf returns the tasklet that an op means, or nil.
func (w *World) taskletOf(c *connSlot, op program.Op) *Tasklet {
	switch op.Verb {
	case program.RunStream:
		i := w.findApp(op.Conn, uint64(op.Obj))
		if i < 0 {
			return nil
		}
		return w.apps[i].sc.WaitEvent.Tasklet
	case program.RunMux:
		qc := c.cids.QC
		if qc == nil || qc.MuxState != muxReady {
			return nil
		}
		return qc.QCC.WaitEvent.Tasklet
	}
	qc := c.cids.QC
	if qc != nil {
		return qc.WaitEvent.Tasklet
	}
	cc := c.cids.Closed
	if cc != nil {
		return cc.WaitEvent.Tasklet
	}
	return nil
}

// playTimer lets the clock reach a timer's date, queues every task whose date
// has come, and runs the one meant.
func (w *World) playTimer(c *connSlot, op program.Op) program.Outcome {
	task := w.timerOf(c, op.Arg[program.TimerWhich])
	if task == nil {
		return program.NotArmed
	}
	if task.State&taskQueued == 0 {
		if !task.armed() {
			return program.NotArmed
		}
		w.nowMS = max(w.nowMS, task.Expire)
		w.wakeExpired()
		if task.State&taskQueued == 0 {
			task.Wakeup(w, taskWokenTimer)
		}
	}
	w.runTask(task)
	return program.Done
}

// timerOf returns the task behind a timer, or nil.
func (w *World) timerOf(c *connSlot, which uint32) *Task {
	cc := c.cids.Closed
	if cc != nil {
		if which == program.TimerCC || which == program.TimerIdle {
			return cc.IdleTimerTask
		}
		return nil
	}
	qc := c.cids.QC
	switch which {
	case program.TimerMux:
		if qc.MuxState == muxReady {
			return qc.QCC.Task
		}
	case program.TimerIdle:
		return qc.IdleTimerTask
	case program.TimerPTO:
		return qc.TimerTask
	}
	return nil
}

// runAllMost bounds the handlers that one run.all runs: a handler that wakes
// itself again and again waits for something that only another op can bring.
const runAllMost = 64

// playRunAll runs tasklets and tasks in order until none is queued, or until
// enough have run.
func (w *World) playRunAll() program.Outcome {
	out := program.NotQueued
	for range runAllMost {
		if !w.runNext() {
			return out
		}
		out = program.Done
	}
	return out
}

// runNext lets the first thread that has something to run do so once. It
// reports false if none has.
func (w *World) runNext() bool {
	for thr := range int32(numThreads) {
		w.tid = thr
		w.spliceShared()
		here := w.thread(thr)
		switch {
		case !here.Tasklets.IsEmpty():
			w.runTasklet(taskletOfList(w.next(&here.Tasklets)))
		case !here.RQueue.IsEmpty():
			w.runTask(taskOfRQ(w.next(&here.RQueue)))
		case here.AcceptQueue != nil:
			w.acceptQueueProcess()
		default:
			continue
		}
		return true
	}
	return false
}

// wakeExpired queues, on every thread, the tasks whose date has come.
func (w *World) wakeExpired() {
	on := w.tid
	for thr := range int32(numThreads) {
		w.tid = thr
		w.wakeExpiredTasks()
	}
	w.tid = on
}
