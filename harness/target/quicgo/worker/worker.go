package worker

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/adapter"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
)

// Main plays programs until standard input ends. It does not return. What it
// makes of its process is what a bubble needs: one test, which the testing
// package runs in a binary that need not be a test binary.
func Main() { Serve(adapter.Stack{}) }

// Serve is Main on another stack.
func Serve(stack lab.Stack) {
	in, out := os.Stdin, os.Stdout
	printStacks()
	goWithParent()
	os.Stdout = os.Stderr // the testing package talks
	os.Args = os.Args[:1]
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "worker", F: func(t *testing.T) {
		if err := serve(t, stack, in, out); err != nil {
			fmt.Fprintln(os.Stderr, "quicgo worker:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}}}, nil, nil)
}

// printStacks prints all stacks and ends the process when it is asked to.
func printStacks() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, wire.StacksSignal)
	go func() {
		<-asked
		buf := make([]byte, 1<<20)
		_, _ = os.Stderr.Write(buf[:runtime.Stack(buf, true)])
		os.Exit(2)
	}()
}

// goWithParent ends the process when the one that started it is gone. A worker
// that has nothing to play sees the end of its input; one in a loop does not.
func goWithParent() {
	parent := os.Getppid()
	go func() {
		for range time.Tick(time.Second) {
			if os.Getppid() != parent {
				os.Exit(2)
			}
		}
	}()
}

func serve(t *testing.T, stack lab.Stack, in io.Reader, out io.Writer) error {
	box, err := wire.OpenBox(os.Getenv(wire.BoxVar))
	if err != nil {
		return err
	}
	p := &player{t: t, stack: stack, box: box, enc: gob.NewEncoder(out)}
	dec := gob.NewDecoder(bufio.NewReader(in))
	for {
		var q wire.Request
		if err := dec.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := p.play(&q); err != nil {
			return err
		}
	}
}

// A player plays requests.
type player struct {
	t     *testing.T
	stack lab.Stack
	box   *wire.Box
	enc   *gob.Encoder
	h     target.History
	rest  int
}

func (p *player) play(q *wire.Request) error {
	if q.Rest > 0 {
		p.h.Reset(&q.Program.Header, fault.Set{})
		lab.Memory(p.t, p.stack, q.Program, &p.h, q.Rest)
		return p.enc.Encode(&wire.Reply{Disputes: p.h.Disputes})
	}
	tape := &lab.Tape{}
	x := lab.Extras{Misuse: q.Misuse, Op: p.box.Op, Before: p.box.Call, Fatal: func(*target.History) {
		if err := p.reply(tape, true); err != nil {
			fmt.Fprintln(os.Stderr, "quicgo worker:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}}
	if q.Tape {
		x.Tape = tape
	}
	var failed error
	if q.Qlog != "" {
		x.Qlog = func(conn int, side rfc9000.Side) io.WriteCloser {
			f, err := os.Create(filepath.Join(q.Qlog, fmt.Sprintf("c%d-%s.sqlog", conn, side)))
			if err != nil {
				failed = err
				return nil
			}
			return f
		}
	}
	p.box.Begin(len(q.Program.Ops))
	p.rest = lab.Play(p.t, p.stack, q.Program, q.Settle, &p.h, x)
	if failed != nil {
		return p.enc.Encode(&wire.Reply{Err: failed.Error()})
	}
	return p.reply(tape, false)
}

func (p *player) reply(tape *lab.Tape, last bool) error {
	r := &wire.Reply{Version: p.stack.Version(), Ops: p.h.Ops, Events: p.h.Events, Settle: p.h.Settle, Settled: p.h.Settled,
		Disputes: p.h.Disputes, Rest: p.rest, Last: last}
	for _, l := range tape.Lines {
		r.Lines = append(r.Lines, wire.Line(l))
	}
	for _, l := range tape.Script {
		r.Script = append(r.Script, wire.Line(l))
	}
	return p.enc.Encode(r)
}
