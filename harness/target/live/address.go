package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// A NotLoopbackError says that somebody asked for traffic to another machine.
type NotLoopbackError struct {
	Addr string // as it was given
	IP   netip.Addr
}

// Error names the address.
func (e *NotLoopbackError) Error() string {
	return fmt.Sprintf("%s is %s, which is no address of loopback: a live server is driven on this machine only", e.Addr, e.IP)
}

// A Resolver finds the addresses of a name, as net.Resolver.LookupNetIP does.
type Resolver func(ctx context.Context, network, host string) ([]netip.Addr, error)

// Loopback resolves HOST:PORT and returns the address to send to. A name is
// resolved first, and every address that it has must be one of loopback; a
// *NotLoopbackError says that one is not. A nil resolver is the system's.
func Loopback(ctx context.Context, addr string, resolve Resolver) (netip.AddrPort, error) {
	if resolve == nil {
		resolve = net.DefaultResolver.LookupNetIP
	}
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is no HOST:PORT: %w", addr, err)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil || port == 0 {
		return netip.AddrPort{}, fmt.Errorf("%q: %q is no port", addr, service)
	}
	ips := []netip.Addr{}
	if ip, err := netip.ParseAddr(host); err == nil {
		ips = append(ips, ip)
	} else if ips, err = resolve(ctx, "ip", host); err != nil {
		return netip.AddrPort{}, fmt.Errorf("resolve %q: %w", host, err)
	}
	if len(ips) == 0 {
		return netip.AddrPort{}, fmt.Errorf("%q has no address", host)
	}
	for _, ip := range ips {
		if !ip.Unmap().IsLoopback() {
			return netip.AddrPort{}, &NotLoopbackError{Addr: addr, IP: ip}
		}
	}
	return netip.AddrPortFrom(ips[0].Unmap(), uint16(port)), nil
}

// errElsewhere is what a packet to another machine comes to, whoever sends it:
// a server can ask its client to go on elsewhere.
var errElsewhere = errors.New("not an address of loopback")

func loopback(a net.Addr) bool {
	u, ok := a.(*net.UDPAddr)
	return ok && u.IP.IsLoopback()
}
