package mux

import "github.com/lastwake/lastwake/harness/program"

// The phases of settle, in order; see target.Phase.
const (
	phaseDetach = iota
	phaseNet
	phaseQuiet
	phaseTimers
	phaseClose
)

// Next returns the next op that brings the process closer to rest in the given
// phase of settle, and false when the phase has nothing left to do.
func (w *World) Next(phase uint8) (program.Op, bool) {
	switch phase {
	case phaseDetach:
		if len(w.apps) == 0 {
			return program.Op{}, false
		}
		a := w.apps[0]
		return program.Op{Verb: program.AppDetach, Conn: a.conn, Obj: uint32(a.id)}, true
	case phaseNet:
		return w.nextNet()
	case phaseQuiet:
		return w.nextQuiet()
	case phaseTimers:
		return w.nextTimer()
	}
	return w.nextClose()
}

// nextNet opens the network where it does not let everything through.
func (w *World) nextNet() (program.Op, bool) {
	for i := range w.conns {
		c := &w.conns[i]
		if c.cids == nil {
			continue
		}
		qc := c.cids.QC
		if c.fatal || c.blocked || qc != nil && qc.CWnd != w.cfg.window {
			return program.Op{Verb: program.NetOK, Conn: uint8(i)}, true
		}
	}
	return program.Op{}, false
}

// nextQuiet runs what is queued, lets go of streams that this opens, then
// acknowledges what is in flight.
func (w *World) nextQuiet() (program.Op, bool) {
	if len(w.apps) != 0 {
		return w.Next(phaseDetach)
	}
	if w.queued() {
		return program.Op{Verb: program.RunAll}, true
	}
	for i := range w.conns {
		c := &w.conns[i]
		if c.cids == nil {
			continue
		}
		qc := c.cids.QC
		if qc == nil || qc.Flags&(qcClosing|qcDraining|qcToKill) != 0 || qc.TxPkts.IsEmpty() {
			continue
		}
		return program.Op{Verb: program.NetAck, Conn: uint8(i)}, true
	}
	return program.Op{}, false
}

// queued reports whether a tasklet or a task waits to run, or a connection to be
// accepted by another thread.
func (w *World) queued() bool {
	for thr := range int32(numThreads) {
		ctx := w.thread(thr)
		if !ctx.Tasklets.IsEmpty() || !ctx.SharedTaskletList.IsEmpty() || !ctx.RQueue.IsEmpty() || ctx.AcceptQueue != nil {
			return true
		}
	}
	return false
}

// timerOrder lists the timers of a connection.
var timerOrder = [...]uint32{program.TimerMux, program.TimerPTO, program.TimerIdle, program.TimerCC}

// nextTimer fires the timer that is due first, after what is queued has run.
func (w *World) nextTimer() (program.Op, bool) {
	op, ok := w.nextQuiet()
	if ok {
		return op, true
	}
	found := false
	first := uint64(0)
	for i := range w.conns {
		c := &w.conns[i]
		if c.cids == nil {
			continue
		}
		for _, which := range timerOrder {
			task := w.timerOf(c, which)
			if task == nil || !task.armed() || found && task.Expire >= first {
				continue
			}
			found = true
			first = task.Expire
			op = program.Op{Verb: program.RunTimer, Conn: uint8(i)}
			op.Arg[program.TimerWhich] = which
		}
	}
	if w.cfg.back {
		task := w.srv.IdleConnTask
		if task.armed() && (!found || task.Expire < first) {
			return program.Op{Verb: program.RunPurge}, true
		}
	}
	return op, found
}

// nextClose lets the peer close every connection that is left, and everything
// run and expire that follows from it.
func (w *World) nextClose() (program.Op, bool) {
	for i := range w.conns {
		c := &w.conns[i]
		if c.cids == nil {
			continue
		}
		qc := c.cids.QC
		if qc != nil && qc.Flags&(qcClosing|qcDraining|qcToKill) == 0 {
			return program.Op{Verb: program.PeerClose, Conn: uint8(i)}, true
		}
	}
	return w.nextTimer()
}
