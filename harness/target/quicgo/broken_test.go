package quicgo_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/quicgo/adapter"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// brokenVar names what is broken in a worker's stack.
const brokenVar = "LASTWAKE_TEST_BROKEN"

// stackFor returns quic-go, or with a name quic-go broken in that way.
func stackFor(name string) lab.Stack {
	if name == "" {
		return adapter.Stack{}
	}
	return broken{adapter.Stack{}, name}
}

// broken is a stack whose client misbehaves when it cancels a read.
type broken struct {
	lab.Stack
	how string
}

func (b broken) Host(s net.PacketConn, o lab.Options) (lab.Host, error) {
	h, err := b.Stack.Host(s, o)
	if err != nil || o.Server {
		return h, err
	}
	return brokenHost{h, b.how}, nil
}

type brokenHost struct {
	lab.Host
	how string
}

func (h brokenHost) Dial(ctx context.Context, to net.Addr) (lab.Conn, error) {
	c, err := h.Host.Dial(ctx, to)
	if err != nil {
		return nil, err
	}
	return brokenConn{c, h.how, map[uint64]bool{}}, nil
}

type brokenConn struct {
	lab.Conn
	how  string
	keys map[uint64]bool
}

func (c brokenConn) Open(uni bool) (lab.Stream, error) {
	s, err := c.Conn.Open(uni)
	if err != nil {
		return nil, err
	}
	return brokenStream{s, c.how, c.keys}, nil
}

type brokenStream struct {
	lab.Stream
	how  string
	keys map[uint64]bool // the connection's
}

func (s brokenStream) CancelRead(code uint64) {
	switch s.how {
	case "loop":
		for n := 0; n >= 0; n = (n + 1) & 0xffff {
			spin(n)
		}
	case "leak":
		go func() { <-make(chan int) }()
	case "panic":
		go func() { panic("cancelled once too often") }()
		time.Sleep(time.Second)
	case "deadlock":
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	case "block":
		<-make(chan int)
	case "keep":
		kept = append(kept, make([]byte, 64))
	case "key":
		s.keys[s.ID()] = true
	}
	s.Stream.CancelRead(code)
}

//go:noinline
func spin(int) {}

// kept is what a stack that leaks memory does not give back.
var kept [][]byte

// What goes wrong in a stack is reported with its signature, and the program is
// kept: a loop, a deadlock, a goroutine that stays, a panic, a call that does not return,
// memory that a stream does not give back, or no more of it than a key in a map.
func TestWhatIsBrokenIsReported(t *testing.T) {
	for how, want := range map[string]string{
		"loop":     "busy-loop | client | - | quicgo_test.brokenStream.CancelRead | Stream.CancelRead",
		"deadlock": "deadlock | client | - | quicgo_test.brokenStream.CancelRead | Stream.CancelRead",
		"leak":     "goroutine-leak | server | - | quicgo_test.brokenStream.CancelRead.func1 | Stream.Close",
		"panic":    "panic | client | - | quicgo_test.brokenStream.CancelRead.func2 | Stream.CancelRead",
		"block":    "blocked-call | client | bidi | never blocks | Stream.CancelRead",
		"keep":     "memory | - | - | quicgo_test.brokenStream.CancelRead | Stream.Close",
		"key":      "memory | - | - | quicgo_test.brokenStream.CancelRead | Stream.Close",
	} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			target := ours()
			target.Env = []string{brokenVar + "=" + how}
			target.Watch = 2 * time.Second
			target.Save = func(p *program.Program) (string, error) {
				name := filepath.Join(dir, "hang.prog")
				return name, corpus.WriteFile(name, []byte(p.String()))
			}
			p := parse(t, "lastwake/1 quicgo\npeer.stream c0/s0 headers\ntime.pass ms=10\npeer.stop c0/s0\ntime.pass ms=20\n")
			f, err := outside(t, target).Explain(p, fault.Set{})
			if err != nil {
				t.Fatal(err)
			}
			if f == nil {
				t.Fatal("nothing found")
			}
			if got := f.Signature(); got != want {
				t.Errorf("signature %q, want %q\n%s", got, want, f.Extra)
			}
			if f.Verdict.Op != 2 && how != "leak" && f.Verdict.Class != "memory" {
				t.Errorf("op %d, want 2", f.Verdict.Op)
			}
			if !f.Program.Equal(p) {
				t.Errorf("the finding has another program:\n%s", f.Program)
			}
			if how != "loop" && how != "deadlock" {
				return
			}
			saved, err := os.ReadFile(filepath.Join(dir, "hang.prog"))
			if err != nil || !strings.Contains(string(saved), "peer.stop c0/s0") {
				t.Errorf("saved before the end: %q, %v", saved, err)
			}
		})
	}
}
