// Site writes what a server needs to be driven by lastwake live: a key and a
// certificate for localhost, a folder with a small and a large file, and a
// configuration for Caddy that serves it.
//
//	site DIR PORT
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: site DIR PORT")
	}
	dir, err := filepath.Abs(os.Args[1])
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "www"), 0o777)
	}
	if err == nil {
		err = write(dir, os.Args[2])
	}
	if err != nil {
		log.Fatal(err)
	}
}

// write writes the files.
func write(dir, port string) error {
	key, certificate, err := pair()
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"key.pem": key, "cert.pem": certificate, "caddy.json": fmt.Appendf(nil, caddy, dir, port),
		"www/small": make([]byte, 12_000), "www/large": make([]byte, 1<<20), "www/late": make([]byte, 1000), "www/sink": nil,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pair makes a key and a certificate of its own.
func pair() (key, certificate []byte, err error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		return nil, nil, err
	}
	private, err := x509.MarshalECPrivateKey(k)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), err
}

// caddy serves www over HTTP/3 alone, with no administration and no storage of
// certificates elsewhere.
const caddy = `{
	"admin": {"disabled": true, "config": {"persist": false}},
	"storage": {"module": "file_system", "root": "%[1]s/caddy"},
	"apps": {
		"tls": {"certificates": {"load_files": [{"certificate": "%[1]s/cert.pem", "key": "%[1]s/key.pem"}]}},
		"http": {"servers": {"live": {
			"listen": ["127.0.0.1:%[2]s"],
			"protocols": ["h1", "h2", "h3"],
			"automatic_https": {"disable": true},
			"tls_connection_policies": [{}],
			"routes": [{"handle": [{"handler": "file_server", "root": "%[1]s/www"}]}]
		}}}
	}
}
`
