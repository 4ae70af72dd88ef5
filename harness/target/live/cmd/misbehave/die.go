//go:build linux

package main

import (
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// kinds are the ways to die.
const kinds = "crash abort bug-on exit hang leak-memory leak-descriptors late asan"

func known(kind string) bool {
	return kind == "" || strings.Contains(" "+kinds+" ", " "+kind+" ")
}

// What one death by leaking takes.
const (
	leakBytes       = 4 << 20
	leakDescriptors = 4
)

// end does what --die says.
func (s *server) end() {
	switch s.die {
	case "crash":
		deadlySignal(syscall.SIGSEGV)
	case "abort":
		os.Stderr.WriteString("misbehave: aborting\n")
		deadlySignal(syscall.SIGABRT)
	case "bug-on":
		os.Stderr.WriteString("\nFATAL: bug condition \"qcc->nb_sc == 0\" matched at src/mux_quic.c:2494\n  call trace(1):\n  | 0x55d1c0de [0f 0b 48 8d]: qcc_release+0x1e/0x2f\n")
		deadlySignal(syscall.SIGILL)
	case "exit":
		os.Stderr.WriteString("misbehave: cannot go on\n")
		os.Exit(3)
	case "hang":
		s.socket.deaf.Store(true)
	case "leak-memory":
		b := make([]byte, leakBytes)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		s.mu.Lock()
		s.leaked = append(s.leaked, b)
		s.mu.Unlock()
	case "leak-descriptors":
		for range leakDescriptors {
			_, _ = syscall.Open(os.DevNull, syscall.O_RDONLY|syscall.O_CLOEXEC, 0) // it is never closed
		}
	case "late":
		time.AfterFunc(300*time.Millisecond, func() { deadlySignal(syscall.SIGSEGV) })
	case "asan":
		os.Stderr.WriteString(asanReport)
		deadlySignal(syscall.SIGABRT) // as with abort_on_error=1
	}
}

// asanReport is a report in the words of AddressSanitizer, of functions that
// are nobody's.
const asanReport = `=================================================================
==4242==ERROR: AddressSanitizer: heap-use-after-free on address 0x603000001234 at pc 0x55d1c0de1234 bp 0x7ffd00001230 sp 0x7ffd00001228
READ of size 4 at 0x603000001234 thread T0
    #0 0x55d1c0de1233 in misbehave_stream_wake src/misbehave.c:17
    #1 0x55d1c0de2233 in misbehave_stream_reset src/misbehave.c:42
    #2 0x55d1c0de3233 in main src/misbehave.c:99

0x603000001234 is located 4 bytes inside of 32-byte region [0x603000001230,0x603000001250)
freed by thread T0 here:
    #0 0x7f0000001111 in __interceptor_free ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:52
    #1 0x55d1c0de4233 in misbehave_stream_free src/misbehave.c:31

previously allocated by thread T0 here:
    #0 0x7f0000002222 in __interceptor_malloc ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69
    #1 0x55d1c0de5233 in misbehave_stream_new src/misbehave.c:12

SUMMARY: AddressSanitizer: heap-use-after-free src/misbehave.c:17 in misbehave_stream_wake
==4242==ABORTING
`

// A kernelAction is struct sigaction of rt_sigaction; zero, it is SIG_DFL.
type kernelAction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// deadlySignal ends the process by the signal itself, past Go's own handler.
func deadlySignal(sig syscall.Signal) {
	var dfl kernelAction
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&dfl)), 0, 8, 0, 0)
	none := uint64(0)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 2 /* SIG_SETMASK */, uintptr(unsafe.Pointer(&none)), 0, 8, 0, 0)
	_ = syscall.Kill(syscall.Getpid(), sig)
	select {} // it comes to whichever thread
}

// A socket can become deaf: then the server is there and answers nobody.
type socket struct {
	udp  *net.UDPConn
	deaf atomic.Bool
}

// ReadFrom implements net.PacketConn.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, a, err := s.udp.ReadFrom(b)
		if err != nil || !s.deaf.Load() {
			return n, a, err
		}
	}
}

// WriteTo implements net.PacketConn.
func (s *socket) WriteTo(b []byte, a net.Addr) (int, error) {
	if s.deaf.Load() {
		return len(b), nil
	}
	return s.udp.WriteTo(b, a)
}

// The rest of net.PacketConn. Without more than that, quic-go reads here.

func (s *socket) Close() error                       { return s.udp.Close() }
func (s *socket) LocalAddr() net.Addr                { return s.udp.LocalAddr() }
func (s *socket) SetDeadline(t time.Time) error      { return s.udp.SetDeadline(t) }
func (s *socket) SetReadDeadline(t time.Time) error  { return s.udp.SetReadDeadline(t) }
func (s *socket) SetWriteDeadline(t time.Time) error { return s.udp.SetWriteDeadline(t) }
func (s *socket) SetReadBuffer(n int) error          { return s.udp.SetReadBuffer(n) }
func (s *socket) SetWriteBuffer(n int) error         { return s.udp.SetWriteBuffer(n) }
