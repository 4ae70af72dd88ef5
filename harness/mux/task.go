package mux

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// State bits of tasks and tasklets, include/haproxy/task-t.h.
const (
	taskRunning    = 0x00000001 // the task is currently running
	taskQueued     = 0x00000004 // the task is in the run queue
	taskInList     = 0x00000040 // the tasklet is in a run list
	taskKilled     = 0x00000080 // it will be freed instead of run
	taskWokenTimer = 0x00000200
	taskWokenOther = 0x00004000
	taskUSR1       = 0x00010000 // TASK_F_USR1: of a mux's tasklet, the connection may be idle
)

// eternity is TICK_ETERNITY: the timer is not armed.
const eternity = 0

// numThreads is the number of logical threads, nbthread.
const numThreads = 2

// The functions that a task or a tasklet can run. An object of the model
// holds a number instead of a C function pointer.
const (
	procNone uint64 = iota
	procQccIOCb
	procQuicConnAppIOCb
	procQuicConnClosedIOCb
	procScConnIOCb
	procQccTimeoutTask
	procQcProcessTimer
	procQcIdleTimerTask
	procQuicConnClosedIdleTimerTask
	procSrvCleanupIdleConns
	procSrvCleanupToremoveConns
)

// A Tasklet is struct tasklet: something that runs once when it is woken. The
// first 32 bytes are the ones that the pool's cache overwrites when the
// tasklet is freed.
//
//lastwake:managed
type Tasklet struct {
	State    uint32         `c:"state"`
	TID      int32          `c:"tid"` // thread to run on, -1 for the waker's own
	Process  uint64         `c:"process"`
	Context  unsafe.Pointer `c:"context"`
	Caller   uint64         `c:"caller"` // last waker; bit 0 set by tasklet_free
	WakeDate uint32         `c:"wake_date"`
	Calls    uint32         `c:"calls"`
	List     List           `c:"list"`
	Pad      uint64         `c:"(padding)"`
}

// A Task is struct task: something that runs when it is woken or when its
// timer expires.
//
//lastwake:managed
type Task struct {
	State    uint32         `c:"state"`
	TID      int32          `c:"tid"`
	Process  uint64         `c:"process"`
	Context  unsafe.Pointer `c:"context"`
	Caller   uint64         `c:"caller"`
	WakeDate uint32         `c:"wake_date"`
	Calls    uint32         `c:"calls"`
	RQ       List           `c:"rq"`     // in the run queue
	WQ       Eb64Node       `c:"wq"`     // in the wait queue, key is the date
	Expire   uint64         `c:"expire"` // ms, eternity when not armed
}

// A ThreadCtx is struct thread_ctx: what one thread has to run.
//
// Deviation: one run list stands for the four classes of tasklets; which
// tasklet runs next is chosen by the program's ops.
//
//lastwake:managed
type ThreadCtx struct {
	Tasklets          List           `c:"tasklets"`
	SharedTaskletList List           `c:"shared_tasklet_list"`
	RQueue            List           `c:"rqueue"`
	Timers            EbRoot         `c:"timers"`
	MuxStopping       List           `c:"mux_stopping_data"` // connections told to stop, mux_stopping_data[tid].list
	Current           unsafe.Pointer `c:"current"`
	RQTotal           uint64         `c:"rq_total"`
	AcceptList        List           `c:"quic_accept.conns"`  // connections with a handshake and no upper half
	AcceptQueue       *Connection    `c:"accept_queue_rings"` // one that another thread has sent here
	Pad               [58]uint64     `c:"(other fields)"`     // far more than the model's part of it
}

func taskletOfList(n *List) *Tasklet {
	return shadow.ContainerOf[Tasklet](unsafe.Pointer(n), unsafe.Offsetof(Tasklet{}.List))
}

func taskOfRQ(n *List) *Task {
	return shadow.ContainerOf[Task](unsafe.Pointer(n), unsafe.Offsetof(Task{}.RQ))
}

func taskOfWQ(n *Eb64Node) *Task {
	return shadow.ContainerOf[Task](unsafe.Pointer(n), unsafe.Offsetof(Task{}.WQ))
}

// thread models ha_thread_ctx[thr]: plain array arithmetic that nobody checks,
// exactly as in C. A thread number read from freed memory leads out of the
// array.
//
//lastwake:primitive
func (w *World) thread(thr int32) *ThreadCtx { return shadow.Index(w.threads, thr) }

// taskletNew models tasklet_new: a tasklet that is not bound to a thread.
//
//lastwake:c tasklet_new include/haproxy/task.h
//lastwake:primitive
func (w *World) taskletNew() *Tasklet {
	t := (*Tasklet)(w.alloc(kindTasklet))
	if t == nil {
		return nil
	}
	t.State = 0
	t.TID = -1
	t.Process = procNone
	t.Context = nil
	t.Caller = 0
	t.Calls = 0
	t.List.Init()
	return t
}

// Free models tasklet_free: the tasklet leaves its run list and goes back to
// the pool at once, whether it was queued or is the one that runs right now.
//
//lastwake:c tasklet_free include/haproxy/task.h
//lastwake:primitive
func (t *Tasklet) Free(w *World) {
	if t == nil {
		return
	}
	if t.List.InList() {
		t.List.DelInit()
		here := w.thread(w.tid)
		here.RQTotal--
	}
	caller := t.Caller
	w.bugOn(caller&1 != 0, "(ulong)tl->caller & 1")
	t.Caller = 1 // make sure to crash if used after free
	w.free(kindTasklet, unsafe.Pointer(t))
}

// Wakeup models tasklet_wakeup: the tasklet runs soon, on its own thread. A
// tasklet that is queued already stays where it is. Since 3.2 a wake leaves its
// reason, and the bit that says queued is the tasks'.
//
//lastwake:c tasklet_wakeup include/haproxy/task.h
//lastwake:primitive
func (t *Tasklet) Wakeup(w *World, from Func) {
	thr := t.TID
	state := t.State
	queued := uint32(taskInList)
	if w.cfg.era >= era32 {
		queued = taskQueued
		state |= taskWokenOther
		t.State = state
	}
	if state&queued != 0 {
		return
	}
	t.State = state | queued
	caller := t.Caller
	t.Caller = uint64(from) << 1
	w.bugOn(caller&1 != 0, "(ulong)caller & 1")
	t.wakeupOn(w, thr)
}

// wakeupOn models __tasklet_wakeup_on.
//
//lastwake:c __tasklet_wakeup_on src/task.c
//lastwake:primitive
func (t *Tasklet) wakeupOn(w *World, thr int32) {
	if thr < 0 {
		here := w.thread(w.tid)
		here.Tasklets.Append(&t.List)
		here.RQTotal++
		return
	}
	there := w.thread(thr)
	there.SharedTaskletList.Append(&t.List)
	there.RQTotal++
}

// Kill models tasklet_kill: the tasklet is freed instead of run, by its own
// thread, when its turn comes.
//
//lastwake:c tasklet_kill src/task.c
//lastwake:primitive
func (t *Tasklet) Kill(w *World) {
	thr := t.TID
	state := t.State
	w.bugOn(state&taskKilled != 0, "state & TASK_KILLED")
	queued := uint32(taskInList)
	if w.cfg.era >= era32 {
		queued = taskQueued
	}
	t.State = state | queued | taskKilled
	if state&queued == 0 {
		t.wakeupOn(w, thr)
	}
}

// Queued reports whether the tasklet waits to run.
//
//lastwake:primitive
func (t *Tasklet) Queued() bool { return t.State&(taskInList|taskQueued) != 0 }

// runTasklet models the part of run_tasks_from_lists that runs one tasklet. In
// 2.9 nobody looks at what the handler returns.
//
//lastwake:c run_tasks_from_lists src/task.c
func (w *World) runTasklet(t *Tasklet) {
	t.List.DelInit()
	here := w.thread(w.tid)
	here.RQTotal--
	if w.cfg.era >= era32 {
		w.runOwned(t)
		return
	}
	state := t.State
	t.State = state &^ taskInList
	if state&taskKilled != 0 {
		w.free(kindTasklet, unsafe.Pointer(t))
		return
	}
	t.Calls++
	w.setCurrent(unsafe.Pointer(t))
	w.call(t.Process, t.Context)
	w.setCurrent(nil)
}

// runOwned runs a tasklet as 3.2 does: while it runs it is RUNNING, and a
// thread that finds it so waits. The handler returns its tasklet unless it has
// freed it; nobody else takes RUNNING off.
//
//lastwake:c run_tasks_from_lists src/task.c
func (w *World) runOwned(t *Tasklet) {
	for t.State&taskRunning != 0 {
		w.spend()
	}
	state := t.State
	t.State = taskRunning | state&taskUSR1
	process := t.Process
	if state&taskKilled != 0 || process == procNone {
		w.free(kindTasklet, unsafe.Pointer(t))
		return
	}
	t.Calls++
	w.setCurrent(unsafe.Pointer(t))
	alive := w.call(process, t.Context)
	w.setCurrent(nil)
	w.judgeReturn(unsafe.Pointer(t), alive)
	if alive {
		t.State &^= taskRunning
	}
}

//lastwake:primitive
func (w *World) setCurrent(t unsafe.Pointer) {
	here := w.thread(w.tid)
	here.Current = t
}

// call runs the tasklet handler with number process; it reports whether the
// handler returned its tasklet.
//
//lastwake:primitive
func (w *World) call(process uint64, ctx unsafe.Pointer) bool {
	switch process {
	case procQccIOCb:
		return (*QCC)(ctx).IOCb(w)
	case procQuicConnAppIOCb:
		return (*QuicConn)(ctx).AppIOCb(w)
	case procQuicConnClosedIOCb:
		return (*QuicConnClosed)(ctx).IOCb(w)
	case procScConnIOCb:
		return (*Stconn)(ctx).IOCb(w)
	}
	return true
}

// taskNew models task_new_here: a task of this thread, not armed.
//
//lastwake:c task_new_here include/haproxy/task.h
//lastwake:primitive
func (w *World) taskNew() *Task { return w.taskNewOn(w.tid) }

// taskNewOn models task_new_on: a task of thread thr, not armed.
//
//lastwake:c task_new_on include/haproxy/task.h
//lastwake:primitive
func (w *World) taskNewOn(thr int32) *Task {
	t := (*Task)(w.alloc(kindTask))
	if t == nil {
		return nil
	}
	t.State = 0
	t.TID = thr
	t.Process = procNone
	t.Context = nil
	t.Caller = 0
	t.Calls = 0
	t.RQ.Init()
	t.WQ.Root = nil
	t.Expire = eternity
	return t
}

// Destroy models task_destroy: a task that runs right now or waits for nothing
// is freed; one that is queued loses its function and is freed by the
// scheduler when its turn comes.
//
//lastwake:c task_destroy include/haproxy/task.h
//lastwake:primitive
func (t *Task) Destroy(w *World) {
	if t == nil {
		return
	}
	t.WQ.Delete()
	current := w.thread(w.tid).Current == unsafe.Pointer(t)
	if current || t.State&(taskQueued|taskRunning) == 0 {
		w.taskFree(t)
		return
	}
	t.Process = procNone
}

// taskFree models __task_free.
//
//lastwake:c __task_free include/haproxy/task.h
//lastwake:primitive
func (w *World) taskFree(t *Task) {
	if w.thread(w.tid).Current == unsafe.Pointer(t) {
		w.setCurrent(nil)
	}
	caller := t.Caller
	w.bugOn(caller&1 != 0, "(ulong)t->caller & 1")
	t.Caller = 1
	w.free(kindTask, unsafe.Pointer(t))
}

// Kill models task_kill: the task is freed instead of run, by its own thread,
// when its turn comes.
//
// Deviation: the C queues it among the tasklets.
//
//lastwake:c task_kill src/task.c
//lastwake:primitive
func (t *Task) Kill(w *World) {
	state := t.State
	w.bugOn(state&taskKilled != 0, "state & TASK_KILLED")
	t.State = state | taskQueued | taskKilled
	if state&(taskQueued|taskRunning) == 0 {
		t.enqueue(w)
	}
}

// Wakeup models task_wakeup: the task goes into the run queue of its thread.
//
//lastwake:c task_wakeup include/haproxy/task.h
//lastwake:primitive
func (t *Task) Wakeup(w *World, why uint32) {
	state := t.State
	t.State = state | why | taskQueued
	if state&(taskQueued|taskRunning) != 0 {
		return
	}
	t.enqueue(w)
}

//lastwake:c __task_wakeup src/task.c
//lastwake:primitive
func (t *Task) enqueue(w *World) {
	ctx := w.thread(t.TID)
	ctx.RQueue.Append(&t.RQ)
	ctx.RQTotal++
}

// Queue models task_queue: the timer is armed for Expire, unless the task
// waits for an earlier date already. A task that is not armed is left alone.
//
//lastwake:c task_queue include/haproxy/task.h
//lastwake:primitive
func (t *Task) Queue(w *World) {
	expire := t.Expire
	if expire == eternity {
		return
	}
	w.bugOn(t.TID != w.tid, "task->tid != tid")
	if t.WQ.Root != nil {
		if t.WQ.Key <= expire {
			return
		}
		t.WQ.Delete()
	}
	t.WQ.Key = expire
	w.thread(w.tid).Timers.Insert(w, &t.WQ)
}

// armed reports whether the task waits for a date.
//
//lastwake:primitive
func (t *Task) armed() bool { return t.Expire != eternity && t.WQ.Root != nil }

// wakeExpiredTasks models wake_expired_tasks: each task whose date has come is
// queued to run; one whose date was put off is queued for its new date.
//
//lastwake:c wake_expired_tasks src/task.c
func (w *World) wakeExpiredTasks() {
	timers := &w.thread(w.tid).Timers
	for {
		node := timers.First()
		if node == nil || node.Key > w.nowMS {
			return
		}
		w.spend()
		task := taskOfWQ(node)
		node.Delete()
		if task.Expire == eternity {
			continue
		}
		if task.Expire > w.nowMS {
			task.Queue(w)
			continue
		}
		task.Wakeup(w, taskWokenTimer)
	}
}

// runTask models the part of run_tasks_from_lists that runs one task. A
// handler that returns NULL says that the task is gone; nothing may touch it
// afterwards, and RUNNING stays set if that was a lie.
//
//lastwake:c run_tasks_from_lists src/task.c
func (w *World) runTask(t *Task) {
	t.RQ.DelInit()
	here := w.thread(w.tid)
	here.RQTotal--
	state := t.State
	t.State = taskRunning
	process := t.Process
	if process == procNone || state&taskKilled != 0 {
		t.WQ.Delete()
		w.taskFree(t)
		return
	}
	t.Calls++
	w.setCurrent(unsafe.Pointer(t))
	alive := w.callTask(process, t, state)
	w.setCurrent(nil)
	w.judgeReturn(unsafe.Pointer(t), alive)
	if !alive {
		return
	}
	after := t.State
	t.State = after &^ taskRunning
	if after&taskQueued != 0 {
		t.enqueue(w)
		return
	}
	t.Queue(w)
}

// judgeReturn counts, for the audit, a handler that returned NULL for a task or
// tasklet that is still there, or one that it had freed.
//
//lastwake:primitive
func (w *World) judgeReturn(t unsafe.Pointer, alive bool) {
	if alive != w.live(t) {
		w.badReturns++
	}
}

// callTask runs the task handler with number process; it reports whether the
// handler returned its task.
//
//lastwake:primitive
func (w *World) callTask(process uint64, t *Task, state uint32) bool {
	ctx := t.Context
	switch process {
	case procQccTimeoutTask:
		return w.qccTimeoutTask(t, (*QCC)(ctx))
	case procQcProcessTimer:
		return w.qcProcessTimer(t, (*QuicConn)(ctx))
	case procQcIdleTimerTask:
		return w.qcIdleTimerTask(t, (*QuicConn)(ctx), state)
	case procQuicConnClosedIdleTimerTask:
		return w.quicConnClosedIdleTimerTask((*QuicConnClosed)(ctx))
	case procSrvCleanupIdleConns:
		return w.srv.cleanupIdleConns(w, t)
	case procSrvCleanupToremoveConns:
		return w.srv.cleanupToremoveConns(w)
	}
	return true
}

// splice moves what other threads have queued for this one into its own run
// list, as process_runnable_tasks does first.
//
//lastwake:c process_runnable_tasks src/task.c
func (w *World) spliceShared() {
	ctx := w.thread(w.tid)
	for !ctx.SharedTaskletList.IsEmpty() {
		n := w.next(&ctx.SharedTaskletList)
		n.DelInit()
		ctx.Tasklets.Append(n)
	}
}
