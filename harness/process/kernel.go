package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The sizes of the kernel's tables.
const (
	maxProcs = 6
	maxFDs   = 16
	maxVMAs  = 12
	maxShm   = 16
	firstPid = 100
)

// The states of a process.
const (
	procNone = iota
	procRunning
	procZombie
)

// The roles of a process.
const (
	roleMaster = iota
	roleChild  // forked, and still what its parent was
	roleWorker
)

// A Process is what the kernel knows of one, and what the model expects of its
// environment.
type Process struct {
	image shadow.Image // its memory, while another process runs
	kernelState
}

// kernelState is what fork copies.
type kernelState struct {
	state  uint8
	role   uint8
	parent int
	pid    int32
	fds    [maxFDs]fd
	vmas   [maxVMAs]vma

	want    envMap // what the environment should be
	initial sight  // what it was when the program was executed
	booted  sight  // what it was when the master had come up
	backup  envMap // what init_env should hold

	heldStable bool // what env.get keeps can still be read
	walk       int32
	find       int32
	putFrom    [numNames]uint8 // where the string given to putenv last lies, plus 1
	saved      procList        // what was last written to HAPROXY_PROCESSES
	// tainted: HAPROXY_PROCESSES said what no master had written there for this
	// one, so that the list's sockets may be anybody's.
	tainted bool
	end     int    // the worker's end of the sockets that fork gave it, 0 for none
	hidden  bool   // HAPROXY_STARTUPLOGS_FD was changed by somebody else
	asleep  uint64 // the sum of the process when it stopped running, 0 if it runs

	block        unsafe.Pointer // the initial environment's strings
	blockSize    uintptr
	blockHash    uint32
	envArray     unsafe.Pointer // and its array
	envArraySize uintptr
}

// An fd is an open file descriptor.
type fd struct {
	open bool
	keep bool // survives exec
	role uint8
	shm  int // index of the shared memory behind it
}

// The roles of a descriptor.
const (
	fdStd = iota
	fdShm
	fdIPC // the master's end of a pair of sockets
	fdEnd // the worker's
	fdApp
)

// A vma is a mapping.
type vma struct {
	addr unsafe.Pointer
	size uintptr
	shm  int // -1: private
}

// sharedMemory is a file in memory.
type sharedMemory struct {
	refs int
	size uintptr
	data [maxShmBytes]byte
}

const maxShmBytes = 4096

// reset empties the slot and keeps the image's memory.
func (p *Process) reset() { p.kernelState = kernelState{} }

// fork makes a child of the process that runs and returns its number, -1 if
// the table is full. Private memory is copied, mappings and descriptors are
// shared.
//
//lastwake:c fork kernel
//lastwake:primitive
func (w *World) fork() int {
	n := 0
	for n < maxProcs && w.procs[n].state != procNone {
		n++
	}
	if n == maxProcs {
		return -1
	}
	child := &w.procs[n]
	child.kernelState = w.me().kernelState
	child.state = procRunning
	child.parent = w.cur
	child.pid = w.nextPid
	child.role = roleChild
	w.nextPid++
	for i := range child.fds {
		if child.fds[i].open && child.fds[i].role == fdShm {
			w.shm[child.fds[i].shm].refs++
		}
	}
	for i := range child.vmas {
		if child.vmas[i].size != 0 && child.vmas[i].shm >= 0 {
			w.shm[child.vmas[i].shm].refs++
		}
	}
	w.arena.Save(&child.image)
	child.asleep = w.sumOf(child)
	w.say(evFork, uint64(n), 0)
	return n
}

// switchTo lets process n run.
//
//lastwake:primitive
func (w *World) switchTo(n int) {
	if n == w.cur {
		return
	}
	w.publish()
	w.arena.Save(&w.me().image)
	w.me().asleep = w.sumOf(w.me())
	w.resume(n)
}

// resume lets process n run and forgets the memory of the one that did.
//
//lastwake:primitive
func (w *World) resume(n int) {
	w.cur = n
	w.checkSpace()
	w.arena.Load(&w.me().image)
	for i := range w.me().vmas {
		m := &w.me().vmas[i]
		if m.size != 0 && m.shm >= 0 {
			s := &w.shm[m.shm]
			copy(w.arena.Raw(m.addr, m.size), s.data[:s.size])
		}
	}
	w.say(evSwitch, uint64(n), 0)
}

// publish writes shared memory back to what others see of it.
//
//lastwake:primitive
func (w *World) publish() {
	for i := range w.me().vmas {
		m := &w.me().vmas[i]
		if m.size != 0 && m.shm >= 0 {
			s := &w.shm[m.shm]
			copy(s.data[:s.size], w.arena.Raw(m.addr, m.size))
		}
	}
}

// execve replaces the program of the process that runs: its memory goes, its
// descriptors stay but for those closed on exec, the environment is what
// w.block holds.
//
//lastwake:c execve kernel
//lastwake:primitive
func (w *World) execve() {
	w.publish()
	p := w.me()
	for i := range p.fds {
		if p.fds[i].open && !p.fds[i].keep {
			w.closeFD(i)
		}
	}
	w.dropMappings()
	w.arena.Vacate()
	w.g = (*Globals)(w.arena.Static(kindGlobals, 1))
	w.g.ProcList.Init()
	w.layBlock()
	p.heldStable = false
	p.walk = 0
	p.find = 0
	p.putFrom = [numNames]uint8{}
	p.backup = envMap{}
	w.say(evExec, uint64(len(w.block)), 0)
}

// layBlock puts the environment at the top of the stack.
//
//lastwake:primitive
func (w *World) layBlock() {
	p := w.me()
	env := (*EnvSlot)(w.arena.Static(kindKernelEnviron, uintptr(len(w.block))+1))
	end := w.arena.Rel(unsafe.Pointer(env))
	p.envArray = unsafe.Pointer(env)
	p.envArraySize = (uintptr(len(w.block)) + 1) * unsafe.Sizeof(EnvSlot{})
	p.block = p.envArray
	p.want = envMap{}
	for i, text := range w.block {
		s := (*Char)(w.arena.Static(kindKernelString, uintptr(len(text))+1))
		copy(w.arena.Raw(unsafe.Pointer(s), uintptr(len(text))), text)
		w.setEntry(env, int32(i), s)
		p.block = unsafe.Pointer(s)
		p.want.start(text)
	}
	p.blockSize = end - w.arena.Rel(p.block)
	p.blockHash = hashOf(w.arena.Raw(p.block, p.blockSize))
	p.initial = w.see()
	w.g.Environ = env
}

// readBlock copies the environment for execve: every string is read.
//
//lastwake:primitive
func (w *World) readBlock() {
	w.block = w.block[:0]
	env := w.g.Environ
	if env == nil {
		return
	}
	for i := int32(0); w.entry(env, i) != nil; i++ {
		s := w.entry(env, i)
		w.addToBlock(w.read(s))
	}
}

// addToBlock adds a string to the environment for execve.
//
//lastwake:primitive
func (w *World) addToBlock(text []byte) { w.block = appendText(w.block, text) }

// appendText appends a copy of text to block, in memory that an earlier text
// has used where there is some. It has no World, so that what ran before does
// not show in the counters.
func appendText(block [][]byte, text []byte) [][]byte {
	n := len(block)
	if n < cap(block) {
		block = block[:n+1]
	} else {
		block = append(block, nil)
	}
	block[n] = append(block[n][:0], text...)
	return block
}

// exit ends the process that runs. It stays a zombie until its parent looks.
//
//lastwake:c _exit kernel
//lastwake:primitive
func (w *World) exit() {
	w.publish()
	p := w.me()
	for i := range p.fds {
		if p.fds[i].open {
			w.closeFD(i)
		}
	}
	w.dropMappings()
	w.say(evExit, uint64(w.cur), 0)
	p.state = procZombie
	if w.procs[p.parent].state != procRunning || p.parent == w.cur {
		p.state = procNone
	}
	for i := range w.procs {
		q := &w.procs[i]
		if q.state == procZombie && q.parent == w.cur {
			q.state = procNone
		}
	}
	next := w.nextRunning(p.parent)
	if next < 0 {
		w.arena.Vacate()
		return
	}
	w.resume(next)
}

// nextRunning is prefer if it runs, otherwise the first process that does, -1
// if there is none.
//
//lastwake:primitive
func (w *World) nextRunning(prefer int) int {
	if w.procs[prefer].state == procRunning {
		return prefer
	}
	for i := range w.procs {
		if w.procs[i].state == procRunning {
			return i
		}
	}
	return -1
}

// openFD returns the lowest free descriptor, -1 if there is none.
//
//lastwake:primitive
func (w *World) openFD(role uint8, keep bool) int {
	p := w.me()
	for i := 3; i < maxFDs; i++ {
		if !p.fds[i].open {
			p.fds[i] = fd{open: true, keep: keep, role: role, shm: -1}
			return i
		}
	}
	return -1
}

// closeFD closes descriptor i of the process that runs.
//
//lastwake:c close kernel
//lastwake:primitive
func (w *World) closeFD(i int) {
	p := w.me()
	if p.fds[i].role == fdShm && p.fds[i].open {
		w.shm[p.fds[i].shm].refs--
	}
	p.fds[i] = fd{}
}

// shmOpen returns a descriptor of new shared memory, -1 if there is none.
//
//lastwake:c shm_open kernel
//lastwake:primitive
func (w *World) shmOpen(size uintptr) int {
	for i := range w.shm {
		if w.shm[i].refs == 0 {
			n := w.openFD(fdShm, true)
			if n < 0 {
				return -1
			}
			w.shm[i] = sharedMemory{refs: 1, size: size}
			w.me().fds[n].shm = i
			return n
		}
	}
	return -1
}
