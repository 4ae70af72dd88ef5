//go:build linux

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
)

// tlsConfig has a certificate that nobody knows.
func tlsConfig() *tls.Config {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // there is always chance
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err) // nothing of it comes from outside
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"h3", "hq-interop"}}
}

// connection serves one connection.
func (s *server) connection(c *quic.Conn) {
	h3 := c.ConnectionState().TLS.NegotiatedProtocol == "h3"
	if h3 {
		if u, err := c.OpenUniStream(); err == nil {
			_, _ = u.Write([]byte{0x00, 0x04, 0x00}) // control, SETTINGS; the peer may be gone
		}
	}
	go func() {
		for {
			u, err := c.AcceptUniStream(context.Background())
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, u) }()
		}
	}()
	for {
		q, err := c.AcceptStream(context.Background())
		if err != nil {
			return
		}
		go s.stream(q, h3)
	}
}

// stream answers one request, as soon as its path is there.
func (s *server) stream(q *quic.Stream, h3 bool) {
	defer q.CancelRead(0)
	var got []byte
	buf := make([]byte, 4096)
	path := ""
	for path == "" && len(got) < 1<<16 {
		n, err := q.Read(buf)
		got = append(got, buf[:n]...)
		path = pathOf(string(got))
		if s.reset(err) || err != nil && path == "" {
			q.CancelWrite(0x10d) // H3_REQUEST_INCOMPLETE
			return
		}
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		s.answer(q, path, h3)
	}()
	for {
		_, err := q.Read(buf)
		if s.reset(err) || err != nil {
			break
		}
	}
	<-answered
}

// reset reports whether the peer has reset the stream.
func (s *server) reset(err error) bool {
	if e, ok := errors.AsType[*quic.StreamError](err); ok && e.Remote {
		s.trigger("reset")
		return true
	}
	return false
}

// pathOf finds the path, which both protocols spell out.
func pathOf(request string) string {
	for _, p := range []string{"/small", "/large", "/late", "/sink"} {
		if strings.Contains(request, p) {
			return p
		}
	}
	return ""
}

// zeros are the body of every answer, as much of them as it is long.
var zeros [1 << 20]byte

// answer sends the response to path.
func (s *server) answer(q *quic.Stream, path string, h3 bool) {
	n := map[string]int{"/small": 12_000, "/large": len(zeros), "/late": 1000, "/sink": 0}[path]
	if h3 {
		head := []byte{0x01, 3, 0, 0, 0xd9, 0x00, 0x80 | byte(n>>24), byte(n >> 16), byte(n >> 8), byte(n)} // HEADERS with :status 200, DATA
		if _, err := q.Write(head); err != nil {
			return
		}
	}
	if _, err := q.Write(zeros[:n]); err != nil {
		return
	}
	if path == "/late" {
		time.Sleep(50 * time.Millisecond)
	}
	_ = q.Close() // the peer may be gone
}
