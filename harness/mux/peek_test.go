package mux

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// peek shows one thing of the world:
//
//	queue              what waits to run, in order
//	timers             what is armed, in order of date; dates count from the start
//	accept             the connections that are not accepted yet
//	live KIND ...      how many objects there are of these kinds, or of all
//	server             the connections to the server and how it counts them
//	mux c0             the QCC
//	conn c0            the quic_conn, or what is left of it
//	stream c0 4        stream 4 of c0
//	desc c0 4          its descriptor
//	packets c0         the packets in flight with their frames
//	frames c0          the frames that wait to be sent (again)
func (w *World) peek(b *strings.Builder, args []string) {
	switch args[0] {
	case "queue":
		w.peekQueue(b)
		return
	case "timers":
		w.peekTimers(b)
		return
	case "accept":
		w.peekAccept(b)
		return
	case "live":
		w.peekLive(b, args[1:])
		return
	case "server":
		w.peekServer(b)
		return
	}
	cids := w.conns[args[1][1]-'0'].cids
	switch {
	case cids == nil:
		fmt.Fprintf(b, "  none\n")
	case args[0] == "conn":
		w.peekConn(b, cids)
	case args[0] == "mux":
		peekMux(b, cids.QC.QCC)
	case args[0] == "stream":
		w.peekStream(b, cids.QC.QCC, number(args[2]))
	case args[0] == "desc":
		w.peekDesc(b, cids.QC, number(args[2]))
	case args[0] == "packets":
		w.peekPackets(b, cids.QC)
	case args[0] == "frames":
		fmt.Fprintf(b, "  %s\n", w.frames(&cids.QC.Frms))
	default:
		panic("cannot look at " + args[0])
	}
}

// peekServer shows the connections by their hash.
func (w *World) peekServer(b *strings.Builder) {
	srv := w.srv
	tree := func(root *EbRoot) (keys []uint64) {
		for n := root.First(); n != nil; n = w.after(n) {
			keys = append(keys, n.Key)
		}
		return keys
	}
	var chosen []uint64
	w.walk(&srv.ToremoveConns, func(el *List) { chosen = append(chosen, connOfToremove(el).HashNode.Key) })
	fmt.Fprintf(b, "  safe=%v avail=%v toremove=%v used=%d idle=%d max_used=%d need=%d\n",
		tree(&srv.SafeConns), tree(&srv.AvailConns), chosen, srv.CurrUsed, srv.CurrIdle, srv.MaxUsed, srv.EstNeed)
}

func number(s string) (n uint64) {
	if _, err := fmt.Sscan(s, &n); err != nil {
		panic(err)
	}
	return n
}

var procNames = [...]string{
	procNone: "none", procQccIOCb: "qcc_io_cb", procQuicConnAppIOCb: "quic_conn_app_io_cb",
	procQuicConnClosedIOCb: "quic_conn_closed_io_cb", procScConnIOCb: "sc_conn_io_cb",
	procQccTimeoutTask: "qcc_timeout_task", procQcProcessTimer: "qc_process_timer",
	procQcIdleTimerTask: "qc_idle_timer_task", procQuicConnClosedIdleTimerTask: "quic_conn_closed_idle_timer_task",
	procSrvCleanupIdleConns: "srv_cleanup_idle_conns", procSrvCleanupToremoveConns: "srv_cleanup_toremove_conns",
}

// walk calls f for each element of a list.
func (w *World) walk(head *List, f func(*List)) {
	for el := head.N; el != head; el = w.next(el) {
		f(el)
	}
}

func (w *World) peekQueue(b *strings.Builder) {
	for i := range int32(numThreads) {
		ctx := w.thread(i)
		var names []string
		tasklet := func(el *List) { names = append(names, procNames[taskletOfList(el).Process]) }
		w.walk(&ctx.Tasklets, tasklet)
		w.walk(&ctx.SharedTaskletList, func(el *List) { tasklet(el); names[len(names)-1] += " (shared)" })
		w.walk(&ctx.RQueue, func(el *List) { names = append(names, "task "+procNames[taskOfRQ(el).Process]) })
		if len(names) > 0 || ctx.RQTotal != 0 {
			fmt.Fprintf(b, "  thread %d: %s; rq_total=%d\n", i, strings.Join(names, ", "), ctx.RQTotal)
		}
	}
}

func (w *World) peekTimers(b *strings.Builder) {
	for thr := range int32(numThreads) {
		for n := w.thread(thr).Timers.First(); n != nil; n = w.after(n) {
			t := taskOfWQ(n)
			fmt.Fprintf(b, "  %s at %s", procNames[t.Process], since(t.Expire))
			if t.Expire != n.Key {
				fmt.Fprintf(b, ", queued for %s", since(n.Key))
			}
			if thr != 0 {
				fmt.Fprintf(b, " on thread %d", thr)
			}
			b.WriteByte('\n')
		}
	}
}

func (w *World) peekAccept(b *strings.Builder) {
	for thr := range int32(numThreads) {
		ctx := w.thread(thr)
		w.walk(&ctx.AcceptList, func(el *List) {
			fmt.Fprintf(b, "  thread %d: c%d in the list\n", thr, connOfAccept(el).Index)
		})
		if ctx.AcceptQueue != nil {
			fmt.Fprintf(b, "  thread %d: c%d in the queue\n", thr, ctx.AcceptQueue.QC.Index)
		}
	}
}

func connOfAccept(n *List) *QuicConn {
	return shadow.ContainerOf[QuicConn](unsafe.Pointer(n), unsafe.Offsetof(QuicConn{}.AcceptList))
}

// since is a date counted from the start of the run, ms.
func since(date uint64) string {
	if date == eternity {
		return "never"
	}
	return fmt.Sprint(date - 1000)
}

func (w *World) peekLive(b *strings.Builder, kinds []string) {
	var live [numKinds]int
	w.arena.EachLive(func(c shadow.Chunk) bool { live[c.Kind]++; return true })
	for k, n := range live {
		name := types[k].Name
		if slices.Contains(kinds, name) || n > 0 && len(kinds) == 0 {
			fmt.Fprintf(b, "  %d %s\n", n, name)
		}
	}
}

// names spells the flags of v, lowest bit first.
func names(v uint32, flags ...string) string {
	var on []string
	for i, name := range flags {
		if v&(1<<i) != 0 && name != "" {
			on = append(on, name)
		}
	}
	if on == nil {
		return "-"
	}
	return strings.Join(on, "|")
}

func peekMux(b *strings.Builder, q *QCC) {
	fmt.Fprintf(b, "  nb_sc=%d nb_hreq=%d flags=%s err=%#x\n", q.NbSC, q.NbHreq,
		names(q.Flags, "ERRL", "ERRL_DONE", "BLK_MFCTL", "CONN_FULL", "APP_SHUT", "ERR_CONN", "APP_FINAL", "CONN_SHUT", "IS_BACK"), q.Err.Code)
	fmt.Fprintf(b, "  tx prepared=%d sent=%d md=%d; rx recv=%d consumed=%d md=%d\n", q.Tx.Offsets, q.Tx.SentOffsets, q.RFctl.MD,
		q.LFctl.OffsetsRecv, q.LFctl.OffsetsConsume, q.LFctl.MD)
	if n := q.Tx.BufInFlight; n != 0 {
		fmt.Fprintf(b, "  buf_in_flight=%d\n", n)
	}
}

func (w *World) peekConn(b *strings.Builder, cids *CIDs) {
	if cc := cids.Closed; cc != nil {
		fmt.Fprintf(b, "  closed: flags=%s\n", connFlags(cc.Flags))
		return
	}
	qc := cids.QC
	subs := "-"
	if qc.Subs != nil {
		subs = names(qc.Subs.Events, "RECV", "SEND")
	}
	fmt.Fprintf(b, "  mux=%s flags=%s err=%#x subs=%s buffers=%d\n", [...]string{"null", "ready", "released"}[qc.MuxState],
		connFlags(qc.Flags), qc.Err.Code, subs, qc.StreamBufCount)
	fmt.Fprintf(b, "  in_flight=%d prepared=%d cwnd=%d packets=%d pto_probe=%d\n", qc.InFlight, qc.PrepInFlight, qc.CWnd,
		qc.AckElicitingPkts, qc.PTOProbe)
}

func connFlags(v uint32) string {
	return names(v, "IMMEDIATE_CLOSE", "CLOSING", "DRAINING", "EXP_TIMER", "TO_KILL", "RETRANS_NEEDED", "TX_MUX_CONTEXT",
		"RETRANS_OLD_DATA", "PROBE_NEEDED")
}

func (w *World) peekStream(b *strings.Builder, qcc *QCC, id uint64) {
	node := qcc.StreamsByID.Lookup(w, id)
	if node == nil {
		fmt.Fprintf(b, "  none\n")
		return
	}
	s := qcsOfID(node)
	fmt.Fprintf(b, "  %s flags=%s err=%#x\n", stateNames[s.St], names(s.Flags, "SIZE_KNOWN", "FIN_STREAM", "BLK_MROOM", "DETACH",
		"BLK_SFCTL", "DEM_FULL", "READ_ABORTED", "TO_RESET", "HREQ_RECV", "TO_STOP_SENDING", "UNKNOWN_PL_LENGTH", "RECV_RESET"), s.Err)
	fmt.Fprintf(b, "  rx offset=%d max=%d msd=%d app_buf=%d", s.Rx.Offset, s.Rx.OffsetMax, s.Rx.MSD, s.Rx.AppBuf.Data)
	if w.cfg.era < era32 {
		fmt.Fprintf(b, " ncbuf=%s\n", ranges(&s.Rx.NCBuf))
	} else {
		fmt.Fprintf(b, " in recv_list=%t msd_frm=%t\n", s.ElRecv.InList(), s.Rx.MSDFrm != nil)
	}
	for n := s.Rx.Bufs.First(); n != nil; n = w.after(n) {
		rb := rxBufOfOffset(n)
		fmt.Fprintf(b, "  rx buffer %d-%d %s\n", n.Key, rb.OffEnd, ranges(&rb.NCB))
	}
	fmt.Fprintf(b, "  tx offset=%d sent=%d buf=%d msd=%d\n", s.Tx.Offset, s.Tx.SentOffset, s.Tx.Buf.Data, s.Tx.MSD)
	if s.SD != nil {
		fmt.Fprintf(b, "  sd flags=%s sc=%s subs=%t\n", names(s.SD.Flags, "", "ORPHAN", "EOI", "EOS", "ERROR", "ERR_PENDING", "RCV_MORE",
			"WANT_ROOM"), connector(s.SD.SC), s.Subs != nil)
	}
}

// connector says what a stream connector has heard.
func connector(sc *Stconn) string {
	if sc == nil {
		return "none"
	}
	s := "attached"
	if sc.State != 0 {
		s += fmt.Sprintf("|ran %d", sc.State)
	}
	if sc.Flags != 0 {
		s += "|woken"
	}
	return s
}

// ranges lists what an NCBuf holds.
func ranges(b *NCBuf) string {
	if b.Area == nil {
		return "null"
	}
	var s []string
	for i := range b.Area.Words[0] {
		s = append(s, fmt.Sprintf("%d-%d", b.Area.Words[1+2*i], b.Area.Words[2+2*i]))
	}
	return "[" + strings.Join(s, " ") + "]"
}

func (w *World) peekDesc(b *strings.Builder, qc *QuicConn, id uint64) {
	node := qc.StreamsByID.Lookup(w, id)
	if node == nil {
		fmt.Fprintf(b, "  none\n")
		return
	}
	d := descOfID(node)
	var bufs []string
	w.walk(&d.BufList, func(el *List) {
		s := fmt.Sprint(bufOfList(el).Buf.Data)
		if bufOfList(el) == d.Buf {
			s += " (current)"
		}
		bufs = append(bufs, s)
	})
	for n := d.BufTree.First(); n != nil; n = w.after(n) {
		sb := bufOfOffset(n)
		s := fmt.Sprintf("%d from %d", sb.Buf.Data, n.Key)
		if sb == d.Buf {
			s += " (current)"
		}
		for a := sb.AckTree.First(); a != nil; a = w.after(a) {
			s += fmt.Sprintf(" acked %d-%d", a.Key, ackOfOffset(a).end())
		}
		bufs = append(bufs, s)
	}
	parked := 0
	for n := d.AckedFrms.First(); n != nil; n = w.after(n) {
		parked++
	}
	fmt.Fprintf(b, "  released=%d buf_offset=%d ack_offset=%d buffers=[%s] parked=%d", d.Released, d.BufOffset, d.AckOffset, strings.Join(bufs, ", "), parked)
	if d.Flags&sdWaitForFin != 0 {
		b.WriteString(" WAIT_FOR_FIN")
	}
	b.WriteByte('\n')
}

func (w *World) peekPackets(b *strings.Builder, qc *QuicConn) {
	for n := qc.TxPkts.First(); n != nil; n = w.after(n) {
		p := pktOfPN(n)
		fmt.Fprintf(b, "  p%d %s\n", n.Key, w.frames(&p.Frms))
	}
}

// frames lists the frames of a list. A copy of another frame is marked with a
// tick, one that is acknowledged through another copy with "acked".
func (w *World) frames(l *List) string {
	var s []string
	w.walk(l, func(el *List) {
		f := frmOfList(el)
		var name string
		switch {
		case f.isStream():
			name = fmt.Sprintf("STREAM(%d:%d-%d", f.Stream.ID, f.Stream.Offset.Key, f.Stream.Offset.Key+f.Stream.Len)
			if f.Type&ftFinBit != 0 {
				name += " fin"
			}
			name += ")"
		case f.Type == ftMaxStreamData:
			name = fmt.Sprintf("MAX_STREAM_DATA(%d:%d)", f.Stream.ID, f.Stream.Offset.Key)
		case f.Type == ftMaxData || f.Type == ftMaxStreamsBidi:
			name = frameNames[f.Type] + fmt.Sprintf("(%d)", f.Stream.Offset.Key)
		default:
			name = frameNames[f.Type] + fmt.Sprintf("(%d)", f.Stream.ID)
		}
		if f.Origin != nil {
			name += "'"
		}
		if f.Flags&frmAcked != 0 {
			name += " acked"
		}
		if f.LossCount != 0 {
			name += fmt.Sprintf(" lost %d", f.LossCount)
		}
		s = append(s, name)
	})
	if s == nil {
		return "-"
	}
	return strings.Join(s, ", ")
}

var frameNames = map[uint32]string{
	ftResetStream: "RESET_STREAM", ftStopSending: "STOP_SENDING", ftMaxData: "MAX_DATA", ftMaxStreamsBidi: "MAX_STREAMS_BIDI",
}
