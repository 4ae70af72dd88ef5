// Package model makes a target of package mux: the model of HAProxy's QUIC mux
// as a driver, a search and the oracles see it.
//
// It owns the translation between the model's vocabulary (World, Audit, Line,
// Go functions) and that of package target. It refuses to know what a driver
// does with it and what is wrong with a run.
//
//	s, err := model.Mux{}.NewSession() // the checked twin
//	defer s.Close()
//	h := exec.New(s).Run(p, faults)
//
// What plays is the twin that checks every access and counts edges; package plain
// has the model as it is written, the baseline that the checks are measured
// against.
package model
