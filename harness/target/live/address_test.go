package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

// Only loopback is talked to: names are resolved first, and one address
// elsewhere is enough to refuse.
func TestLoopback(t *testing.T) {
	names := map[string][]string{"localhost": {"127.0.0.1", "::1"}, "example.net": {"192.0.2.1"}, "mixed": {"127.0.0.1", "192.0.2.1"}, "none": nil}
	resolve := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		var all []netip.Addr
		for _, s := range names[host] {
			all = append(all, netip.MustParseAddr(s))
		}
		return all, nil
	}
	for addr, want := range map[string]string{
		"127.0.0.1:443": "127.0.0.1:443", "127.9.9.9:1": "127.9.9.9:1", "[::1]:443": "[::1]:443", "localhost:4433": "127.0.0.1:4433",
		"[::ffff:127.0.0.1]:5": "127.0.0.1:5",
		"192.0.2.1:443":        "", "0.0.0.0:443": "", "[::]:443": "", "example.net:443": "", "mixed:443": "", "none:443": "",
		"[::ffff:192.0.2.1]:5": "", "127.0.0.1": "", "127.0.0.1:0": "", "127.0.0.1:http": "", "127.0.0.1:99999": "",
	} {
		got, err := Loopback(context.Background(), addr, resolve)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%s: %v, %v; want %q", addr, got, err, want)
		}
	}
	if _, err := Loopback(context.Background(), "mixed:1", resolve); !errors.As(err, new(*NotLoopbackError)) {
		t.Errorf("error %v", err)
	}
}

// Whatever asks for it, no packet leaves the machine.
func TestLinkStaysHere(t *testing.T) {
	l, err := newLink(netip.MustParseAddrPort("127.0.0.1:9"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.WriteTo([]byte("x"), &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 9}); !errors.Is(err, errElsewhere) {
		t.Errorf("error %v", err)
	}
}
