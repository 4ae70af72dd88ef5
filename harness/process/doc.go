// Package process models what HAProxy's master and its workers do with their
// environment, their rings, their list of processes and the kernel: the ground
// of HAProxy #2492, where a worker unmapped the descriptor of a ring instead of
// its storage and died in the unsetenv that came next.
//
// It owns the address space of each process (initial environment block, heap,
// mappings, frames), four C libraries' ways to keep an environment, two
// kernels' ways to take an unmap, fork, exec and wait. It refuses to know who
// drives it and what counts as a finding; it has no goroutine, no clock and no
// Go pointer inside an object.
//
// The wiring is HAProxy's master-worker mode with every fix applied that the
// faults of package fault can take back; the ring is that of 3.0-dev6, with
// descriptor and storage apart. Sizes are scaled: a page has 256 bytes, the
// startup logs 1024. One Go file stands for one C file, libc and kernel have
// theirs, and a function that models a C function bears a lastwake:c directive.
// Where it takes a short cut, a comment that starts with "Deviation:" gives the
// reason. The package is ordinary Go; its twin in the folder checked is
// generated from it and checks every access.
//
//	w, err := process.New(shadow.Options{})
//	w.Reset(&p.Header, fault.Set{}, shadow.Plain, false)
//	for _, op := range p.Ops {
//		w.Step(op)
//	}
package process

//go:generate go test -run Deviations -update
//go:generate go run ../shadow/instrument/cmd/shadowgen -in . -out checked
