// Package mux models the QUIC mux of HAProxy and what stands below it: the
// connection, its streams, the stream descriptors that keep unacknowledged
// bytes, frames and packets, the scheduler. The order of every free and every
// wake follows HAProxy at commit 220386ae4 (3.0-dev2), the last one with the
// wiring of 2.9.6; the faults of package fault are the only switches. The key
// era of a program's header chooses a later wiring in its place: 3.0 is v3.0.0
// and 3.2 is v3.2.0, each with the fixes that upstream asked to take back to
// it; 3.5 is v3.5-dev5, for what came with connections to servers.
//
// It owns what C code owns: objects in pools, intrusive lists and trees, and
// the rules for who may touch them when. It refuses to know who drives it, why
// a program was chosen, or what counts as a finding; it has no goroutine, no
// clock and no Go pointer inside an object.
//
// One Go file stands for one C file. A function that models a C function bears
// a lastwake:c directive with the C name and file; where it takes a short cut
// a comment that starts with "Deviation:" gives the reason. The package is
// ordinary Go. Its twin in the folder checked is generated from it and checks
// every access to an object against the shadow memory.
//
//	w, err := mux.New(shadow.Options{})
//	w.Reset(&p.Header, fault.Set{}, shadow.Plain, false)
//	for _, op := range p.Ops {
//		w.Step(op)
//	}
package mux

//go:generate go test -run Deviations -update
//go:generate go run ../shadow/instrument/cmd/shadowgen -in . -out checked
