package triage

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/reports"
)

// AsShipped runs f as a production build would, on a session of t, and returns
// what became of it. Where the arena lies is t's affair.
func AsShipped(t target.Target, f *exec.Finding) (reports.Consequence, error) {
	s, err := t.NewSession()
	if err != nil {
		return reports.Consequence{}, err
	}
	defer s.Close() // nothing was written through it
	v, err := exec.New(s).Ship(f)
	if err != nil {
		return reports.Consequence{}, err
	}
	return consequence(v, f), nil
}

func consequence(v *exec.Shipped, f *exec.Finding) reports.Consequence {
	c := reports.Consequence{Base: reports.Addr(v.Base), Outcome: outcome(v), Text: v.String()}
	switch {
	case v.Reused:
		c.Text = fmt.Sprintf("a new object lies where the %s was; %s", f.Object.Type, v)
	case v.Stale:
		c.Link, c.Field, c.Value = reports.Addr(v.Link), v.Field, v.Value
		c.Text = fmt.Sprintf("%s of the freed %s reads %d; %s%s", v.Field, f.Object.Type, v.Value, queued(v, f), v)
	}
	return c
}

// queued says what a wake of 2.9 or 3.0 takes a freed task or tasklet for: the
// lower half of the free list's link lies over its state. A wake that goes on
// has set the bit by the time that the link is read. Later eras ask for a bit
// that no pointer has.
func queued(v *exec.Shipped, f *exec.Finding) string {
	if v.Field != "tid" || f.Program.Header.Set[program.KeyEra] > 1 {
		return ""
	}
	if v.Silent {
		return "its state, the link's lower half, has bit 0x40 (TASK_IN_LIST), so the wake takes it for queued and leaves it alone; "
	}
	return "its state, the link's lower half, lacked bit 0x40 (TASK_IN_LIST), so the wake set the bit and went on to queue it on that thread; "
}

// outcome is the end of a run in a word or two.
func outcome(v *exec.Shipped) string {
	switch {
	case v.Silent:
		return "silent"
	case v.Stop.Kind == target.StopSegv && v.Stop.Null:
		return "null dereference"
	case v.Stop.Kind == target.StopSegv:
		return "wild access"
	case v.Stop.Kind == target.StopBug:
		return "bug condition"
	case v.Stop.Kind == target.StopBudget:
		return "endless loop"
	}
	return "stopped"
}
