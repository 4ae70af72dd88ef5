package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// opBudget is how many steps of loops one op may take.
const opBudget = 1 << 16

// A World is one machine: a kernel, the processes that live on it, and the
// memory of the one that runs. It is not safe for concurrent use; several can
// live side by side.
type World struct {
	// Faults are the switches of this run.
	Faults fault.Switches

	arena *shadow.Arena
	g     *Globals // at one address in every process
	cfg   config
	// symptom: a wrong unmap does what the kernel does, and the run goes on.
	symptom bool

	procs   [maxProcs]Process
	cur     int // who runs
	nextPid int32
	shm     [maxShm]sharedMemory

	// What the op now running did with memory; failAlloc is the allocation of
	// it that fails, 0 for none.
	opAllocs, failAlloc uint32
	opFailed            bool
	failed              bool // an allocation failed at some time

	checks  Audit
	reach   reach  // scratch: what a heap's owners hold
	text    []byte // scratch: what a string is built in
	scratch []byte // scratch: what is read off memory
	pair    []byte // scratch: a variable to restore, or the list of processes
	number  []byte // scratch: a descriptor as text
	block   [][]byte

	messages bool // the op that runs does something with rings
	budget   int
	op       int32
	tracing  bool
	lines    []Line
	cov      [NumEdges]uint8
}

// A config is a program's header.
type config struct {
	libc, munmap, env uint32
	page, pad         uintptr
}

// A Budget is the panic of an op that took too many steps.
//
//lastwake:shared
type Budget struct{}

// Error describes the stop.
//
//lastwake:shared
func (*Budget) Error() string { return "step budget used up" }

// New makes a World with an arena of its own.
func New(o shadow.Options) (*World, error) {
	arena, err := shadow.New(types[:], o)
	if err != nil {
		return nil, err
	}
	if err := canary(arena); err != nil {
		return nil, err
	}
	return &World{arena: arena}, nil
}

// Reset starts a new run: the master is executed and comes up.
func (w *World) Reset(h *program.Header, f fault.Set, mode shadow.Mode, trace bool) {
	w.arena.Reset(mode)
	w.Faults.Reset(f)
	w.symptom = mode == shadow.AsShipped
	w.tracing = trace
	w.lines = w.lines[:0]
	w.cov = [NumEdges]uint8{}
	w.checks = Audit{}
	w.messages = false
	w.op = -1
	w.budget = opBudget
	w.opAllocs = 0
	w.failAlloc = 0
	w.opFailed = false
	w.failed = false
	w.nextPid = firstPid
	w.cur = 0
	for i := range w.procs {
		w.procs[i].reset()
	}
	for i := range w.shm {
		w.shm[i].refs = 0
	}
	w.cfg = config{libc: h.Set[program.KeyLibc], munmap: h.Set[program.KeyMunmap], env: h.Set[program.KeyEnv],
		page: 256 << h.Set[program.KeyPage], pad: uintptr(h.Set[program.KeyPad])}
	w.start()
	w.check()
	if w.checks != (Audit{}) {
		w.checks.AtStart = 1
	}
}

// Arena returns the memory of the World.
func (w *World) Arena() *shadow.Arena { return w.arena }

// Switches are the faults of the run, which remember the ones that it came by.
func (w *World) Switches() *fault.Switches { return &w.Faults }

// Cov returns how often each edge was taken since Reset, modulo 256. Only the
// checked twin counts.
func (w *World) Cov() []uint8 { return w.cov[:] }

// Trace returns the events since Reset, if they were asked for.
func (w *World) Trace() []Line { return w.lines }

// SetOp says which op runs next, for traces and for the chunks of the arena.
func (w *World) SetOp(i int32) {
	w.op = i
	w.arena.SetOp(i)
}

// spend takes one step from the budget.
//
//lastwake:primitive
func (w *World) spend() {
	w.budget--
	if w.budget < 0 {
		panic(&Budget{})
	}
}

// malloc returns n objects of kind k in a row, or nil when this is the
// allocation that the op's !alloc modifier makes fail.
//
//lastwake:c malloc libc
//lastwake:primitive
func (w *World) malloc(k shadow.Kind, n uintptr) unsafe.Pointer {
	w.opAllocs++
	if w.opAllocs == w.failAlloc {
		w.opFailed = true
		w.failed = true
		return nil
	}
	return w.arena.AllocRow(k, n)
}

// free ends the life of what malloc returned; nil is ignored.
//
//lastwake:c free libc
//lastwake:primitive
func (w *World) free(k shadow.Kind, p unsafe.Pointer) { w.arena.FreeRow(k, p) }

// me is the process that runs.
//
//lastwake:primitive
func (w *World) me() *Process { return &w.procs[w.cur] }
