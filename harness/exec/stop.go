package exec

import (
	"fmt"
	"runtime"

	"github.com/lastwake/lastwake/harness/target"
)

// stopped records why the run ended. The deferred function that recovered v
// calls it: the stack of the panic is still there.
func (r *Runner) stopped(v any) {
	// Callers, stopped and the deferred function say nothing about the model.
	r.depth = runtime.Callers(3, r.pcs[:])
	r.cause = v
	if r.inspector != nil {
		var ok bool
		if r.word, ok = r.inspector.Stopped(v, &r.h.Stop); ok {
			return
		}
	}
	r.h.Stop = target.Stop{Kind: target.StopHarness, Cond: fmt.Sprint(v)}
}

// stack is the stack on which the last run stopped, innermost first.
func (r *Runner) stack() []uintptr { return r.pcs[:r.depth] }

// keyDepth is the number of frames that Key looks at.
const keyDepth = 16

// Key is a cheap number for what is wrong with the last run: equal for runs
// that stopped on the same stack. It saves a hunt from explaining the same
// finding a thousand times, and is no signature: it depends on the build, and
// findings with different signatures can share it.
func (r *Runner) Key() uint64 {
	h := fnvInit ^ uint64(r.h.Stop.Kind)
	for _, pc := range r.pcs[:min(r.depth, keyDepth)] {
		h = (h ^ uint64(pc)) * fnvPrime
	}
	return h
}

const (
	fnvInit  = 14695981039346656037
	fnvPrime = 1099511628211
)

// A HarnessFault is an error of lastwake itself: the program that was run is
// not to blame, and nothing is known about it.
type HarnessFault struct {
	// What went wrong, in words.
	What string
	// Program is the text of the program that was run.
	Program string
	// Stack is where, as Go prints it; it may be empty.
	Stack string
}

// Error returns what went wrong, without the program.
func (f *HarnessFault) Error() string { return "harness fault: " + f.What }

// goStack prints program counters, innermost first.
func goStack(pcs []uintptr) string {
	var s string
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		s += fmt.Sprintf("%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		if !more {
			return s
		}
	}
}
