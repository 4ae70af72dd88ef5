package mux

import (
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// What no program can ask of the scheduler: other threads and killed tasks.

// emptyWorld is a world in which nothing exists yet.
func emptyWorld(t *testing.T) *World {
	t.Helper()
	w := newWorld(t)
	h := program.NewHeader(program.Mux)
	h.Set[program.KeyStart] = 1 // closed
	w.Reset(&h, fault.Set{}, shadow.Plain, false)
	return w
}

func (w *World) liveObjects() (n int) {
	w.arena.EachLive(func(shadow.Chunk) bool { n++; return true })
	return n
}

// A tasklet that is bound to a thread is queued there, through the list that
// threads share; one that is not stays with its waker.
func TestTaskletIsQueuedOnItsThread(t *testing.T) {
	for _, tid := range []int32{-1, 0, 1} {
		w := emptyWorld(t)
		tl := w.taskletNew()
		tl.TID = tid
		tl.Wakeup(w, fnQccIOSend)
		tl.Wakeup(w, fnQccSetError) // is queued already: nothing happens
		if got := Func(tl.Caller >> 1); got != fnQccIOSend {
			t.Errorf("tid %d: woken by %s, want the first waker", tid, got)
		}
		for thr := range int32(numThreads) {
			ctx := w.thread(thr)
			own, shared := uint64(0), uint64(0)
			w.walk(&ctx.Tasklets, func(*List) { own++ })
			w.walk(&ctx.SharedTaskletList, func(*List) { shared++ })
			wantOwn, wantShared := uint64(0), uint64(0)
			switch {
			case tid == thr:
				wantShared = 1
			case tid < 0 && thr == w.tid:
				wantOwn = 1
			}
			if own != wantOwn || shared != wantShared || ctx.RQTotal != own+shared {
				t.Errorf("tid %d: thread %d has %d own, %d shared, rq_total %d", tid, thr, own, shared, ctx.RQTotal)
			}
		}
	}
}

// A tasklet or task that was killed is freed when its turn comes, not run.
func TestKilledIsFreed(t *testing.T) {
	w := emptyWorld(t)
	before := w.liveObjects()
	tl := w.taskletNew()
	tl.Process, tl.Context = procScConnIOCb, nil // running it would fault
	tl.State |= taskKilled
	tl.Wakeup(w, fnQccIOSend)
	w.runTasklet(tl)
	task := w.taskNew()
	task.Process, task.Context = procQccTimeoutTask, unsafe.Pointer(task)
	task.Wakeup(w, taskWokenOther|taskKilled)
	task.Expire = 5000
	task.Queue(w)
	w.runTask(task)
	if n := w.liveObjects(); n != before {
		t.Errorf("%d objects are left", n-before)
	}
	ctx := w.thread(w.tid)
	if ctx.RQTotal != 0 || !ctx.Timers.IsEmpty() {
		t.Errorf("rq_total %d, timers empty %t", ctx.RQTotal, ctx.Timers.IsEmpty())
	}
}

// tasklet_free takes a queued tasklet out of its list at once; task_destroy
// leaves a queued task to the scheduler.
func TestFreeOfWhatIsQueued(t *testing.T) {
	w := emptyWorld(t)
	before := w.liveObjects()
	tl := w.taskletNew()
	tl.Wakeup(w, fnQccIOSend)
	tl.Free(w)
	task := w.taskNew()
	task.Process = procQccTimeoutTask
	task.Wakeup(w, taskWokenOther)
	task.Destroy(w)
	ctx := w.thread(w.tid)
	if n := w.liveObjects() - before; n != 1 || !ctx.Tasklets.IsEmpty() || ctx.RQueue.IsEmpty() || ctx.RQTotal != 1 {
		t.Errorf("%d objects live, rq_total %d", n, ctx.RQTotal)
	}
	w.runTask(task)
	if n := w.liveObjects() - before; n != 0 {
		t.Errorf("%d objects are left", n)
	}
}

// task_queue keeps the earlier of two dates, and the task runs at neither if
// it was put off: it goes back to wait.
func TestQueueKeepsTheEarlierDate(t *testing.T) {
	w := emptyWorld(t)
	task := w.taskNew()
	task.Process = procQccTimeoutTask
	dates := []struct{ expire, want uint64 }{{3000, 3000}, {5000, 3000}, {2000, 2000}, {eternity, 2000}}
	for _, d := range dates {
		task.Expire = d.expire
		task.Queue(w)
		if first := w.thread(w.tid).Timers.First(); first == nil || first.Key != d.want {
			t.Fatalf("expire %d: queued for %v, want %d", d.expire, first, d.want)
		}
	}
	task.Expire = 4000
	w.nowMS = 2500
	w.wakeExpiredTasks()
	if first := w.thread(w.tid).Timers.First(); first == nil || first.Key != 4000 || task.State&taskQueued != 0 {
		t.Error("a task that was put off is not queued for its new date")
	}
	w.nowMS = 4000
	w.wakeExpiredTasks()
	if task.State&taskQueued == 0 {
		t.Error("a task whose date has come does not run")
	}
}
