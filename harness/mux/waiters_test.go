package mux

import (
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// What a stream layer waits for comes behind the mux's back, so that nobody is
// woken, or an account is changed that way: the audit sees it, and without it
// nothing.
func TestAuditSees(t *testing.T) {
	tests := []struct {
		name, text string
		broken     func(w *World, qcs *QCS)
		count      func(*ConnAudit) uint32
	}{
		{"room, 2.9", " bufs=1\npeer.stream c0/s0 headers\napp.send c0/s0 len=16384\napp.send c0/s0 len=9",
			func(_ *World, qcs *QCS) { qcs.Tx.Buf.Data = 0 }, writers},
		{"the connection's credit, 3.0", " era=3.0 max_data=17\npeer.stream c0/s0 headers\nrun.all\napp.send c0/s0 len=9",
			func(_ *World, qcs *QCS) { qcs.QCC.RFctl.MD++; qcs.ElFctl.DelInit() }, writers},
		{"the stream's credit, 3.2", " era=3.2 msd=5\npeer.stream c0/s0 headers\nrun.all\napp.send c0/s0 len=9\napp.send c0/s0 len=9",
			func(_ *World, qcs *QCS) { qcs.Tx.MSD += 99; qcs.Flags &^= qsBlkMRoom }, writers},
		{"bytes", "\npeer.stream c0/s0 headers\napp.read c0/s0\napp.read c0/s0",
			func(_ *World, qcs *QCS) { qcs.Rx.AppBuf.Data = 1 }, readers},
		{"an end", "\npeer.stream c0/s0 headers\napp.read c0/s0\napp.read c0/s0\napp.subscribe c0/s0 recv",
			func(_ *World, qcs *QCS) { qcs.Flags |= qsAppEOM }, readers},
		{"an error of the stream", "\npeer.stream c0/s0 headers\napp.read c0/s0\napp.read c0/s0\napp.subscribe c0/s0 recv",
			func(_ *World, qcs *QCS) { qcs.SD.Flags |= seErrPending }, func(a *ConnAudit) uint32 { return a.Unalerted }},
		{"an error of the connection", "\npeer.stream c0/s0 headers",
			func(_ *World, qcs *QCS) { qcs.QCC.Flags |= qcErrL }, func(a *ConnAudit) uint32 { return a.Untold }},
		{"a stream's credit that is kept", "\npeer.stream c0/s0 headers",
			func(w *World, _ *QCS) { w.conns[0].creditsClosed++ }, func(a *ConnAudit) uint32 { return uint32(a.CreditSum - a.Credits) }},
		{"bytes in flight that nobody carries", "\npeer.stream c0/s0 headers",
			func(_ *World, qcs *QCS) { qcs.QCC.Conn.QC.InFlight++ }, func(a *ConnAudit) uint32 { return uint32(a.FlightBytes - a.FlightSum) }},
		{"a request too many, 3.5", " era=3.5\npeer.stream c0/s0 headers",
			func(_ *World, qcs *QCS) { qcs.QCC.NbHreq++ }, func(a *ConnAudit) uint32 { return uint32(a.NbHreq - a.HreqSum) }},
		{"a FIN that closes nothing", "\npeer.stream c0/s0 headers",
			func(w *World, qcs *QCS) { w.conns[0].peerStream(qcs.ID).finSent = true }, func(a *ConnAudit) uint32 { return a.FinsOpen }},
		{"a reset that closes nothing", "\npeer.stream c0/s0 headers",
			func(_ *World, qcs *QCS) { qcs.Flags |= qsRecvReset }, func(a *ConnAudit) uint32 { return a.RemoteOpen }},
		{"a stream that nobody frees", "\npeer.stream c0/s0 headers",
			func(_ *World, qcs *QCS) { qcs.Flags |= qsDetach; qcs.St = ssHLoc }, func(a *ConnAudit) uint32 { return a.Overdue }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := playWaiter(t, tt.text)
			if n := waiting(w, tt.count); n != 0 {
				t.Fatalf("%d already", n)
			}
			tt.broken(w, w.apps[0].sc.muxStrm())
			if n := waiting(w, tt.count); n != 1 {
				t.Errorf("%d, want 1", n)
			}
		})
	}
}

func writers(a *ConnAudit) uint32 { return a.Writers }
func readers(a *ConnAudit) uint32 { return a.Readers }

// playWaiter plays a program, whose text begins with the rest of its header.
func playWaiter(t *testing.T, text string) *World {
	t.Helper()
	p, err := program.Parse("waiter", []byte("lastwake/1 mux"+text+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.Reset(&p.Header, fault.Set{}, shadow.Sanitize, false)
	for i, op := range p.Ops {
		w.SetOp(int32(i))
		if out := w.Step(op); out != program.Done {
			t.Fatalf("%s: %s", op, out)
		}
	}
	if len(w.apps) != 1 {
		t.Fatalf("%d stream layers, want 1", len(w.apps))
	}
	return w
}

func waiting(w *World, count func(*ConnAudit) uint32) uint32 {
	var a Audit
	w.Audit(&a)
	return count(&a.Conn[0])
}

// A write that is refused, and nobody remembers who has asked.
func TestWriteForgotten(t *testing.T) {
	w := playWaiter(t, " era=3.0 max_data=17\npeer.stream c0/s0 headers\nrun.all")
	qcs := w.apps[0].sc.muxStrm()
	op := program.Op{Verb: program.AppSend}
	op.Arg[program.AppSendLen] = 9
	noteWrite(w, &w.apps[0], qcs, op, written(w, qcs)) // nothing was taken, and it stands in no list
	if n := waiting(w, func(a *ConnAudit) uint32 { return a.Unlisted }); n != 1 {
		t.Errorf("%d writes forgotten, want 1", n)
	}
}
