package live

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/target/live/guardian"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// The classes of what can be wrong with a server, besides those of the reports
// that it prints itself.
const (
	Signal           = "signal"
	Exit             = "exit"
	Hang             = "hang"
	MemoryGrowth     = "memory-growth"
	DescriptorGrowth = "descriptor-growth"
)

// A Symptom is what is wrong with a server.
type Symptom struct {
	// Class is a class above, or that of the report which the server printed.
	Class string `json:"class"`
	// Where is the function, the signal, the exit status: what two symptoms of
	// one class differ in.
	Where string `json:"where,omitempty"`
	// Cond is the condition of a bug-on.
	Cond string `json:"cond,omitempty"`
	// Detail says it in words.
	Detail string `json:"detail"`
	// Status is how the server ended, nil while it lives.
	Status *guardian.Status `json:"status,omitempty"`
}

// Signature is what a finding of s is known by.
func (s *Symptom) Signature() string {
	return oracle.Verdict{Class: oracle.Class(s.Class), Invariant: s.Where, Object: "server"}.Signature()
}

// grows reports whether s takes several runs of a program to be seen.
func (s *Symptom) grows() bool { return s.Class == MemoryGrowth || s.Class == DescriptorGrowth }

// same reports whether two symptoms look the same without a debugger.
func (s *Symptom) same(t *Symptom) bool {
	return t != nil && s.Class == t.Class && signalOf(s.Where) == signalOf(t.Where)
}

// signalOf is what is known of a place before a debugger has named the function.
func signalOf(where string) string {
	s, _, _ := strings.Cut(where, " in ")
	return s
}

// reported returns what a server has printed about itself, nil if there is no
// report in it.
func reported(log []byte) *Symptom {
	doc, err := trace.Read(guardian.LogFile, bytes.NewReader(log), trace.Limits{})
	if err != nil {
		return nil
	}
	for i := range doc.Reports {
		r := &doc.Reports[i]
		switch r.Form {
		case trace.Sanitizer, trace.Valgrind, trace.BugOn, trace.Watchdog, trace.Go:
		default:
			continue
		}
		if r.Class == trace.Crash && r.Signal == "" {
			continue
		}
		s := &Symptom{Class: r.Class, Where: place(r.Use), Cond: r.Cond}
		if s.Class == "" {
			s.Class, s.Where = Signal, inside(r.Signal, s.Where)
		}
		s.Detail = fmt.Sprintf("the server printed a report (%s)", r.Form)
		return s
	}
	return nil
}

// place is the innermost function that is not everybody's.
func place(stack []trace.Frame) string {
	for _, f := range stack {
		if f.Kind == trace.Plain {
			return f.Name
		}
	}
	return ""
}

// inside adds a function to the name of a signal.
func inside(signal, function string) string {
	if function == "" {
		return signal
	}
	return signal + " in " + function
}

// died is the symptom of a server that has ended by itself.
func died(log []byte, st guardian.Status) *Symptom {
	s := reported(log)
	if s == nil {
		s = &Symptom{Class: Exit, Where: fmt.Sprintf("status %d", st.Code)}
		if st.Signal != 0 {
			s.Class, s.Where = Signal, signalName(st.Signal)
		}
	}
	s.Status = &st
	s.Detail = "the server died: " + st.String()
	return s
}

func signalName(n int) string {
	if name := unix.SignalName(syscall.Signal(n)); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", n)
}
