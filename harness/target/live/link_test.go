package live

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

// pair is a link and the socket at its other end.
func pair(t *testing.T) (*link, *net.UDPConn) {
	t.Helper()
	far, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLink(far.LocalAddr().(*net.UDPAddr).AddrPort())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(); _ = far.Close() })
	return l, far
}

// says sends words from the far end.
func says(t *testing.T, far *net.UDPConn, l *link, words ...string) {
	t.Helper()
	for _, w := range words {
		if _, err := far.WriteTo([]byte(w), l.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
}

// heard reads until nothing more comes for a moment.
func heard(t *testing.T, c net.PacketConn) string {
	t.Helper()
	var b [100]byte
	all := ""
	for {
		_ = c.SetReadDeadline(time.Now().Add(10 * poll))
		n, _, err := c.ReadFrom(b[:])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all += string(b[:n])
	}
}

// A link that stops receiving still sends; what waits comes later, in order;
// what is lost does not.
func TestLink(t *testing.T) {
	l, far := pair(t)
	send := func(w string) {
		if _, err := l.WriteTo([]byte(w), far.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	says(t, far, l, "a")
	if got := heard(t, l); got != "a" {
		t.Errorf("heard %q", got)
	}
	l.set(program.PathPass, program.PathDrop)
	says(t, far, l, "b")
	if got := heard(t, l); got != "" {
		t.Errorf("heard %q in spite of all", got)
	}
	send("1")
	l.set(program.PathHold, program.PathHold)
	says(t, far, l, "c", "d")
	send("2")
	send("3")
	if got := heard(t, l); got != "" {
		t.Errorf("heard %q, which is to wait", got)
	}
	if got := heard(t, far); got != "1" {
		t.Errorf("it sent %q", got)
	}
	l.set(program.PathPass, program.PathPass)
	if near, there := heard(t, l), heard(t, far); near != "cd" || there != "23" {
		t.Errorf("heard %q, sent %q", near, there)
	}
}

// A link that has vanished refuses what comes, so that the far end sees it, and
// says nothing more.
func TestVanish(t *testing.T) {
	l, far := pair(t)
	l.vanish()
	if n, err := l.WriteTo([]byte("x"), far.LocalAddr()); n != 1 || err != nil {
		t.Errorf("its owner sees it: %d, %v", n, err)
	}
	c, err := net.DialUDP("udp4", nil, l.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	refused := false
	for range 5 {
		if _, err := c.Write([]byte("x")); err != nil {
			refused = true
		}
		time.Sleep(poll)
	}
	if got := heard(t, far); !refused || got != "" {
		t.Errorf("refused: %t; it still says %q", refused, got)
	}
}
