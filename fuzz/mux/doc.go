// Package mux fuzzes the model of HAProxy's QUIC mux with any engine that
// makes bytes.
//
// It owns the two entries by which engines call it. It refuses to know how bytes
// become a verdict (fuzz/player does) and how a search is best led; an engine
// that mutates bytes blindly is served here, the search that knows what an op is
// lives in harness/hunt.
//
//	go test ./fuzz/mux                                    # seeds and known crashes
//	go test ./fuzz/mux -run '^$' -fuzz FuzzMux            # the fixed model
//	LASTWAKE_FAULTS=HAPROXY-bd384a359 go test ./fuzz/mux -run '^$' -fuzz FuzzMux
//	go tool go-fuzz-build -o mux.zip ./fuzz/mux && go tool go-fuzz -bin mux.zip -workdir work
//
// LASTWAKE_FAULTS switches faults on, LASTWAKE_SEEDS=none adds no seeds, and
// LASTWAKE_KNOWN=none excuses nothing. What is imported here is linked into the
// target, and Go's engine looks at every counter of every linked package after
// every run: think twice.
package mux
