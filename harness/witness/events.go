package witness

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
)

// Events plays p on the model as a production build would, with the given
// faults on, and returns what happened to c0 in the words of a recording.
// Settle is off: what p does not play does not happen.
func Events(p *program.Program, faults fault.Set) ([]string, error) {
	events, err := Run(p, faults)
	return Texts(events), err
}

// Run is Events with the op of each line. A run that a crash ends says so in
// its last line.
func Run(p *program.Program, faults fault.Set) ([]Event, error) {
	events, h, err := run(model.Mux{}, target.Shipped, p, faults)
	if err != nil || h.Stop.Kind == target.StopNone {
		return events, err
	}
	return append(events, Event{Op: len(h.Ops) - 1, Text: ended(&h.Stop)}), nil
}

// run plays p on a variant of the model and returns its events and its
// history.
func run(m model.Mux, memory target.Memory, p *program.Program, faults fault.Set) ([]Event, *target.History, error) {
	s, err := m.NewSession()
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	watched := s.(target.Inspector)
	watched.SetMemory(memory, 0)
	r := exec.New(s)
	r.Settle(false)
	h := r.Run(p, faults)
	if h.Stop.Kind == target.StopHarness || h.Stop.Kind == target.StopFull {
		return nil, nil, fmt.Errorf("run a program on target %s: %s", p.Header.Target, h.Stop.Cond)
	}
	var events []Event
	watched.Events(func(op int, text string) bool {
		events = append(events, Event{Op: op, Text: text})
		return true
	})
	return Project(ofConnection0(p, events)), h, nil
}

// ended says in a recording's words how a process dies of stop.
func ended(stop *target.Stop) string {
	switch stop.Kind {
	case target.StopBug:
		return fmt.Sprintf("process ended: bug condition %q matched", stop.Cond)
	case target.StopBudget:
		return "process ended: endless loop"
	}
	return "process ended: crash signal 11"
}
