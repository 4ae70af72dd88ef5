// Package quicgo is the target "quicgo": a client and a server on real quic-go.
//
// It owns the process that plays: how it is started, fed, watched with the real
// clock and, when it hangs or dies, turned into a finding; and how a worker for
// another version of quic-go is built. It refuses to know quic-go (package
// adapter does), what an op means there (package lab), and what RFC 9000 allows
// (package rfc9000).
//
//	t := &quicgo.Target{Command: []string{os.Args[0]}}
//	s, err := t.NewSession()
//	h := exec.New(s).Run(p, fault.Set{})
//
// Why a process: see docs/adr/006-quicgo-in-a-worker.md.
package quicgo
