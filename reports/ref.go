package reports

import "github.com/lastwake/lastwake/harness/fault"

// RefOf returns what a report says of f.
func RefOf(f fault.Fault) *FaultRef {
	return &FaultRef{
		ID: f.Name, Issue: f.Issue, Commit: f.Commit, Tag: f.Tag, Backport: f.Backport,
		Title: f.Title, Mechanism: f.Mechanism, Fix: f.Fix,
		Before: f.Order.Before, After: f.Order.After,
	}
}
