package triage

import (
	"bytes"
	"fmt"

	"github.com/lastwake/lastwake/harness/triage/trace"
)

// limits are small, so that an input of an engine can reach them.
var limits = trace.Limits{Bytes: 1 << 16, Line: 1 << 10, Frames: 16, Reports: 4}

// Fuzz is the target of engines that call one function, such as go-fuzz: it
// panics when a reader returns what it must not, and returns 1 for an input
// that holds a report.
func Fuzz(data []byte) int {
	doc, err := trace.Read("fuzz", bytes.NewReader(data), limits)
	if err != nil {
		panic(err) // nothing can fail here
	}
	if err := check(doc); err != nil {
		panic(err)
	}
	return min(1, len(doc.Reports))
}

// check returns an error if doc is more than the limits allow, or holds a
// report that says nothing.
func check(doc *trace.Document) error {
	if n := len(doc.Reports); n > limits.Reports {
		return fmt.Errorf("%d reports", n)
	}
	for _, r := range doc.Reports {
		if len(r.Use)+len(r.Free)+len(r.Alloc) == 0 && r.Cond == "" {
			return fmt.Errorf("an empty report of %s in line %d", r.Form, r.Line)
		}
		for _, stack := range append([][]trace.Frame{r.Use, r.Free, r.Alloc}, r.Threads...) {
			if n := len(stack); n > limits.Frames {
				return fmt.Errorf("%d frames", n)
			}
			for _, f := range stack {
				if trace.Name(f.Func) != f.Name {
					return fmt.Errorf("%q is called %q and then %q", f.Func, f.Name, trace.Name(f.Func))
				}
			}
		}
	}
	return nil
}
