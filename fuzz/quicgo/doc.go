// Package quicgo will fuzz quic-go, a QUIC stack that is in production: a client
// and a server in one testing/synctest bubble, with the driver of this package as
// the network between them.
//
// So far it owns a smoke program, which opens a connection, resets a stream and
// closes: it proves that the bubble, the network and determinism work. It
// refuses to know quic-go from inside: it uses the public interface only.
//
//	go test ./fuzz/quicgo
package quicgo
