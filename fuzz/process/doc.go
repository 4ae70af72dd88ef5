// Package process fuzzes the model of HAProxy's master and workers with any
// engine that makes bytes.
//
// It owns the two entries by which engines call it. It refuses to know how bytes
// become a verdict (fuzz/player does) and how a search is best led.
//
//	go test ./fuzz/process                                        # seeds and known crashes
//	go test ./fuzz/process -run '^$' -fuzz FuzzProcess            # the fixed model
//	LASTWAKE_FAULTS=HAPROXY-40d1c84bf go test ./fuzz/process -run '^$' -fuzz FuzzProcess
//
// LASTWAKE_FAULTS switches faults on, LASTWAKE_SEEDS=none adds no seeds, and
// LASTWAKE_KNOWN=none excuses nothing. What is imported here is linked into the
// target, and Go's engine looks at every counter of every linked package after
// every run: the model of the mux is not.
package process
