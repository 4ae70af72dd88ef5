package program

// An ObjectKind says what an op acts on.
type ObjectKind uint8

// The kinds of object.
const (
	ObjNone    ObjectKind = iota // nothing: the whole target
	ObjConn                      // a connection, c0
	ObjStream                    // a stream by its QUIC id, c0/s4
	ObjPacket                    // a packet in order of sending, c0/p1
	ObjPackets                   // a packet, or with c0 alone all of them
	ObjProcess                   // a process, x0
	ObjRing                      // a ring, r0
)

// Limits on objects and modifiers. They belong to the format: a value beyond
// them is an error in text and cannot come out of bytes.
const (
	MaxConn   = 3         // the greatest n of c<n>
	MaxStream = 1<<20 - 1 // the greatest n of s<n>
	MaxPacket = 1<<20 - 1 // the greatest n of p<n>
	MaxIndex  = 15        // the greatest n of x<n> and r<n>
	MaxAlloc  = 255       // the greatest n of !alloc=n
)

// String returns the form in which an object of kind k is written.
func (k ObjectKind) String() string {
	return [...]string{"", "c0", "c0/s4", "c0/p1", "c0 or c0/p1", "x0", "r0"}[k]
}

// hasConn reports whether objects of kind k name a connection.
func (k ObjectKind) hasConn() bool { return k >= ObjConn && k <= ObjPackets }

// objRange returns the values that Op.Obj may have for objects of kind k.
func (k ObjectKind) objRange() (lo, hi uint32) {
	switch k {
	case ObjStream:
		return 0, MaxStream
	case ObjPacket:
		return 1, MaxPacket
	case ObjPackets:
		return 0, MaxPacket
	case ObjProcess, ObjRing:
		return 0, MaxIndex
	}
	return 0, 0
}

// A ValueKind says how an operand is written and what it counts.
type ValueKind uint8

// The kinds of operand.
const (
	Uint ValueKind = iota // name=123
	Enum                  // name=word, or the bare word
	Flag                  // the bare name, or nothing
)

// An Operand describes one operand of a row, or one key of the header.
type Operand struct {
	Name string
	Kind ValueKind
	// Bare says that an enumeration is written as its value alone, directly
	// after the object, and always: "peer.stream c0/s0 headers".
	Bare bool
	// Values are the names of an enumeration.
	Values []string
	// Default is what an operand that is not written means, and where the
	// minimiser shrinks to.
	Default  uint32
	Min, Max uint32
	// Map holds the values a byte chooses from, a power of two of them, in
	// the order frozen with byte format 1. A byte is an index into Map modulo
	// its length. For a header key the first value is the default.
	Map []uint32
	// Unit names what an integer counts: "bytes", "ms".
	Unit string
	Doc  string
	home home // of a header key: the targets that have it
}

// A Row is one op of the table. The slices are shared: do not change them.
type Row struct {
	Verb     Verb
	Name     string // "peer.stream"
	Actor    Actor
	Object   ObjectKind
	Operands []Operand
	Doc      string
	// weight says how often the generator takes the row early, in the middle
	// and late in a program.
	weight [3]uint8
	home   home // the targets that can play it
}

// A home is the set of targets that a row or a header key belongs to. The zero
// home is atConn.
type home uint8

// The homes.
const (
	atConn    home = 1 << iota // mux, quicgo, live: a connection and its streams
	atProcess                  // process
	atStack                    // quicgo: a real stack with packets and an API
	atLive                     // live: a real server, of which only the peer's side is ours
	atBack                     // mux: connections to servers, with header key side
)

// holds reports whether what lives at h is part of target.
func (h home) holds(target string) bool {
	if h == 0 {
		h = atConn
	}
	return h&homeOf(target) != 0
}

func homeOf(target string) home {
	switch target {
	case Process:
		return atProcess
	case Quicgo:
		return atConn | atStack
	case Live:
		return atConn | atLive
	case Mux:
		return atConn | atBack
	}
	return atConn
}

// Rows returns the op table in the order of the verbs.
func Rows() []Row {
	all := make([]Row, 0, NumVerbs-1)
	for v := Verb(1); v < NumVerbs; v++ {
		all = append(all, v.Row())
	}
	return all
}

// Row returns the row of v. It panics if v is not a verb of the table.
func (v Verb) Row() Row {
	r := rows[v]
	r.Verb = v
	return r
}

// Valid reports whether v is a verb of the table.
func (v Verb) Valid() bool { return v > 0 && v < NumVerbs }

// String returns the name of v: "peer.stream".
func (v Verb) String() string {
	if !v.Valid() {
		return "invalid verb"
	}
	return rows[v].Name
}

// VerbOf returns the verb called name.
func VerbOf(name string) (Verb, bool) {
	for v := Verb(1); v < NumVerbs; v++ {
		if rows[v].Name == name {
			return v, true
		}
	}
	return 0, false
}

// String returns the prefix of the verbs of actor a: "peer".
func (a Actor) String() string {
	return [...]string{"peer", "app", "net", "run", "time", "proc", "env", "ring"}[a]
}

// AllActors is the capability of a target that plays every actor.
const AllActors uint = 1<<8 - 1

// Keys returns the header keys of a target, nil if there is no such target.
func Keys(target string) []Operand {
	if !knownTarget(target) {
		return nil
	}
	var of []Operand
	for k := range keys {
		if keys[k].home.holds(target) {
			of = append(of, keys[k])
		}
	}
	return of
}

// The targets that have a table of their own.
const (
	Mux     = "mux"     // the default: the model of HAProxy's QUIC mux
	Process = "process" // the model of its master and workers
	Quicgo  = "quicgo"  // quic-go, a client and a server
	Live    = "live"    // a server's process, and quic-go as its client
)

// Targets returns the names that may stand in a header. mux, quicgo and live
// share the rows and the header keys of a connection; what differs is which
// actors a target plays.
func Targets() []string { return []string{Mux, Process, Quicgo, Live} }

func knownTarget(name string) bool {
	return name == Mux || name == Process || name == Quicgo || name == Live
}

// valid reports whether v is a value of d.
func (d *Operand) valid(v uint32) bool { return v >= d.Min && v <= d.Max }

// fit returns v if d has that value, and otherwise one that v chooses.
func (d *Operand) fit(v uint32) uint32 { return fit(v, d.Min, d.Max) }

func fit(v, lo, hi uint32) uint32 {
	if v >= lo && v <= hi {
		return v
	}
	if hi-lo == ^uint32(0) {
		return v
	}
	return lo + v%(hi-lo+1)
}

// smaller reports whether a is smaller than b for the minimiser: nearer to the
// default, and of two values equally near the lesser one.
func (d *Operand) smaller(a, b uint32) bool { return nearer(a, b, d.Default) }

func nearer(a, b, to uint32) bool {
	da, db := distance(a, to), distance(b, to)
	return da < db || da == db && a < b
}

func distance(a, b uint32) uint32 {
	if a < b {
		return b - a
	}
	return a - b
}
