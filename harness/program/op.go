package program

// An Op is one step of a Program: a row of the op table with its object and
// operand values. Ops are comparable; the zero Op is not valid.
type Op struct {
	Verb Verb
	// Conn is the connection's number, the n of "c<n>".
	Conn uint8
	// Alloc, when not 0, makes the Alloc-th allocation inside this op fail.
	Alloc uint8
	// Obj is a QUIC stream id (objects c0/s4) or a packet number in order of
	// sending, from 1 (objects c0/p3); 0 for "all packets" where a row's
	// packet is optional.
	Obj uint32
	// Arg holds the operands in the order of the row; a flag is 0 or 1, an
	// enumeration is an index into its values.
	Arg [MaxOperands]uint32
}

// MaxOperands bounds the operands of a row.
const MaxOperands = 5

// An Outcome says what became of one op.
type Outcome uint8

// The outcomes of an op. All but Done mean that the target did not play it
// and that nothing changed.
const (
	Done        Outcome = iota
	NoConn              // the connection is not there
	NoStream            // the stream is not there
	NotAttached         // no stream connector is attached to the stream
	NotQueued           // the tasklet or task is not in a run queue
	NotArmed            // the timer is not armed
	NoPacket            // the packet was not sent, or is acknowledged or lost
	WrongKind           // the op does not apply to this kind of object
	NotNow              // the op's precondition does not hold
	Unsupported         // the target has no such actor
	NoProcess           // the process is not there, or has exited
	NoRing              // the ring is not there
)

var outcomeNames = [...]string{
	Done: "done", NoConn: "no such connection", NoStream: "no such stream", NotAttached: "not attached",
	NotQueued: "not queued", NotArmed: "not armed", NoPacket: "no such packet in flight",
	WrongKind: "does not apply to this object", NotNow: "not now", Unsupported: "not supported by this target", NoProcess: "no such process", NoRing: "no such ring",
}

// String returns the outcome in words, as it stands in a history.
func (o Outcome) String() string { return outcomeNames[o] }
