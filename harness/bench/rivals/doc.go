// Package rivals holds other ways to search for what a hunt searches for, to
// compare with: Go's own fuzzing engine, and a state machine of
// pgregory.net/rapid. They are tests, so that nothing else links them.
//
// It owns how the rivals make programs and when they stop. It refuses to know
// what is done with the figures; package bench builds it and runs it once for
// each cell, with the cell in the environment:
//
//	go test -c -fuzz FuzzRival -o native.test ./harness/bench/rivals
//	LASTWAKE_RIVAL_FAULT=HAPROXY-bd384a359 LASTWAKE_RIVAL_FAULTS=HAPROXY-bd384a359 \
//	LASTWAKE_RIVAL_OPS=1000000 LASTWAKE_RIVAL_RESULT=result ./native.test -test.fuzz FuzzRival -test.fuzzcachedir .
//
// Without LASTWAKE_RIVAL_OPS they skip themselves, or play a little.
package rivals
