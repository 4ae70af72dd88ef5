// Package harness is the map of the tree below it; it holds no code.
//
//	bytes (any engine) ─ Decode ┐
//	text  (a person)  ─ Parse  ─┴→ Program → run on a Target → History → Oracles → Verdict → Record → report
//	                                                                │                    └→ corpus/crash/*.txtar
//	                                                                └→ coverage, state → hunt's next program
//
// Data flows in one direction. Who may import whom is data in layers_test.go.
//
//	shadow             the memory of the models, and the checker of every access to it
//	shadow/instrument  rewrites a model into its checked twin
//	shadow/judge       what ASan and memcheck say of the same mistakes and programs
//	program            one op table: text, bytes, mutation, shrinking
//	fault              the mistakes that a model can be asked to make again
//	mux                the model of HAProxy's QUIC mux, one file per C file
//	mux/checked        its twin, generated: every access checked, every edge counted
//	process            the model of HAProxy's master and workers, their environment and rings
//	process/checked    its twin
//	cmap               what of a model stands for what of the C, for tests
//	mutant             the module with mistakes in a model, for tests
//	transcript         programs with what a model does, that people read, for tests
//	target             types: what can play ops, what one op did, what a run was like
//	target/memory      what the models have in common as targets
//	target/model       package mux as a target
//	target/process     package process as a target
//	target/model/plain the model without its checks, the baseline, as a target
//	target/quicgo      real quic-go as a target: the process that plays
//	target/quicgo/rfc9000  the reference model of RFC 9000, section 3
//	target/quicgo/lab  network, driver and oracles for a stack with an API
//	target/quicgo/adapter  quic-go as such a stack, in its two interfaces
//	target/quicgo/wire, worker, inside  playing for another process, and in a test
//	target/quicgo/triad  what the peer sees of the mux model and of quic-go, compared
//	target/quicgo/export  a finding as a Go test that stands alone
//	target/live        a real server's process as a target, and the witness when it dies
//	target/live/guardian   somebody's server, of which nothing is left
//	oracle             what is wrong with a history
//	exec               one program on one target: settle, replay, the only recover
//	triage             shrink a finding, name its fault, write it as a record
//	triage/trace       stacks and reports of debuggers, sanitizers, programs
//	triage/like        programs that come to the place of an unknown stack
//	triage/core        the stack of a core dump, by gdb
//	triage/cause       which fault a stack is of
//	hunt               the search, in this process
//	bench              how long searches take to find each fault, and how sure that is
//	bench/rivals       other ways to search, to compare with
//	nightly            a night of hunts: the plan, the children, the state, what is news
//	nightly/metrics    its counters for Prometheus
//	witness            recordings of the real server, and programs that reproduce them
//	reload             a real haproxy -W under hostile environments
//	cmd/lastwake       the command line
//	docs               how to add an op, a fault, a target; try a fix; adr
//
// Beside this folder: fuzz has a package for each target that other engines
// drive (fuzz/player: from bytes to a verdict), corpus the programs that are kept (corpus/pool: as engines keep them),
// reports the formats of a finding.
package harness
