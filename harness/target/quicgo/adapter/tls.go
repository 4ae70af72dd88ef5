package adapter

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"math/rand/v2"
	"sync"
	"time"
)

const protocol = "lastwake"

// certificate is the server's. All of it is fixed, so that a handshake has the
// same bytes each time.
var certificate = sync.OnceValue(func() tls.Certificate {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	template := &x509.Certificate{SerialNumber: big.NewInt(1),
		NotBefore: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		panic(err) // nothing of it depends on anything
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// tlsConfig returns a side's configuration. Only X25519: half the time of a
// handshake. Tickets stay on, since quic-go v0.44 needs them; their key is
// fixed.
func tlsConfig(server bool) *tls.Config {
	// TLS has a goroutine of its own, and so a source of its own.
	key := [32]byte{3}
	if server {
		key[1] = 1
	}
	c := &tls.Config{NextProtos: []string{protocol}, CurvePreferences: []tls.CurveID{tls.X25519}, Rand: rand.NewChaCha8(key)}
	if !server {
		c.InsecureSkipVerify = true // the certificate is not what is tested
		return c
	}
	c.Certificates = []tls.Certificate{certificate()}
	c.SetSessionTicketKeys([][32]byte{{1}})
	return c
}
