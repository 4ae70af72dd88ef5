package quicgo

import (
	"fmt"
	"strings"
	"time"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// A death is the end of a worker in the middle of a program.
type death struct {
	oracle string // "panic", "busy-loop", "deadlock"
	after  time.Duration
	dump   string // what it wrote to standard error
	err    error
}

// Error implements error.
func (d *death) Error() string {
	if d.dump == "" {
		return fmt.Sprintf("the worker died: %v", d.err)
	}
	return "the worker died:\n" + d.dump
}

// hung is the death of a worker that did not answer in time: in a loop if one
// of the bubble's goroutines runs, in a deadlock if none does. A bubble ends by
// itself where all wait for each other, but for what is no part of it, such as
// the lock of a mutex.
func hung(after time.Duration, dump string) *death {
	d := &death{oracle: "busy-loop", after: after, dump: dump}
	if d.culprit() == "" {
		d.oracle = "deadlock"
	}
	return d
}

// culprit is the stack that tells why: the first one of the bubble, of those
// that run in a loop, of those that wait for what is no part of the bubble in a
// deadlock, of all in a panic.
func (d *death) culprit() string {
	stacks := strings.Split(d.dump, "\n\n")
	for _, s := range stacks {
		if i := strings.Index(s, "goroutine "); i >= 0 {
			s = s[i:]
		}
		head, _, _ := strings.Cut(s, "\n")
		if !strings.HasPrefix(head, "goroutine ") || !strings.Contains(head, "synctest bubble") {
			continue
		}
		runs := strings.Contains(head, "[running") || strings.Contains(head, "[runnable")
		if d.oracle == "panic" || d.oracle == "busy-loop" && runs || d.oracle == "deadlock" && !strings.Contains(head, "(durable)") {
			return s
		}
	}
	return ""
}

// place is the function where it happened.
func (d *death) place() string {
	if p := lab.Place(d.culprit()); p != "" {
		return p
	}
	return "-"
}

// ours reports whether it was the harness that died and not the stack.
func (d *death) ours() bool {
	p := d.place()
	return d.oracle != "busy-loop" && (p == "-" || lab.Ours(p))
}

func (d *death) text() string {
	switch d.oracle {
	case "busy-loop":
		return fmt.Sprintf("the program does not come to its end; it was stopped after %s in %s", d.after, d.place())
	case "deadlock":
		return fmt.Sprintf("nobody runs, and the program does not come to its end; it was stopped after %s, waiting in %s", d.after, d.place())
	}
	for line := range strings.Lines(d.dump) {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return strings.TrimSpace(line)
		}
	}
	return "the process died"
}
