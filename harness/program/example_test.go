package program_test

import (
	"errors"
	"fmt"

	"github.com/lastwake/lastwake/harness/program"
)

const seed = `lastwake/1 mux app=hq bufs=1
# a stream goes while bytes are left to send
net.block c0
peer.stream c0/s0 headers fin
app.send c0/s0 len=4000
run.mux c0
app.detach c0/s0
run.timer c0 mux
`

func ExampleParse() {
	p, err := program.Parse("seed.prog", []byte(seed))
	fmt.Println(len(p.Ops), p.Header.Set[program.KeyBufs], err)

	_, err = program.Parse("seed.prog", []byte("lastwake/1 mux\npeer.strem c0/s0 headers\n"))
	fmt.Println(err)
	var pe *program.ParseError
	if errors.As(err, &pe) {
		fmt.Println(pe.Hint)
	}
	// Output:
	// 6 1 <nil>
	// seed.prog:2:1: unknown verb "peer.strem"
	// did you mean "peer.stream"?
}

func ExampleParseOp() {
	op, err := program.ParseOp("peer.stream c0/s4 headers fin")
	fmt.Println(op.Verb, op.Obj, op.Arg[program.PeerStreamFin], err)
	// Output: peer.stream 4 1 <nil>
}

func ExampleProgram_String() {
	p := program.New(program.Mux)
	p.Header.Set[program.KeyBufs] = 1
	p.Ops = []program.Op{
		{Verb: program.AppSend, Obj: 4, Arg: [program.MaxOperands]uint32{program.AppSendLen: 100}},
		{Verb: program.NetAck}, // no packet: all of them
	}
	fmt.Print(p)
	// Output:
	// lastwake/1 mux bufs=1
	// app.send c0/s4 len=100
	// net.ack c0
}

func ExampleEncode() {
	p, _ := program.Parse("", []byte("lastwake/1 mux bufs=1\nrun.mux c0\n"))
	fmt.Printf("%x\n", program.Encode(p))
	// Output: 01000100000000000000000000000000001500000000000000
}

func ExampleDecode() {
	// Any bytes are a program.
	fmt.Print(program.Decode([]byte("any bytes are a program, whatever they say")))
	// Output:
	// lastwake/1 mux bufs=1 window=1252
	// peer.max_data c3 add=4000
	// net.fatal c0
	// net.lose c0/p1
}

func ExampleDecodeInto() {
	var p program.Program // its memory is used again for each input
	for _, input := range [][]byte{{1}, {1, 1}} {
		program.DecodeInto(&p, input)
		fmt.Print(&p)
	}
	// Output:
	// lastwake/1 mux
	// lastwake/1 mux app=hq
}

func ExampleMutate() {
	r := program.NewRand(1)
	parent, other := program.New(program.Mux), program.New(program.Mux)
	program.Generate(r, parent, program.Limits{Ops: 8})
	program.Generate(r, other, program.Limits{Ops: 8})

	child := program.New(program.Mux)
	child.CopyFrom(parent)
	program.Mutate(r, child, other, program.Limits{Ops: 8})
	fmt.Println(child.Validate(), child.Equal(parent))
	// Output: <nil> false
}

func ExampleGenerate() {
	p := program.New(program.Mux)
	program.Generate(program.NewRand(2), p, program.Limits{
		Ops:    6,
		Actors: 1<<program.Peer | 1<<program.Net, // what a live server lets us play
	})
	fmt.Println(p.Validate(), len(p.Ops) <= 6)
	// Output: <nil> true
}

func ExampleMinimize() {
	p, _ := program.Parse("seed.prog", []byte(seed))
	// In place of a target: a detach after at least 1000 bytes were sent.
	stillFails := func(p *program.Program) bool {
		sent := uint32(0)
		for _, op := range p.Ops {
			switch op.Verb {
			case program.AppSend:
				sent += op.Arg[program.AppSendLen]
			case program.AppDetach:
				return sent >= 1000
			}
		}
		return false
	}
	best, proof := program.Minimize(p, stillFails, program.MinimizeOptions{})
	fmt.Print(best)
	fmt.Println(proof)
	// Output:
	// lastwake/1 mux
	// # a stream goes while bytes are left to send
	// app.send c0/s0 len=1000
	// app.detach c0/s0
	// 1-minimal: no op can go (2 tried), no value get smaller (1000 tried); 1155 programs run
}

func ExampleRow_Usage() {
	row := program.PeerStream.Row()
	fmt.Println(row.Usage())
	for _, d := range row.Operands {
		fmt.Println(d.Name, d.Range())
	}
	// Output:
	// peer.stream c0/s4 data|headers|partial|invalid|control|unknown|goaway|empty|encoder|decoder [len=N] [gap=N] [back=N] [fin]
	// kind data, headers, partial, invalid, control, unknown, goaway, empty, encoder, decoder
	// len at most 1048576 bytes
	// gap at most 1048576 bytes
	// back at most 1048576 bytes
	// fin
}

func ExampleNearest() {
	fmt.Println(program.Nearest("HAPROXY-bd384a358", []string{"HAPROXY-ad6b13d31", "HAPROXY-bd384a359"}))
	// Output: HAPROXY-bd384a359
}
