package lab

import (
	"bytes"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// period is the length after which the pattern of a stream's bytes repeats: a
// prime, so that no packet or window fits it.
const period = 65521

// maxLen bounds what one Write or Read moves.
const maxLen = 16 << 10

// pattern is one period and as much again as one call can need.
var pattern = func() []byte {
	b := make([]byte, period+maxLen)
	x := uint32(1)
	for i := range b[:period] {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	copy(b[period:], b)
	return b
}()

// content returns the n bytes that side writes at an offset of a stream.
func content(id uint64, side rfc9000.Side, offset uint64, n int) []byte {
	at := (offset + id*7919 + uint64(side)*101) % period
	return pattern[at : at+uint64(n)]
}

// valid reports whether b is what side wrote at an offset of a stream.
func valid(b []byte, id uint64, side rfc9000.Side, offset uint64) bool {
	return bytes.Equal(b, content(id, side, offset, len(b)))
}
