package lab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// A Tape is what happened inside the ops of a run, in lines.
type Tape struct {
	Lines []TapeLine
	// Script is what the driver did, a line of Go each, in the words of
	// package export's runtime.
	Script []TapeLine
	op     func() int // the op that is played
}

// A TapeLine is one thing that happened in an op.
type TapeLine struct {
	Op   int
	Text string
}

func (t *Tape) line(format string, args ...any) {
	t.Lines = append(t.Lines, TapeLine{t.op(), fmt.Sprintf(format, args...)})
}

// script notes what the driver does with connection c0, the only one that an
// exported test has.
func (s *Session) script(c *conn, format string, args ...any) {
	if s.tape != nil && (c == nil || c.number == 0) {
		s.tape.Script = append(s.tape.Script, TapeLine{s.op, fmt.Sprintf(format, args...)})
	}
}

func (t *Tape) opened(conn int, side rfc9000.Side, uni bool, st Stream, f Failure) {
	if f.Kind != NoFailure {
		t.line("c%d %s OpenStream %s: %s", conn, side, rfc9000.Kind(uni), f)
		return
	}
	t.line("c%d %s OpenStream %s: s%d", conn, side, rfc9000.Kind(uni), st.ID())
}

func (t *Tape) returned(k *call, f Failure) {
	on := ""
	if k.st != nil {
		on = fmt.Sprintf("/s%d", k.st.id)
	}
	count := ""
	if k.name == "Stream.Read" || k.name == "Stream.Write" {
		count = fmt.Sprintf("%d bytes, ", k.n)
	}
	t.line("c%d%s %s %s: %s%s", k.c.number, on, k.side, k.name, count, f)
}

func (t *Tape) packet(conn int, side rfc9000.Side, e *entry, frames []rfc9000.Frame) {
	var texts []string
	for _, f := range frames {
		if f.Type != rfc9000.Other {
			texts = append(texts, f.String())
		}
	}
	if len(texts) == 0 && e.event != Lost {
		return
	}
	slices.Sort(texts) // a stack may go through its streams in any order
	verb := [...]string{"sends", "receives", "declares lost"}[e.event]
	t.line("c%d %s %s p%d %s", conn, side, verb, e.number, strings.Join(texts, ", "))
}
