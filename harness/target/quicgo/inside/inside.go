// Package inside plays programs on quic-go in this process, which is that of a
// test: what Go's fuzzing engine wants, for it counts what it runs itself.
//
// It owns the watchdog of such a process. It refuses to know what is played. A
// program that hangs, or leaves goroutines, ends the process: the bubble it
// was played in cannot be left.
//
//	p := inside.New(t, save)
//	h := exec.New(p).Run(prog, fault.Set{})
package inside

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo"
	"github.com/lastwake/lastwake/harness/target/quicgo/adapter"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
)

// A Player is a target.Player.
type Player struct {
	quicgo.Whole
	// T is the test, or the call of a fuzz function, that plays.
	T *testing.T
	// Stack is what is played on.
	Stack lab.Stack
	// Watch is the real time that one program may take.
	Watch time.Duration
	// Save is called with a program that ends this process, and what is wrong
	// with it, before it does.
	Save   func(p *program.Program, what string)
	record bool
	sample bool
	tape   lab.Tape
}

// New returns a player for t on the quic-go of this module.
func New(t *testing.T, save func(*program.Program, string)) *Player {
	_ = os.Setenv(wire.WarningVar, "true") // cannot fail: the name is one
	return &Player{T: t, Stack: adapter.Stack{}, Watch: quicgo.WatchDefault, Save: save}
}

// Play implements target.Player. The clock of the bubble stands still while
// anybody works, so a loop is noticed outside only, by the real one.
func (p *Player) Play(prog *program.Program, settle bool, h *target.History) {
	watchdog := time.AfterFunc(p.Watch, func() {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		p.end(prog, fmt.Sprintf("busy-loop: the program does not come to its end in %s\n%s", p.Watch, stacks))
	})
	defer watchdog.Stop()
	x := lab.Extras{Fatal: func(h *target.History) {
		d := h.Disputes[len(h.Disputes)-1]
		p.end(prog, fmt.Sprintf("%s: %s in %s\n%s", d.Oracle, d.Text, d.Field, d.Report))
	}}
	p.tape = lab.Tape{}
	if p.record {
		x.Tape = &p.tape
	}
	rest := lab.Play(p.T, p.Stack, prog, settle, h, x)
	if rest > 0 && len(h.Disputes) == 0 && (!p.sample || quicgo.Sampled(prog)) {
		watchdog.Reset(quicgo.MemoryWatch * p.Watch)
		lab.Memory(p.T, p.Stack, prog, h, rest)
	}
}

// end saves a program and ends the process, as an engine expects it of one
// that crashed.
func (p *Player) end(prog *program.Program, what string) {
	if p.Save != nil {
		p.Save(prog, what)
	}
	fmt.Fprintf(os.Stderr, "\n%s\n%s", what, prog)
	os.Exit(2)
}

// Record implements target.Player.
func (p *Player) Record(on bool) { p.record = on }

// Played implements target.Player.
func (p *Player) Played() target.Played {
	return target.Played{On: p.Stack.Version(), Rules: lab.Rules}
}

// Sample implements target.Player.
func (p *Player) Sample(on bool) { p.sample = on }

// Events implements target.Player.
func (p *Player) Events(yield func(op int, text string) bool) {
	for _, l := range p.tape.Lines {
		if !yield(l.Op, l.Text) {
			return
		}
	}
}

// Close implements target.Session.
func (p *Player) Close() error { return nil }
