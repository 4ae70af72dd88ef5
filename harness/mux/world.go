package mux

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// maxConns is how many connections a World can hold, c0 to c3.
const maxConns = 4

// stepBudget is how many steps of lists, trees and loops one run may take.
const stepBudget = 1 << 20

// A World is one process: its memory, its threads, its connections, and the
// peer and the stream layer that the program plays. It is not safe for
// concurrent use; several can live side by side.
type World struct {
	// Faults are the switches of this run.
	Faults fault.Switches

	arena     *shadow.Arena
	cfg       config
	threads   *ThreadCtx // ha_thread_ctx
	srv       *Server    // with side=back
	tid       int32      // the thread that runs
	nowMS     uint64
	stopping  bool
	opAllocs  uint32
	failAlloc uint32
	opFrees   uint32
	failed    bool // an allocation was made to fail

	begun uint64 // what was prepared when the send loop began, a variable of qc_send before b9e064040

	badReturns uint32 // for the audit: handlers that lied about their task
	badAppends uint32 // and nodes inserted into a second list

	budget  int
	op      int32
	tracing bool
	lines   []Line
	conns   [maxConns]connSlot
	apps    []appStream
	cov     [NumEdges]uint8

	parts    [maxParts]uint32 // what connections and streams are in, see State
	numParts int
}

// A config is a program's header, in the units of the model.
type config struct {
	app         uint64
	bufs        uint64
	maxData     uint64
	msd         uint64
	streams     uint64
	rxData      uint64
	rxMSD       uint64
	window      uint64
	mtu         uint64
	clientMS    uint64
	httpReqMS   uint64
	keepAliveMS uint64
	idleMS      uint64
	strict      uint32
	era         uint32 // era29 and its successors
	back        bool   // connections to servers
	qmux        bool   // whose frames come over TCP
	maxReuse    uint64
}

// A connSlot is what the outside of the process knows of connection c<n>.
type connSlot struct {
	cids    *CIDs // nil once no packet can find the connection
	opened  bool
	tid     int32 // the thread that its packets come to
	blocked bool  // net.block: the congestion window is closed
	fatal   bool  // net.fatal: sendto fails for good
	peer    []peerStream
	socket  []record // with proto=qmux: what came and was not read

	// For the audit: the mux is gone, and the sums over streams freed before.
	muxReleased                 bool
	txFreed, sentFreed, rxFreed uint64
	stopsDropped                uint32 // streams destroyed with a STOP_SENDING owed
	criticalLost                uint32 // peer's critical streams that ended unnoticed
	txDropped                   uint32 // streams with bytes left when the mux said that it was dead
	idleResets                  uint32 // streams of ours that were reset and never opened
	unlisted                    uint32 // writes refused that nobody remembers
	creditsClosed               uint64 // peer's bidirectional streams that ended
	idleToremove                uint32 // times that it became idle after it was chosen to be closed
}

// An appStream is the stream layer's hold on a stream.
type appStream struct {
	conn uint8
	id   uint64
	sc   *Stconn

	// For the audit, as events: what the stream layer was refused and the mux has
	// not called for since; and what it has subscribed to for want of something and
	// has not been woken for.
	refused, waits uint32
	late           bool // the connection had failed before
}

// A Bug is the panic of a BUG_ON whose condition held.
//
//lastwake:shared
type Bug struct {
	Cond string // the condition, in C
	Hot  bool   // BUG_ON_HOT
}

// Error describes the bug as HAProxy prints it.
//
//lastwake:shared
func (b *Bug) Error() string { return "bug condition \"" + b.Cond + "\" matched" }

// A Budget is the panic of a run that took too many steps.
//
//lastwake:shared
type Budget struct{}

// Error describes the stop.
//
//lastwake:shared
func (*Budget) Error() string { return "step budget used up" }

// New makes a World with an arena of its own.
func New(o shadow.Options) (*World, error) {
	arena, err := shadow.New(types, o)
	if err != nil {
		return nil, err
	}
	if err := canary(arena); err != nil {
		return nil, err
	}
	return &World{arena: arena}, nil
}

// Switches are the faults of the run, which remember the ones that it came by.
// The pointer holds as long as the World: who asks after every run asks there,
// and takes no edge.
func (w *World) Switches() *fault.Switches { return &w.Faults }

// Reset starts a new run: nothing is left of an earlier one.
func (w *World) Reset(h *program.Header, f fault.Set, mode shadow.Mode, trace bool) {
	w.arena.Reset(mode)
	w.Faults.Reset(f)
	w.tracing = trace
	w.lines = w.lines[:0]
	w.apps = w.apps[:0]
	w.tid = 0
	w.nowMS = 1000
	w.stopping = false
	w.failed = false
	w.begun = 0
	w.badReturns = 0
	w.badAppends = 0
	w.failAlloc = 0
	w.opAllocs = 0
	w.opFrees = 0
	w.op = -1
	w.budget = stepBudget
	w.cov = [NumEdges]uint8{}
	for i := range w.conns {
		c := &w.conns[i]
		*c = connSlot{peer: c.peer[:0], socket: c.socket[:0]}
	}
	w.cfg.set(h)
	w.initThreads()
	w.srv = nil
	if w.cfg.back {
		w.initServer()
	}
	if h.Set[program.KeyStart] == 0 {
		w.netOpen(0, -1)
	}
	w.opAllocs = 0
	w.opFrees = 0
}

// set takes the configuration from a program's header.
func (c *config) set(h *program.Header) {
	v := func(key int) uint64 { return uint64(h.Set[key]) }
	c.app = appH3
	if v(program.KeyApp) == 1 {
		c.app = appHQ
	}
	c.bufs = v(program.KeyBufs)
	c.maxData = v(program.KeyMaxData)
	c.msd = v(program.KeyMSD)
	c.streams = v(program.KeyStreams)
	c.rxData = v(program.KeyRxData)
	c.rxMSD = v(program.KeyRxMSD)
	c.mtu = max(v(program.KeyMTU), 1)
	c.window = max(v(program.KeyWindow), 2*c.mtu) // RFC 9002 section 7.2: never below two datagrams
	if v(program.KeyWindow) == 0 {
		c.window = noWindow
	}
	c.clientMS = v(program.KeyClient)
	c.httpReqMS = v(program.KeyHTTPReq)
	c.keepAliveMS = v(program.KeyKeepAlive)
	c.idleMS = v(program.KeyIdle)
	c.strict = h.Set[program.KeyStrict]
	c.era = h.Set[program.KeyEra]
	c.back = h.Back()
	c.qmux = c.back && h.Set[program.KeyProto] == program.ProtoQMux
	c.maxReuse = v(program.KeyMaxReuse)
}

// noMaxReuse is a max-reuse that a connection does not come up to.
const noMaxReuse = program.NoMaxReuse

// noWindow is a congestion window that never fills, bytes.
const noWindow = 1 << 40

// initThreads makes the thread contexts, at the end of the arena.
func (w *World) initThreads() {
	w.threads = (*ThreadCtx)(w.arena.Static(kindThreadCtx, numThreads))
	for i := range int32(numThreads) {
		ctx := w.thread(i)
		ctx.Tasklets.Init()
		ctx.SharedTaskletList.Init()
		ctx.RQueue.Init()
		ctx.Timers.Init()
		ctx.MuxStopping.Init()
		ctx.AcceptList.Init()
		ctx.AcceptQueue = nil
		ctx.Current = nil
	}
}

// Arena returns the memory of the World.
func (w *World) Arena() *shadow.Arena { return w.arena }

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

// Counts returns how many objects the last op allocated and freed.
func (w *World) Counts() (allocs, frees uint32) { return w.opAllocs, w.opFrees }

// spend takes one step from the budget.
//
//lastwake:primitive
func (w *World) spend() {
	w.budget--
	if w.budget < 0 {
		panic(&Budget{})
	}
}

// bugOn models BUG_ON: the process dies if the condition holds, unless the
// build leaves the check out.
//
//lastwake:primitive
func (w *World) bugOn(cond bool, text string) {
	if cond && w.cfg.strict >= 1 {
		panic(&Bug{Cond: text})
	}
}

// bugOnHot models BUG_ON_HOT, which only strict builds check.
//
//lastwake:primitive
func (w *World) bugOnHot(cond bool, text string) {
	if cond && w.cfg.strict >= 2 {
		panic(&Bug{Cond: text, Hot: true})
	}
}

// appOpened tells the stream layer that it has a new stream.
//
//lastwake:primitive
func (w *World) appOpened(qcs *QCS, sc *Stconn) {
	qc := qcs.QCC.Conn.QC
	late := qcs.QCC.Flags&(qcErrConn|qcErrL) != 0
	w.apps = append(w.apps, appStream{conn: uint8(qc.Index), id: qcs.ID, sc: sc, late: late})
}

// netFatal reports whether sendto fails for good on the connection.
//
//lastwake:primitive
func (w *World) netFatal(qc *QuicConn) bool { return w.conns[qc.Index%maxConns].fatal }
