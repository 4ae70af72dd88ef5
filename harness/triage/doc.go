// Package triage turns findings into named causes.
//
// It owns what is done with one finding once it is there: shrink it without
// changing what it is, name the fault that it needs, write it as a Record. It
// refuses to know how a finding came about and how a Record is printed.
//
//	s, err := triage.Shrink(runner, finding, program.MinimizeOptions{Budget: 100_000})
//	fault, err := triage.Attribute(runner, s.Finding)
//	rec := triage.NewRecord(s.Finding)
package triage
