package quicgo

import (
	"fmt"
	"strings"
	"time"

	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
)

// A death is the end of a worker in the middle of a program.
type death struct {
	oracle string // "panic", "busy-loop"
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

// culprit is the stack that tells why: of a panic the first one, of a loop the
// first goroutine of the bubble that runs.
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
		if d.oracle == "panic" || strings.Contains(head, "[running") || strings.Contains(head, "[runnable") {
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
	return d.oracle == "panic" && (p == "-" || lab.Ours(p))
}

func (d *death) text() string {
	if d.oracle == "busy-loop" {
		return fmt.Sprintf("the program does not come to its end; it was stopped after %s in %s", d.after, d.place())
	}
	for line := range strings.Lines(d.dump) {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return strings.TrimSpace(line)
		}
	}
	return "the process died"
}
