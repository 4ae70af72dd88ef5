// Package process makes a target of the model of HAProxy's master and workers.
//
// It owns the translation between the model's vocabulary (World, BadUnmap,
// Line) and that of package target. It refuses to know what a driver does with
// it and what is wrong with a run.
//
//	s, err := process.Process{}.NewSession() // the checked twin
//	defer s.Close()
//	h := exec.New(s).Run(p, faults)
//
// In the memory target.Shipped a wrong munmap does what the kernel of the
// program's header does, and the run goes on to the symptom: the access that a
// real process dies of.
package process
