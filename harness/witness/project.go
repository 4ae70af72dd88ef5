package witness

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/harness/program"
)

// An Event is one line of a run: what happened, and during which op; -1 stands
// for the opening of the connection.
type Event struct {
	Op   int
	Text string
}

// ofConnection0 leaves out what happened in ops on other connections: what is
// recorded is one connection. Others only stand for what the process did
// before.
func ofConnection0(p *program.Program, events []Event) []Event {
	var out []Event
	for _, e := range events {
		if e.Op < 0 || e.Op >= len(p.Ops) || p.Ops[e.Op].Conn == 0 {
			out = append(out, e)
		}
	}
	return out
}

// Texts returns what events say.
func Texts(events []Event) []string {
	texts := make([]string, len(events))
	for i, e := range events {
		texts[i] = e.Text
	}
	return texts
}

// Project turns what the model says into what a recording says. The recordings
// were normalised: a timeout is told when it changes, probes that follow each
// other are one, a run of the tasklet with nothing inside is one line, and so
// are contiguous bytes of a stream that were sent, or acknowledged, in one go.
func Project(events []Event) []Event {
	events = changedTimeouts(events)
	events = idleRuns(events)
	p := projection{}
	for _, e := range events {
		p.add(e)
	}
	return p.out
}

// changedTimeouts leaves out the timeouts that are the same as the last one.
func changedTimeouts(events []Event) []Event {
	var out []Event
	last := ""
	for _, e := range events {
		if strings.HasPrefix(e.Text, "timeout: ") {
			if e.Text == last {
				continue
			}
			last = e.Text
		}
		out = append(out, e)
	}
	return out
}

// The lines of a run of the mux's tasklet with nothing to send.
var idleRun = [...]string{"run qcc_tasklet begin", "io_send begin", "run qcc_tasklet end"}

// idleRuns puts each run of the tasklet with nothing inside on one line.
func idleRuns(events []Event) []Event {
	var out []Event
	for len(events) > 0 {
		n, e := 1, events[0]
		if isIdleRun(events) {
			n, e.Text = len(idleRun), "run qcc_tasklet (nothing to do)"
		}
		out = append(out, e)
		events = events[n:]
	}
	return out
}

func isIdleRun(events []Event) bool {
	for i, text := range idleRun {
		if i == len(events) || events[i].Text != text {
			return false
		}
	}
	return true
}

// A projection merges lines as they come.
type projection struct {
	out []Event
}

// add appends e, or makes it a part of what is there.
func (p *projection) add(e Event) {
	if e.Text == "pto fired" && p.last(1).Text == e.Text || p.extend("sent STREAM", 1, e) || p.extendAck(e) {
		return
	}
	p.out = append(p.out, e)
}

// last returns the line that is n-th from the end.
func (p *projection) last(n int) Event {
	if n > len(p.out) {
		return Event{}
	}
	return p.out[len(p.out)-n]
}

// extend makes e a part of the line that is n-th from the end, if both are of
// the given kind and e goes on where that one ends.
func (p *projection) extend(kind string, n int, e Event) bool {
	a, ok := parseSpan(kind, p.last(n).Text)
	b, also := parseSpan(kind, e.Text)
	if !ok || !also || a.id != b.id || a.off+a.n != b.off {
		return false
	}
	a.n += b.n
	a.moved += b.moved
	p.out[len(p.out)-n].Text = a.text(kind)
	return true
}

// extendAck makes e, with the line before it, a part of the pair before them:
// a frame that was acknowledged, and what that did to its stream.
func (p *projection) extendAck(e Event) bool {
	frame := p.last(1)
	if !follows("ack STREAM", p.last(3), frame) || !follows("desc ack", p.last(2), e) {
		return false
	}
	p.out = p.out[:len(p.out)-1]
	return p.extend("ack STREAM", 2, frame) && p.extend("desc ack", 1, e)
}

// follows reports whether b goes on where a ends.
func follows(kind string, a, b Event) bool {
	p := projection{out: []Event{a}}
	return p.extend(kind, 1, b)
}

// A span is the bytes of a stream that a line is about.
type span struct {
	id, off, n uint64
	moved      uint64 // new= of a desc ack
}

// parseSpan reads a line of the given kind.
func parseSpan(kind, text string) (s span, ok bool) {
	rest, ok := strings.CutPrefix(text, kind+" id=")
	if !ok {
		return s, false
	}
	n, _ := fmt.Sscanf(rest, "%d off=%d len=%d new=%d", &s.id, &s.off, &s.n, &s.moved)
	return s, n >= 3
}

func (s span) text(kind string) string {
	text := fmt.Sprintf("%s id=%d off=%d len=%d", kind, s.id, s.off, s.n)
	if kind == "desc ack" {
		text += fmt.Sprintf(" new=%d", s.moved)
	}
	return text
}
