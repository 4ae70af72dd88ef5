// Package quicgo fuzzes quic-go, a QUIC stack that is in production: a client
// and a server in one testing/synctest bubble, watched by a model of RFC 9000.
//
// It owns the way from bytes to a verdict in one process. It refuses to know
// what an op means there (harness/target/quicgo/lab does) and how a search that
// knows what an op is goes about it (harness/hunt).
//
//	go test ./fuzz/quicgo                            # the seeds
//	go test ./fuzz/quicgo -run '^$' -fuzz FuzzQuicgo -fuzzminimizetime 1x -parallel 2
//	go tool lastwake hunt --target quicgo
//
// Minimising at its default of a minute a time cripples a campaign; a finding is
// shrunk here. A program that does not come to its end, or leaves goroutines
// behind, ends its process and is saved before that.
//
// A known crash of corpus/crash/quicgo excuses its signature. LASTWAKE_SEEDS=none
// adds no seeds, LASTWAKE_KNOWN=none excuses nothing.
package quicgo
