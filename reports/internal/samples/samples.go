package samples

import (
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/reports"
)

// All returns the samples by name, new ones at each call.
func All() map[string]*reports.Record {
	all := map[string]*reports.Record{}
	for name, record := range records {
		all[name] = record()
	}
	return all
}

// Tasklet2494 is the finding that the project began with: the fullest sample.
func Tasklet2494() *reports.Record { return tasklet2494() }

// frames returns a stack, innermost first, of "func file:line"; "~" marks a
// primitive.
func frames(list ...string) []reports.Frame {
	var stack []reports.Frame
	for _, s := range list {
		name, where, _ := strings.Cut(s, " ")
		file, line, _ := strings.Cut(where, ":")
		n := 0
		for _, digit := range line {
			n = n*10 + int(digit-'0')
		}
		stack = append(stack, reports.Frame{
			Func: strings.TrimPrefix(name, "~"), File: "harness/mux/" + file, Line: n,
			Primitive: strings.HasPrefix(name, "~"),
		})
	}
	return stack
}

// ladder returns near misses, each with the op that met it.
func ladder(names string, ops ...int) []reports.NearMiss {
	var ladder []reports.NearMiss
	for i, name := range strings.Fields(names) {
		ladder = append(ladder, reports.NearMiss{Name: name, Op: ops[i]})
	}
	return ladder
}

func refOf(id fault.ID) *reports.FaultRef { return reports.RefOf(id.Fault()) }

const program2494 = `lastwake/1 mux app=hq bufs=1 faults=HAPROXY-bd384a359
net.block c0
peer.stream c0/s0 headers fin
peer.stream c0/s4 headers fin
app.send c0/s0 len=4000
app.send c0/s4 len=4000
run.mux c0
app.detach c0/s0
app.detach c0/s4
run.timer c0 mux
`

func history2494() []reports.OpLine {
	var h []reports.OpLine
	for _, op := range strings.Split(strings.TrimSpace(program2494), "\n")[1:] {
		h = append(h, reports.OpLine{Text: op, Outcome: "done"})
	}
	h[5].Events = []string{"tx buf alloc id=0 off=0 used=1", "CONN_FULL set id=4"}
	h[8].Outcome = "stopped"
	h[8].Events = []string{
		"timeout fired", "dead: release from timeout_task", "qcc_release begin nb_sc=0 nb_hreq=2 CONN_FULL",
		"timeout task destroyed", "qcc_tasklet free", "xprt unsubscribe",
		"qcs_free begin id=0 st=HREM in_send_list", "desc release id=0 final=0 ack_off=0", "desc trim id=0 n=4000",
		"tx buf free id=0 used=0", "CONN_FULL cleared", "wake qcc_tasklet FREED from=qc_stream_buf_free",
	}
	return h
}

func tasklet2494() *reports.Record {
	const timer = "run.timer c0 mux"
	release := []string{"qcc_release mux_quic.go:871", "qcc_timeout_task mux_quic.go:934", "run_task task.go:301"}
	return &reports.Record{
		Version: reports.Version, Target: "mux",
		Title:     "qcc_release frees the connection's tasklet, then releasing the streams wakes it",
		Class:     "heap-use-after-free",
		Signature: "heap-use-after-free | tasklet | qc_stream_buf_free | qcc_release | qmux_init",
		Known:     true, File: "corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar",
		Faults: []string{"HAPROXY-bd384a359"}, Fault: refOf(fault.HAPROXY_bd384a359),
		Access: &reports.Access{Kind: reports.Read, Size: 4, Addr: 0x1e44, Field: "tid", Where: "inside", Offset: 4, Region: 64},
		Object: reports.Object{Type: "tasklet", Seq: 7, Size: 64},
		Use: &reports.Moment{Op: 8, Text: timer, Func: "qc_stream_buf_free", Stack: frames(append([]string{
			"~tasklet_wakeup task.go:152", "qc_stream_buf_free quic_stream.go:42", "qc_stream_desc_release quic_stream.go:118",
			"qcs_free mux_quic.go:71"}, release...)...)},
		Free: &reports.Moment{Op: 8, Text: timer, Func: "qcc_release", Stack: frames(append([]string{"~__pool_free pool.go:84",
			"~tasklet_free task.go:131", "~(*QCC).freeTasklet mux_quic.go:395"}, release...)...)},
		Alloc: &reports.Moment{Op: -1, Func: "qmux_init", Stack: frames("~__pool_alloc pool.go:72", "~tasklet_new task.go:111", "qmux_init mux_quic.go:1002",
			"session_accept_fd connection.go:88")},
		ShadowRows: []string{
			"  arena+0x1d80: fa fa 00 00 00 00 00 00 fa fa 00 00 00 00 00 00",
			"=>arena+0x1e00: fa fa 00 00 fa fa fa fa[fd]fd fd fd fd fd fd fd",
			"  arena+0x1e80: fa fa 00 00 00 00 00 00 00 00 00 00 fa fa fa fa",
		},
		NearMisses: ladder("quota-full conn-full unsent-only-buffer release-entered wake-after-free", 5, 5, 8, 8, 8),
		AsShipped: []reports.Consequence{
			{Base: 0x7f7300000000, Link: 0x7f7300001f30, Field: "tid", Value: 32627, Outcome: "wild index",
				Text: "Bit 0x40 of the link is clear, so the tasklet does not look queued; the wake takes tid for a thread and appends " +
					"to ha_thread_ctx[32627], far behind the array's end: SIGSEGV."},
			{Base: 0x55b900000000, Link: 0x55b900001f30, Field: "tid", Value: 21945, Outcome: "wild index",
				Text: "Bit 0x40 of the link is clear, so the tasklet does not look queued; the wake takes tid for a thread and appends " +
					"to ha_thread_ctx[21945], far behind the array's end: SIGSEGV."},
		},
		Program: program2494, History: history2494(),
		Proof: &reports.Proof{Minimal: true, Ops: 9, From: 57,
			Text: "1-minimal: no op can go (9 tried), no value get smaller (12 tried); 214 programs run"},
		Reproduce: []string{
			"go tool lastwake run corpus/crash/mux/heap-use-after-free-qc_stream_buf_free.txtar",
			"LASTWAKE_FAULTS=HAPROXY-bd384a359 go test ./fuzz/mux -run 'FuzzMux/5d1c7e0b9f7b7b1a'",
		},
	}
}

// newAbsolute is a finding that nobody knows yet, printed with absolute
// addresses, hit while settling.
func newAbsolute() *reports.Record {
	r := tasklet2494()
	r.Title = "a stream is used after qcs_free"
	r.Signature = "heap-use-after-free | qcs | qcc_io_send | qcs_free | qcs_new"
	r.Known, r.File, r.Fault, r.NearMisses, r.AsShipped, r.Proof, r.Faults = false, "", nil, nil, nil, nil, nil
	r.Access = &reports.Access{Kind: reports.Write, Size: 8, Addr: 0x2488, Field: "el_send.n", Where: "inside", Offset: 0x88, Region: 376}
	r.Object = reports.Object{Type: "qcs", Seq: 12, Size: 376}
	r.Base = 0x7f7300000000
	r.ShadowRows = nil
	r.Program = "lastwake/1 mux app=h3\npeer.stream c0/s0 headers fin\nrun.mux c0\n"
	r.History = []reports.OpLine{
		{Text: "peer.stream c0/s0 headers fin", Outcome: "done"}, {Text: "run.mux c0", Outcome: "not queued"},
		{Text: "app.detach c0/s0", Outcome: "done", Settle: true}, {Text: "run.mux c0", Outcome: "done", Settle: true},
	}
	r.Use = &reports.Moment{Op: 3, Text: "run.mux c0", Func: "qcc_io_send", Stack: frames("~list_del list.go:40", "qcc_io_send mux_quic.go:640")}
	r.Free = &reports.Moment{Op: 2, Text: "app.detach c0/s0", Func: "qcs_free", Stack: frames("qcs_free mux_quic.go:80", "qcs_destroy mux_quic.go:95")}
	r.Alloc = &reports.Moment{Op: 0, Text: "peer.stream c0/s0 headers fin", Func: "qcs_new", Stack: frames("qcs_new mux_quic.go:31")}
	r.Reproduce = []string{"go tool lastwake run reports/out/crashes/heap-use-after-free-qcc_io_send.txtar"}
	return r
}

// small returns a record with what every finding has.
func small(class, title, signature string) *reports.Record {
	return &reports.Record{
		Version: reports.Version, Target: "mux", Class: class, Title: title, Signature: signature,
		Program: "lastwake/1 mux app=hq\npeer.stop c0/s0\nrun.mux c0\n",
		Use: &reports.Moment{Op: 1, Text: "run.mux c0", Func: "qcs_send_reset",
			Stack: frames("~pool_free pool.go:60", "qcs_send_reset mux_quic.go:512", "qcc_io_send mux_quic.go:700")},
		Alloc:     &reports.Moment{Op: 1, Text: "run.mux c0", Func: "qcs_send_reset", Stack: frames("~qc_frm_alloc frame.go:22", "qcs_send_reset mux_quic.go:490")},
		Reproduce: []string{"go tool lastwake run reports/out/crashes/" + class + "-x.txtar"},
	}
}

func doubleFreed() *reports.Record {
	r := small("double-free", "a frame is freed a second time after a fatal send error",
		"double-free | quic_frame | qcs_send_reset | qc_free_tx_packet | qcs_send_reset")
	r.Access = &reports.Access{Kind: reports.Freed, Addr: 0x5c0, Where: "inside", Region: 96}
	r.Object = reports.Object{Type: "quic_frame", Seq: 3, Size: 96}
	r.Free = &reports.Moment{Op: 1, Text: "run.mux c0", Func: "qc_free_tx_packet", Stack: frames("~qc_frm_free frame.go:41", "qc_free_tx_packet quic_tx.go:77")}
	return r
}

func wronglyFreed() *reports.Record {
	r := small("alloc-dealloc-mismatch", "a task goes back to the pool of tasklets", "alloc-dealloc-mismatch | task | qcs_send_reset | - | qmux_init")
	r.Access = &reports.Access{Kind: reports.Freed, Addr: 0x680, Where: "inside", Region: 80}
	r.Object = reports.Object{Type: "task", Pool: "tasklet", Size: 80}
	return r
}

func innerFree() *reports.Record {
	r := small("bad-free", "an address inside of an object is freed", "bad-free | qcs | qcs_send_reset | - | qcs_new")
	r.Access = &reports.Access{Kind: reports.Freed, Addr: 0x690, Field: "el_send", Where: "inside", Offset: 16, Region: 80}
	r.Object = reports.Object{Type: "qcs", Size: 80}
	return r
}

func overflow() *reports.Record {
	r := small("heap-buffer-overflow", "a byte behind the buffer is written", "heap-buffer-overflow | buffer | qcs_send_reset | - | b_alloc")
	r.Access = &reports.Access{Kind: reports.Write, Size: 1, Addr: 0x143c, Where: "after", Offset: 0, Region: 60}
	r.Object = reports.Object{Type: "buffer", Size: 60}
	return r
}

func underflow() *reports.Record {
	r := overflow()
	r.Title = "a byte before the buffer is read"
	r.Access = &reports.Access{Kind: reports.Read, Size: 1, Addr: 0x13ff, Where: "before", Offset: 1, Region: 60}
	return r
}

func uninitialisedRead() *reports.Record {
	r := small("use-of-uninitialized-value", "a field is read that nobody wrote", "use-of-uninitialized-value | qcs | qcs_free | - | qcs_new")
	r.Access = &reports.Access{Kind: reports.Read, Size: 8, Addr: 0x8c8, Field: "rx.app_buf.area", Where: "inside", Offset: 200, Region: 376}
	r.Object = reports.Object{Type: "qcs", Size: 376}
	return r
}

func outOfScope() *reports.Record {
	r := small("stack-use-after-scope", "a list head is used after its function returned",
		"stack-use-after-scope | list | qc_release_frm | qc_dgrams_retransmit | qc_dgrams_retransmit")
	r.Access = &reports.Access{Kind: reports.Write, Size: 8, Addr: 0x918, Field: "p", Where: "inside", Offset: 8, Region: 16}
	r.Object = reports.Object{Type: "list", Size: 16}
	r.Free = &reports.Moment{Op: 0, Text: "run.timer c0 pto", Func: "qc_dgrams_retransmit", Stack: frames("qc_dgrams_retransmit quic_tx.go:210")}
	return r
}

func nullField() *reports.Record {
	r := small("null-dereference", "STOP_SENDING for a stream without an endpoint", "null-dereference | sedesc | qcc_recv_stop_sending | - | -")
	r.Access = &reports.Access{Kind: reports.Read, Size: 8, Addr: 0x18, Outside: true, Field: "sc"}
	r.Object, r.Alloc = reports.Object{Type: "sedesc"}, nil
	return r
}

func wildIndex() *reports.Record {
	r := small("wild-access", "the wake of a freed tasklet takes a heap address for a thread", "wild-access | thread_ctx | tasklet_wakeup | - | -")
	r.Access = &reports.Access{Kind: reports.Write, Size: 8, Addr: 0x7f7304accb50, Outside: true}
	r.Object, r.Alloc = reports.Object{Type: "thread_ctx"}, nil
	return r
}

func leaked() *reports.Record {
	r := small("leak", "two stream buffers are left after the connection is gone", "leak | qc_stream_buf | - | - | qc_stream_buf_alloc")
	r.Object = reports.Object{Type: "qc_stream_buf", Size: 48, Count: 2, Owner: "qc_stream_desc.buf_list, freed by quic_conn_release in op 1"}
	r.Use = nil
	r.Detail = "48 bytes, allocated in op 1; last held by qc_stream_desc.buf_list, freed by quic_conn_release in op 1"
	return r
}

func unmapped() *reports.Record {
	r := small("wild-unmap", "freeing a mapped ring unmaps its descriptor on the heap instead of its storage",
		"wild-unmap | ring | startup_logs_free | - | ring_make_from_area")
	r.Target, r.Program = "process", "lastwake/1 process\nproc.fork\nproc.switch x1\nproc.worker\n"
	r.Detail = "munmap of 1024 bytes of heap by x1 (pid 101), 96 bytes past the start of a page: the kernel refuses (EINVAL), which nobody looks at"
	r.Object = reports.Object{Type: "ring", Seq: 8, Size: 64}
	r.Use = &reports.Moment{Op: 2, Text: "proc.worker", Func: "startup_logs_free", Stack: frames("~munmap mmap.go:93", "startup_logs_free errors.go:106", "main haproxy.go:101")}
	r.Alloc = &reports.Moment{Op: -1, Func: "ring_make_from_area", Stack: frames("~malloc world.go:154", "ring_make_from_area ring.go:68")}
	r.Victims = []string{"ring of 64 bytes, allocated at the start", `environ string of 8 bytes, allocated in op 0: "FOO=b|r"`}
	r.AsShipped = []reports.Consequence{
		{Setting: "munmap=linux pad=0", Outcome: "silent", Text: "the run goes on as if nothing had happened"},
		{Setting: "munmap=linux pad=144", Outcome: "dies in strncmp, called by unsetenv", Text: "a read of unmapped memory in op 3",
			Stack: frames("~strncmp libc_string.go:53", "unsetenv libc_setenv.go:284", "main haproxy.go:104")},
	}
	return r
}

func bugged() *reports.Record {
	r := small("bug-on", "a closed stream is opened", "bug-on | qcs_idle_open: qcs->st == QC_SS_CLO | qcc_recv_stop_sending | peer.stop")
	r.Invariant, r.Cond = "qcs_idle_open: qcs->st == QC_SS_CLO", "qcs->st == QC_SS_CLO"
	r.Detail = `bug condition "qcs->st == QC_SS_CLO" matched in qcs_idle_open`
	r.Alloc = nil
	r.Use = &reports.Moment{Op: 0, Text: "peer.stop c0/s0", Func: "qcs_idle_open",
		Stack: frames("qcs_idle_open mux_quic.go:133", "qcc_recv_stop_sending mux_quic.go:402")}
	return r
}

func frozen() *reports.Record {
	r := small("lost-wakeup", "unsent bytes pin the buffer of a released stream, and the connection runs out of buffers for good",
		"lost-wakeup | desc-unfreed | qc_stream_desc | app.detach")
	r.Known, r.Fault, r.Faults = true, refOf(fault.HAPROXY_ad6b13d31), []string{"HAPROXY-ad6b13d31"}
	r.Invariant = "desc-unfreed"
	r.Detail = "c0: 1 descriptors released, nothing left to be acked, not freed"
	r.Also = []string{"lost-wakeup | conn-full | qcc | run.mux", "lost-wakeup | stream-pending | qcs | app.send"}
	r.Object = reports.Object{Type: "qc_stream_desc"}
	r.Use = &reports.Moment{Op: 5, Text: "app.detach c0/s0"}
	r.Alloc = nil
	r.NearMisses = ladder("buffer-partly-sent stream-reset released-with-unsent-bytes sent-bytes-acked stream-refused", 2, 3, 5, 7, -1)
	r.Proof = &reports.Proof{Ops: 8, From: 8, Text: "not proved minimal: stopped by budget; 5000 programs run"}
	return r
}

func miscounted() *reports.Record {
	r := small("accounting", "the sum of the streams and the connection's own count differ", "accounting | tx-offsets | qcc | peer.stop")
	r.Invariant = "tx-offsets"
	r.Detail = "c0: the connection counts 160 bytes prepared, its streams 80"
	r.Object, r.Alloc = reports.Object{Type: "qcc"}, nil
	r.Use = &reports.Moment{Op: 0, Text: "peer.stop c0/s0"}
	return r
}

func endless() *reports.Record {
	r := small("step-budget", "the send loop does not end", "step-budget | qcc_io_send | - | run.mux")
	r.Invariant, r.Detail, r.Alloc = "qcc_io_send", "the op does not end", nil
	return r
}

func hanging() *reports.Record {
	r := small("dangling-subscription", "the transport keeps its subscriber after the MUX is gone", "dangling-subscription | quic_conn.subs -> wait_event | wait_event | run.timer")
	r.Invariant, r.Detail = "quic_conn.subs -> wait_event", "a live object points at a freed one: quic_conn.subs -> wait_event"
	r.Object, r.Alloc = reports.Object{Type: "wait_event"}, nil
	r.Use = &reports.Moment{Op: 1, Text: "run.timer c0 mux"}
	return r
}

func wokenDead() *reports.Record {
	r := small("wake-of-freed-tasklet", "the MUX is woken through a pointer that outlived it", "wake-of-freed-tasklet | wake | tasklet | net.ok")
	r.Invariant, r.Detail = "wake", "a freed task or tasklet was woken"
	r.Object, r.Alloc = reports.Object{Type: "tasklet"}, nil
	r.Use = &reports.Moment{Op: 1, Text: "net.ok c0"}
	return r
}

var records = map[string]func() *reports.Record{
	"uaf-2494": tasklet2494, "uaf-new-absolute": newAbsolute, "double-free": doubleFreed, "wrong-pool": wronglyFreed, "bad-free": innerFree,
	"overflow-right": overflow, "overflow-left": underflow, "uninitialised": uninitialisedRead, "scope": outOfScope, "null": nullField,
	"wild": wildIndex, "wild-unmap": unmapped, "leak": leaked, "bug-on": bugged, "lost-wakeup": frozen, "accounting": miscounted, "step-budget": endless,
	"wake-of-freed": wokenDead, "dangling": hanging,
}
