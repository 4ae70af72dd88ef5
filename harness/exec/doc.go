// Package exec plays one program on one target and says what happened.
//
// It owns the driver: the only recover around a program, settle after the last
// op, the replay that turns a violation into a Finding, the comparison of two
// runs, the run as a production build would have done it. It refuses to know
// what is a violation (package oracle does), which programs are worth running,
// and which faults exist.
//
//	r := exec.New(session)
//	h := r.Run(p, faults)
//	if oracle.Suspect(h) {
//		finding, err := r.Explain(p, faults) // err: the harness is broken
//	}
//
// The first run keeps nothing but the outcome of each op, so it allocates
// nothing once its slices have grown. Only a violation is run again, with the
// stacks of every allocation and free. Runs are exact; a replay that differs
// from the first run is a HarnessFault and never a finding.
package exec
