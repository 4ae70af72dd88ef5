package rfc9000_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

const (
	client = rfc9000.Client
	server = rfc9000.Server
)

func connection() *rfc9000.Conn {
	l := rfc9000.Limits{Data: 1000, StreamData: 100, Streams: 2}
	return rfc9000.New([2]rfc9000.Limits{l, l})
}

// carry says that from sent f and that it arrived.
func carry(c *rfc9000.Conn, from rfc9000.Side, f rfc9000.Frame) {
	c.Sent(from, f)
	c.Received(from.Peer(), f)
}

// life is a stream that the client opens, writes and closes, and that the server
// reads to its end and resets.
func life(c *rfc9000.Conn) {
	c.Opened(client, 0)
	carry(c, client, rfc9000.Frame{Type: rfc9000.STREAM, Length: 10})
	c.Wrote(client, 0, 10)
	c.CloseWrite(client, 0)
	carry(c, client, rfc9000.Frame{Type: rfc9000.STREAM, Offset: 10, Fin: true})
	c.Read(server, 0, 10, true, true)
	c.CancelWrite(server, 0, 7)
	carry(c, server, rfc9000.Frame{Type: rfc9000.RESET_STREAM, Code: 7})
	c.ReadReset(client, 0, 7)
}

func credit(c *rfc9000.Conn, max uint64) {
	carry(c, server, rfc9000.Frame{Type: rfc9000.MAX_STREAMS, Max: max})
}

// What a correct connection does breaks no rule, and what it comes to is what
// the calls lead to.
func TestCorrectLife(t *testing.T) {
	c := connection()
	life(c)
	credit(c, 3)
	c.Rest()
	if bs := c.Take(); len(bs) > 0 {
		t.Errorf("breaches %+v", bs)
	}
	if ds := c.Differences(); len(ds) > 0 {
		t.Errorf("%s", cmp.Diff(ds[0].Want, ds[0].Observed))
	}
	if got, want := c.Stream(0).Observed(client).Recv, "Data Read"; got != want {
		t.Errorf("receiving state %q, want %q", got, want)
	}
	if got, want := c.Stream(0).Observed(server).Recv, "Reset Read"; got != want {
		t.Errorf("receiving state %q, want %q", got, want)
	}
}

// Each rule is broken by what it forbids, and names the side that did it.
func TestBreaches(t *testing.T) {
	stream := func(offset, length uint64, fin bool) rfc9000.Frame {
		return rfc9000.Frame{Type: rfc9000.STREAM, Offset: offset, Length: length, Fin: fin}
	}
	reset := func(code, final uint64) rfc9000.Frame {
		return rfc9000.Frame{Type: rfc9000.RESET_STREAM, Code: code, Final: final}
	}
	for name, x := range map[string]struct {
		rule string
		side rfc9000.Side
		do   func(*rfc9000.Conn)
	}{
		"more streams than granted":    {"stream-limit", client, func(c *rfc9000.Conn) { c.Opened(client, 0); c.Opened(client, 4); c.Opened(client, 8) }},
		"a stream refused for nothing": {"stream-limit", client, func(c *rfc9000.Conn) { c.Refused(client, false) }},
		"an id out of order":           {"stream-id", client, func(c *rfc9000.Conn) { c.Opened(client, 4) }},
		"beyond the stream's limit":    {"flow-control", client, func(c *rfc9000.Conn) { c.Opened(client, 0); c.Sent(client, stream(0, 101, false)) }},
		"data after a reset": {"after-reset", client, func(c *rfc9000.Conn) {
			c.Opened(client, 0)
			c.Sent(client, reset(1, 0))
			c.Sent(client, stream(0, 1, false))
		}},
		"a final size below what went": {"final-size", client, func(c *rfc9000.Conn) {
			c.Opened(client, 0)
			c.Sent(client, stream(0, 5, false))
			c.Sent(client, reset(1, 4))
		}},
		"a final size that changes": {"final-size", client, func(c *rfc9000.Conn) {
			c.Opened(client, 0)
			c.Sent(client, stream(0, 5, true))
			c.Sent(client, reset(1, 6))
		}},
		"another reset code":     {"reset-code", client, func(c *rfc9000.Conn) { c.Opened(client, 0); c.Sent(client, reset(1, 0)); c.Sent(client, reset(2, 0)) }},
		"the wrong direction":    {"direction", server, func(c *rfc9000.Conn) { c.Opened(client, 2); f := stream(0, 1, false); f.Stream = 2; c.Sent(server, f) }},
		"bytes that nobody sent": {"data", server, func(c *rfc9000.Conn) { c.Opened(client, 0); c.Read(server, 0, 1, false, true) }},
		"bytes that are others": {"data", server, func(c *rfc9000.Conn) {
			c.Opened(client, 0)
			carry(c, client, stream(0, 1, false))
			c.Read(server, 0, 1, false, false)
		}},
		"an end too early": {"final-size", server, func(c *rfc9000.Conn) {
			c.Opened(client, 0)
			carry(c, client, stream(0, 2, true))
			c.Read(server, 0, 1, true, true)
		}},
		"a reset that did not arrive":   {"read-error", server, func(c *rfc9000.Conn) { c.Opened(client, 0); c.ReadReset(server, 0, 1) }},
		"a stop that did not arrive":    {"write-error", client, func(c *rfc9000.Conn) { c.Opened(client, 0); c.WriteStopped(client, 0, 1) }},
		"credit that is not given back": {"stream-credit", server, func(c *rfc9000.Conn) { life(c); c.Rest() }},
		"credit for more than ended":    {"stream-credit", server, func(c *rfc9000.Conn) { life(c); credit(c, 4); c.Rest() }},
	} {
		t.Run(name, func(t *testing.T) {
			c := connection()
			x.do(c)
			bs := c.Take()
			if len(bs) != 1 || bs[0].Rule != x.rule || bs[0].Side != x.side {
				t.Errorf("breaches %+v, want one of %s by the %s", bs, x.rule, x.side)
			}
		})
	}
}

// A connection's window that is not opened again is noticed at rest.
func TestWindow(t *testing.T) {
	c := connection()
	for _, id := range []uint64{2, 6} {
		c.Opened(client, id)
		for off := uint64(0); off < 100; off += 50 {
			carry(c, client, rfc9000.Frame{Type: rfc9000.STREAM, Stream: id, Offset: off, Length: 50})
		}
		carry(c, server, rfc9000.Frame{Type: rfc9000.MAX_STREAM_DATA, Stream: id, Max: 200})
		carry(c, client, rfc9000.Frame{Type: rfc9000.STREAM, Stream: id, Offset: 100, Length: 100})
	}
	carry(c, server, rfc9000.Frame{Type: rfc9000.MAX_STREAMS, Max: 4, Uni: true})
	c.Rest()
	if bs := c.Take(); len(bs) != 1 || bs[0].Rule != "window" || bs[0].Side != server {
		t.Errorf("breaches %+v, want one of window by the server", bs)
	}
}

// Bytes may arrive in any order, and twice.
func TestContiguous(t *testing.T) {
	c := connection()
	for _, at := range []uint64{40, 20, 60, 0, 40, 30} {
		c.Received(server, rfc9000.Frame{Type: rfc9000.STREAM, Offset: at, Length: 20})
	}
	h := c.Stream(0).Half(client)
	if got, want := h.Contiguous(), uint64(80); got != want {
		t.Errorf("%d bytes without a gap, want %d", got, want)
	}
}

// A half that ended otherwise than its calls say is a difference, with the field
// and the side where it shows.
func TestDifference(t *testing.T) {
	c := connection()
	life(c)
	c.Opened(client, 4)
	c.CancelWrite(client, 4, 9)
	c.CancelRead(server, 4, 1)
	c.CancelRead(client, 4, 1)
	c.CloseWrite(server, 4)
	carry(c, server, rfc9000.Frame{Type: rfc9000.STREAM, Stream: 4, Fin: true})
	ds := c.Differences()
	if len(ds) != 1 || ds[0].Want.Send != "Reset Recvd" || ds[0].Observed.Send != "Send" {
		t.Fatalf("differences %+v, want that the client's half of stream 4 was not reset", ds)
	}
	if field, side := ds[0].Field(); field != "Send" || side != client {
		t.Errorf("field %q at the %s", field, side)
	}
}
