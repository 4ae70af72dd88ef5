package triage

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/exec"
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
		c.Text = fmt.Sprintf("%s of the freed %s reads %d; %s", v.Field, f.Object.Type, v.Value, v)
	}
	return c
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
