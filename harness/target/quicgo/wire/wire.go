// Package wire is what a process that plays programs on quic-go and the one
// that asks it to say to each other.
//
// It owns the messages, which are gob on standard input and output, and the
// box: a file in which the player notes what it is about to do, so that whoever
// outlives it knows. It refuses to know how a program is played.
//
//	enc.Encode(&wire.Request{Program: p, Settle: true})
//	dec.Decode(&reply)
package wire

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// The variables by which a process learns that it is a worker, and where its
// box and the qlog of its runs are.
const (
	WorkerVar = "LASTWAKE_QUICGO_WORKER"
	BoxVar    = "LASTWAKE_QUICGO_BOX"
	// WarningVar keeps quic-go from a warning about a socket that is none.
	WarningVar = "QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING"
)

// StacksSignal asks a player to print the stacks of all goroutines and to end. A
// signal that Go answers by itself would not do: what runs at that moment has no
// stack then.
const StacksSignal = syscall.SIGUSR1

// A Request asks to play one program.
type Request struct {
	Program *program.Program
	Settle  bool
	// Rest, when not 0, asks for no more than what memory the streams of the
	// program keep. It is the Rest of the reply to the program itself.
	Rest int
	// Tape asks for what happened inside the ops.
	Tape bool
	// Misuse asks to play what breaks the rules of the interface as well.
	Misuse bool
	// Qlog, when not "", is the folder for a qlog file of each host.
	Qlog string
}

// A Reply says what a run was like.
type Reply struct {
	// Version is the stack's.
	Version  string
	Ops      []program.Op
	Events   []target.Event
	Settle   int
	Settled  target.Settled
	Disputes []target.Dispute
	// Rest is the number of ops after which all was at rest and every stream
	// had ended, 0 for never.
	Rest   int
	Lines  []Line
	Script []Line
	// Last: the process ends now.
	Last bool
	// Err is why the request could not be played.
	Err string
}

// A Line is one thing that happened in an op.
type Line struct {
	Op   int
	Text string
}

// The layout of a box: the op, the call, then the ops that settle played.
const (
	callSize = 60
	opsAt    = 64
)

var opSize = int64(binary.Size(program.Op{}))

// A Box is the file in which a worker notes what it is about to do.
type Box struct {
	f       *os.File
	program int // ops of the program; those after them are settle's
}

// OpenBox opens the box called name, which is made if need be.
func OpenBox(name string) (*Box, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return &Box{f: f}, nil
}

// Close closes the box and leaves the file.
func (b *Box) Close() error { return b.f.Close() }

// Begin notes that a program with so many ops begins.
func (b *Box) Begin(ops int) { b.program = ops }

// Op notes that op number i is about to be played.
func (b *Box) Op(i int, o program.Op) {
	if i >= b.program {
		rec, _ := binary.Append(nil, binary.LittleEndian, o) // fixed size: cannot fail
		_, _ = b.f.WriteAt(rec, opsAt+int64(i-b.program)*opSize)
	}
	b.Call(i, "")
}

// Call notes that a call is about to be made. A box that cannot be written
// loses a detail of a report and nothing else.
func (b *Box) Call(op int, call string) {
	var rec [opsAt]byte
	binary.LittleEndian.PutUint32(rec[:], uint32(op))
	copy(rec[opsAt-callSize:], call)
	_, _ = b.f.WriteAt(rec[:], 0)
}

// Read returns what the box says: the op that was played, the last call, and
// the ops that settle had played, that one included.
func (b *Box) Read(programOps int) (op int, call string, settled []program.Op, err error) {
	var rec [opsAt]byte
	if _, err := b.f.ReadAt(rec[:], 0); err != nil {
		return 0, "", nil, fmt.Errorf("box %s: %w", b.f.Name(), err)
	}
	op = int(binary.LittleEndian.Uint32(rec[:]))
	for _, c := range rec[opsAt-callSize:] {
		if c == 0 {
			break
		}
		call += string(rune(c))
	}
	for i := programOps; i <= op && i < program.MaxOps; i++ {
		buf := make([]byte, opSize)
		var o program.Op
		if _, err := b.f.ReadAt(buf, opsAt+int64(i-programOps)*opSize); err != nil {
			return op, call, settled, err
		}
		if _, err := binary.Decode(buf, binary.LittleEndian, &o); err != nil {
			return op, call, settled, err
		}
		settled = append(settled, o)
	}
	return op, call, settled, nil
}
