package target

// The sizes of an Audit.
const (
	MaxConns = 4  // connections c0 to c3
	MaxKinds = 64 // object types, shadow.Kind
	MaxEdges = 64 // rows of the model's edge table
)

// An Audit is what the oracles need from a session's live memory: plain
// numbers, taken between two ops, never by the program under test. A session
// reads it with peeks that no checker sees; a number that a target does not
// have stays 0, and every invariant over zeros holds.
type Audit struct {
	MuxAudit
	Proc ProcAudit
}

// A MuxAudit is the part of an Audit about connections and their streams.
//
// Its fields are builtin types, arrays and an unnamed struct only, so that a
// model can declare the same type without importing this package: the two
// convert. So do those of a ProcAudit.
type MuxAudit struct {
	// Conn is indexed by the connection's number.
	Conn [MaxConns]ConnAudit
	// Live counts live objects by kind (shadow.Kind). Static objects are not
	// counted: they live as long as the session.
	Live [MaxKinds]uint32
	// Edge counts, by row of the model's edge table, the pointer fields of
	// live objects that point into freed memory. An edge that the program
	// under test may leave stale by design has no row.
	Edge [MaxEdges]uint32
	// Queued counts the tasks and tasklets in run queues. Rest is Queued 0.
	Queued uint32

	// The following count what happened since Reset; they never go down.

	// GhostWakes counts wakes of a freed task or tasklet that touched no
	// freed byte.
	GhostWakes uint32
	// BadReturns counts handlers that broke the scheduler's contract: NULL
	// returned for a live task, or a task returned that had been freed.
	BadReturns uint32
	// BadUnlinks counts list deletes of a node that is not in a list (the
	// idempotent delete aside).
	BadUnlinks uint32
	// BadAppends counts list inserts of a node that already is in a list.
	BadAppends uint32

	// BadServer is 1 while a server counts other connections in use or idle than
	// it has.
	BadServer uint32
}

// A ConnAudit is the state of one connection. It is an alias of an unnamed
// struct for the sake of conversion; see Audit.
//
// Fields of an object that is not alive are 0: those of the mux and of its
// streams when MuxAlive is false, those of the quic_conn and its stream
// descriptors when QuicAlive is false. Amounts are bytes where the name says
// Bytes, offsets or limits, otherwise objects.
type ConnAudit = struct {
	// Exists: the program opened this connection at some time.
	Exists bool
	// ConnAlive, MuxAlive, QuicAlive, ClosedAlive: the struct connection, the
	// qcc, the quic_conn, the quic_conn_closed is a live object.
	ConnAlive, MuxAlive, QuicAlive, ClosedAlive bool
	// MuxReleased: there was a qcc, and it was released.
	MuxReleased bool
	// Closing: the quic_conn has CLOSING, DRAINING, IMMEDIATE_CLOSE or
	// TO_KILL: it is on its way out without anybody's help.
	Closing bool
	// NetOK: datagrams leave (neither net.block nor net.fatal nor a full
	// congestion window).
	NetOK bool
	// AllocFailed: the program made an allocation fail. What was lost with it
	// comes back with a timeout, not with a wake.
	AllocFailed bool

	// ErrConn, ErrL, ErrLDone, AppShut: the flags of the qcc.
	ErrConn, ErrL, ErrLDone, AppShut bool
	// NoTask: the qcc has no timeout task: it fired, or none was wanted.
	NoTask bool
	// Queued: the qcc's tasklet is in a run queue.
	Queued bool
	// Subscribed: the qcc waits for the transport to let it send.
	Subscribed bool
	// ConnFull: the flag CONN_FULL, a stream was refused a Tx buffer.
	ConnFull bool

	// NbSC and NbHreq are the qcc's counters as stored.
	NbSC, NbHreq uint64
	// Attached counts the live streams with a stream connector.
	Attached uint32
	// Streams counts the live qcs.
	Streams uint32

	// TxOffsets is the qcc's sum of prepared offsets, as stored. TxSum is the
	// same sum over the streams: the live ones as they are, the freed ones as
	// they were when freed.
	TxOffsets, TxSum uint64
	// TxSent is the qcc's sum of sent offsets, as stored. TxSentSum is the
	// same sum over the streams, live and freed.
	TxSent, TxSentSum uint64
	// TxLimit is the peer's limit for TxSent (max_data).
	TxLimit uint64
	// TxOver counts the live streams that sent beyond the peer's limit for
	// the stream.
	TxOver uint32
	// RxOffsets is the qcc's sum of received offsets, as stored, RxSum the
	// same sum over the streams, live and freed.
	RxOffsets, RxSum uint64

	// Buffers is the quic_conn's count of Tx stream buffers, as stored,
	// BuffersLive the number of live ones that belong to its descriptors,
	// BufLimit the quota.
	Buffers, BuffersLive, BufLimit uint32
	// BufBytes is what the qcc counts of them where bytes are bounded and not
	// buffers, BufBytesSum the same over the live ones: all of a buffer that
	// is being filled, of another one what was not acked.
	BufBytes, BufBytesSum uint64
	// BufWaiters counts the streams that wait for a Tx buffer, FctlWaiters
	// those that wait for the connection's credit although there is some.
	BufWaiters, FctlWaiters uint32
	// Holding counts the open streams that hold a Tx buffer and have nothing
	// to send.
	Holding uint32
	// Descs counts the live stream descriptors. DescsDone counts those that
	// are released, wait for no ack (all that was sent is acked, no FIN that
	// has to be waited for), hold bytes that were never sent, and were not
	// freed. DescsEmpty are the same with nothing but empty buffers, DescsBare
	// those without any buffer.
	Descs, DescsDone      uint32
	DescsEmpty, DescsBare uint32

	// Controls counts the live streams that owe a RESET_STREAM or a
	// STOP_SENDING, which no flow control stops. Pending counts the others that
	// have something to send (bytes, FIN) which flow control permits.
	// FlowBlocked counts those which have something to send that flow control
	// does not permit.
	Controls, Pending, FlowBlocked uint32
	// PendingFrames counts the frames that wait in the quic_conn or in the
	// qcc (credit frames) to be put in a packet, CONNECTION_CLOSE included.
	PendingFrames uint32
	// InFlight counts the packets sent and neither acked nor lost.
	InFlight uint32
	// FinsLost counts the streams whose FIN was sent and is neither acked nor
	// in a packet in flight nor queued again.
	FinsLost uint32
	// StopsDropped counts the streams freed, the connection being well, with
	// a STOP_SENDING owed and never sent.
	StopsDropped uint32
	// RxLost counts the streams of which bytes were accepted that are neither
	// decoded nor kept.
	RxLost uint32
	// RecvWaiters counts the streams that wait for the mux to decode what they
	// have received.
	RecvWaiters uint32
	// CriticalLost counts the control streams of the peer that ended without an
	// error of the connection (RFC 9114 section 6.2.1).
	CriticalLost uint32
	// TxDropped counts the streams that had bytes to send when the mux was
	// released because nobody needed the connection: no error, no timeout.
	TxDropped uint32
	// IdleResets counts the streams opened by the process itself that were reset
	// in the state in which a stream begins, whose halves cannot be closed.
	IdleResets uint32
	// IdleToremove counts how often the connection was put where the next request
	// to its server finds it, when it had been chosen to be closed.
	IdleToremove uint32

	// Unlisted counts the writes of the stream layer that were refused and that
	// nobody remembers, so that it is not told of room.
	Unlisted uint32
	// Writers counts the stream layers that wait for room where there is some,
	// Readers those that wait for bytes or an end that have come.
	Writers, Readers uint32
	// Unalerted counts the stream layers that wait for an event and were not woken
	// when their stream failed, Untold those whose connection has failed and whose
	// stream does not say so.
	Unalerted, Untold uint32
	// FlightBytes and PrepBytes are what the quic_conn counts as sent and not acked,
	// and as prepared for it, FlightSum the same over its packets.
	FlightBytes, PrepBytes, FlightSum uint64
	// HreqSum counts the live streams that NbHreq counts. HreqExact: the connection
	// is well and it is to be the same number; up to 3.2 a stream that was closed
	// before its request was whole stays in NbHreq for ever.
	HreqSum   uint64
	HreqExact bool
	// Credits is how many bidirectional streams the peer may open in all, now or
	// with its next credit, CreditSum what it began with and those that have ended.
	Credits, CreditSum uint64
	// FinsOpen counts the streams whose FIN is sent and whose local half is open.
	FinsOpen uint32
	// Overdue counts the live streams that the stream layer has let go of and that
	// have nothing more to send.
	Overdue uint32
	// RemoteOpen counts the streams of which the peer has sent all or that it has
	// reset, and whose remote half is open, on a connection that is well.
	RemoteOpen uint32
}
