package quicgo

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quic-go/quic-go"
)

// Open, reset, close: every step ends as the API says, nothing is left behind,
// and two runs exchange the same bytes.
func TestSmoke(t *testing.T) {
	want := []string{
		"open: hello",
		"reset: stream 0 canceled by remote with error code 7",
		"close: Application error 0x2a (remote): bye",
	}
	var first outcome
	for i, name := range []string{"first", "again"} {
		t.Run(name, func(t *testing.T) {
			got := smoke(t)
			if diff := cmp.Diff(want, got.log); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if i == 0 {
				first = got
			} else if got.packets != first.packets || got.digest != first.digest {
				t.Errorf("the second run differs: %d packets, digest %s; the first: %d, %s", got.packets, got.digest, first.packets, first.digest)
			}
		})
	}
}

// An outcome is what one run was like.
type outcome struct {
	log     []string
	packets int
	digest  string // of every packet delivered
}

// smoke plays the program in a bubble. The clock of the bubble stands still
// while anybody works, so an endless loop inside is noticed outside only.
func smoke(t *testing.T) (o outcome) {
	watchdog := time.AfterFunc(30*time.Second, func() { panic("quicgo: the bubble does not come to rest") })
	defer watchdog.Stop()
	t.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true") // an own network has none
	cryptotest.SetGlobalRandom(t, 1)
	synctest.Test(t, func(t *testing.T) {
		// quic-go's clock counts from the start of the process, a bubble's time
		// begins in the year 2000.
		time.Sleep(time.Until(time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)))
		r := newRun(t)
		defer r.end()
		r.open()
		r.reset()
		r.close()
		o = outcome{log: r.log, packets: r.net.count, digest: hex.EncodeToString(r.net.digest.Sum(nil)[:8])}
	})
	return o
}

// A run is a client, a server and what happened between them.
type run struct {
	t              *testing.T
	net            *network
	listener       *quic.Listener
	transports     [2]*quic.Transport
	client, server *quic.Conn
	send           *quic.Stream // the client's
	receive        *quic.Stream // the server's end of it
	log            []string
}

func newRun(t *testing.T) *run {
	r := &run{t: t, net: newNetwork()}
	for i, h := range r.net.hosts {
		r.transports[i] = &quic.Transport{Conn: h}
	}
	var err error
	if r.listener, err = r.transports[1].Listen(serverTLS(t), config()); err != nil {
		t.Fatal(err)
	}
	return r
}

func config() *quic.Config { return &quic.Config{DisablePathMTUDiscovery: true} }

// do runs f beside the network and waits for its end.
func (r *run) do(what string, f func(context.Context) error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		err = f(ctx)
	}()
	if !r.net.until(done, 20*time.Second) {
		r.t.Fatalf("%s does not end", what)
	}
	if err != nil {
		r.t.Fatalf("%s: %v", what, err)
	}
}

// open makes a connection and says hello on a stream.
func (r *run) open() {
	r.do("dial", func(ctx context.Context) (err error) {
		r.client, err = r.transports[0].Dial(ctx, r.net.hosts[1].LocalAddr(), clientTLS(), config())
		return err
	})
	r.do("accept", func(ctx context.Context) (err error) { r.server, err = r.listener.Accept(ctx); return err })
	r.do("open stream", func(ctx context.Context) (err error) { r.send, err = r.client.OpenStreamSync(ctx); return err })
	r.do("write", func(context.Context) error { _, err := r.send.Write([]byte("hello")); return err })
	r.do("accept stream", func(ctx context.Context) (err error) { r.receive, err = r.server.AcceptStream(ctx); return err })
	r.do("read", func(context.Context) error {
		b := make([]byte, 5)
		_, err := io.ReadFull(r.receive, b)
		r.log = append(r.log, "open: "+string(b))
		return err
	})
}

// reset gives the stream up in the middle.
func (r *run) reset() {
	r.send.CancelWrite(7)
	r.net.drain()
	r.do("read", func(context.Context) error {
		_, err := r.receive.Read(make([]byte, 1))
		if e, ok := errors.AsType[*quic.StreamError](err); !ok || !e.Remote || e.ErrorCode != 7 {
			return fmt.Errorf("got %v, want a StreamError", err)
		}
		r.log = append(r.log, "reset: "+err.Error())
		return nil
	})
}

// close closes the connection, with the stream half open.
func (r *run) close() {
	r.do("close", func(context.Context) error { return r.client.CloseWithError(42, "bye") })
	r.do("end of the server", func(ctx context.Context) error {
		select {
		case <-r.server.Context().Done():
		case <-ctx.Done():
			return ctx.Err()
		}
		r.log = append(r.log, "close: "+context.Cause(r.server.Context()).Error())
		return nil
	})
}

// end takes down what is left; a goroutine that stays fails the bubble.
func (r *run) end() {
	_ = r.listener.Close() // what it returns says that it is closed
	for i, tr := range r.transports {
		if err := tr.Close(); err != nil {
			r.t.Error(err)
		}
		if err := r.net.hosts[i].Close(); err != nil {
			r.t.Error(err)
		}
	}
	r.net.drain()
}

const protocol = "lastwake"

func clientTLS() *tls.Config {
	// Only X25519: half the time of a handshake, and the same bytes each time.
	return &tls.Config{InsecureSkipVerify: true, NextProtos: []string{protocol}, CurvePreferences: []tls.CurveID{tls.X25519}}
}

func serverTLS(t *testing.T) *tls.Config {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		NextProtos:   []string{protocol}, CurvePreferences: []tls.CurveID{tls.X25519},
	}
}
