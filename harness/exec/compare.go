package exec

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"github.com/lastwake/lastwake/harness/target"
)

// trace is what two runs of one program must have in common, kept from one
// run to compare with the next.
type trace struct {
	h   target.History
	pcs []uintptr // the stack on which it stopped
}

// keep copies what Diff and sameStack compare.
func (t *trace) keep(h *target.History, pcs []uintptr) {
	t.pcs = append(t.pcs[:0], pcs...)
	t.h.Header, t.h.Faults = h.Header, h.Faults
	t.h.Ops = append(t.h.Ops[:0], h.Ops...)
	t.h.Events = append(t.h.Events[:0], h.Events...)
	t.h.Settle, t.h.Settled, t.h.Stop = h.Settle, h.Settled, h.Stop
}

// Diff returns how two histories of one program differ in what happened, in
// words, and "" if they do not. How the memory was watched is no difference.
func Diff(a, b *target.History) string {
	for i := range min(len(a.Ops), len(b.Ops)) {
		if a.Ops[i] != b.Ops[i] {
			return fmt.Sprintf("op %d is %s, then %s", i, a.Ops[i], b.Ops[i])
		}
		if i < len(a.Events) && i < len(b.Events) && a.Events[i] != b.Events[i] {
			return fmt.Sprintf("op %d (%s): %s, then %s", i, a.Ops[i], eventText(a.Events[i]), eventText(b.Events[i]))
		}
	}
	switch {
	case len(a.Ops) != len(b.Ops):
		return fmt.Sprintf("%d ops, then %d", len(a.Ops), len(b.Ops))
	case len(a.Events) != len(b.Events):
		return fmt.Sprintf("%d ops came to their end, then %d", len(a.Events), len(b.Events))
	case a.Stop.Kind != b.Stop.Kind || a.Stop.Write != b.Stop.Write || a.Stop.Size != b.Stop.Size || a.Stop.Cond != b.Stop.Cond:
		return fmt.Sprintf("op %d stopped by %s, then by %s", len(a.Ops)-1, stopText(&a.Stop), stopText(&b.Stop))
	case a.Settled != b.Settled:
		return "settle ended differently"
	}
	return ""
}

// sameStack reports whether two stacks, innermost frame first, are of the same
// place: whether they go through the same functions, up to who called the
// Runner.
func sameStack(a, b []uintptr) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && function(a[i]) != function(b[i]) {
			return i > 0 && strings.HasPrefix(function(a[i-1]), runner)
		}
	}
	return len(a) == len(b)
}

// runner is how the names of a Runner's methods begin.
var runner = reflect.TypeFor[Runner]().PkgPath() + ".(*Runner)."

// function names the function that a frame of a stack is in.
func function(pc uintptr) string { return runtime.FuncForPC(pc - 1).Name() }

func eventText(e target.Event) string { return fmt.Sprintf("%s (state %08x)", e.Outcome, e.State) }

func stopText(s *target.Stop) string {
	kind := [...]string{"nothing", "a trap", "a fault", "a bad free", "a BUG_ON", "the budget", "full memory", "a panic", "an unmap", "the end of its process"}[s.Kind]
	if s.Cond != "" {
		return kind + " (" + s.Cond + ")"
	}
	if s.Size != 0 {
		return fmt.Sprintf("%s (size %d, write %t)", kind, s.Size, s.Write)
	}
	return kind
}
