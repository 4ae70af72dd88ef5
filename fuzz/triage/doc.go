// Package triage fuzzes the readers of foreign reports: whatever a file holds,
// reading it ends, within the limits, and keeps no string of a process.
//
// It owns the check of what a reader may return. It refuses to know which
// fault a report is of.
//
//	go test ./fuzz/triage -run '^$' -fuzz FuzzTriage
package triage
