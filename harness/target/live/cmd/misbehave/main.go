//go:build linux

// Misbehave is a small HTTP/3 server that dies on command: the positive
// control of lastwake live. It serves /small, /large, /late and /sink over h3
// and hq-interop, and otherwise nothing.
//
//	misbehave --addr 127.0.0.1:4433 --die crash --on reset
//	misbehave --addr 127.0.0.1:4433 --die abort --on unacked
//
// --on says at what: "reset" when the peer resets a request, "unacked" when a
// connection closes while more than --quota responses are not acknowledged, as
// HAProxy #2494 wants it. --die says how.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

func main() {
	log.SetFlags(0)
	s := server{}
	addr := flag.String("addr", "127.0.0.1:0", "where to listen, on loopback")
	flag.StringVar(&s.die, "die", "", "how to die: "+kinds)
	flag.StringVar(&s.on, "on", "reset", "at what: reset, unacked")
	flag.IntVar(&s.quota, "quota", 30, "responses that may be unacknowledged when a connection closes")
	flag.Float64Var(&s.odds, "odds", 1, "how likely it is to die then")
	flag.StringVar(&s.note, "note", "", "append a line to this file before dying")
	mute := flag.Bool("mute", false, "do not say that it is ready")
	flag.Parse()
	if !known(s.die) || s.on != "reset" && s.on != "unacked" {
		log.Fatalf("unknown --die %q or --on %q", s.die, s.on)
	}
	debug.SetTraceback("crash") // an abort leaves a core
	log.Fatal(s.serve(*addr, *mute))
}

// A server serves, and dies as its flags say.
type server struct {
	die, on string
	quota   int
	odds    float64
	note    string
	socket  *socket

	mu     sync.Mutex
	leaked [][]byte
}

// serve listens and serves until the process ends. It returns why it cannot.
func (s *server) serve(addr string, mute bool) error {
	at, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return err
	}
	if !at.IP.IsLoopback() {
		return fmt.Errorf("%s is no address of loopback", addr)
	}
	udp, err := net.ListenUDP("udp", at)
	if err != nil {
		return err
	}
	s.socket = &socket{udp: udp}
	t := quic.Transport{Conn: s.socket}
	l, err := t.Listen(tlsConfig(), &quic.Config{MaxIdleTimeout: 5 * time.Second, MaxIncomingStreams: 1000, DisablePathMTUDiscovery: true, Tracer: s.trace})
	if err != nil {
		return err
	}
	if !mute {
		log.Printf("ready on %s", l.Addr())
	}
	for {
		c, err := l.Accept(context.Background())
		if err != nil {
			return err
		}
		go s.connection(c)
	}
}

// trigger is called when something happens at which to die.
func (s *server) trigger(what string) {
	if s.die == "" || s.on != what || rand.Float64() >= s.odds {
		return
	}
	if s.note != "" {
		if f, err := os.OpenFile(s.note, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666); err == nil {
			fmt.Fprintln(f, s.die)
			_ = f.Close() // a test looks whether it is there
		}
	}
	s.end()
}
