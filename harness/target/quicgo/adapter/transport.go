package adapter

import (
	"encoding/binary"
	"net"

	"github.com/quic-go/quic-go"
)

// transport returns a transport that draws nothing by chance which two
// goroutines could draw in either order: its keys are fixed and its connection
// ids are counted.
func transport(socket net.PacketConn, server bool) *quic.Transport {
	ids := &counter{}
	if server {
		ids.next = 1 << 30
	}
	return &quic.Transport{Conn: socket, ConnectionIDGenerator: ids, StatelessResetKey: &quic.StatelessResetKey{1}, TokenGeneratorKey: &quic.TokenGeneratorKey{2}}
}

// counter is a quic.ConnectionIDGenerator. quic-go calls it under a lock or
// from one goroutine.
type counter struct{ next uint32 }

func (c *counter) GenerateConnectionID() (quic.ConnectionID, error) {
	c.next++
	return quic.ConnectionIDFromBytes(binary.BigEndian.AppendUint32(nil, c.next)), nil
}

func (c *counter) ConnectionIDLen() int { return 4 }
