package live

import (
	"github.com/lastwake/lastwake/harness/program"
)

// The frames and stream types of HTTP/3 that are sent (RFC 9114, sections 6.2
// and 7.2).
const (
	frameData     = 0x00
	frameHeaders  = 0x01
	frameSettings = 0x04
	frameGoaway   = 0x07
	frameReserved = 0x02 // PRIORITY of HTTP/2: a connection error

	typeControl = 0x00
	typeEncoder = 0x02
	typeDecoder = 0x03
	typeUnknown = 0x21 // reserved for being ignored
)

// The entries of QPACK's static table that are used (RFC 9204, appendix A).
const (
	staticAuthority = 0
	staticPath      = 1
	staticGet       = 17
	staticPost      = 20
	staticHTTPS     = 23
)

// A site is what is asked for, and how.
type site struct {
	hq        bool
	authority string
	paths     [4]string // by program.ShapeSmall and so on
}

// request returns a whole request without the body that a POST has.
func (s *site) request(shape uint32) []byte {
	if s.hq {
		return []byte("GET " + s.paths[shape] + "\r\n")
	}
	method := byte(staticGet)
	if shape == program.ShapeSink {
		method = staticPost
	}
	block := []byte{0, 0, 0xc0 | method, 0xc0 | staticHTTPS}
	block = appendField(block, staticAuthority, s.authority)
	block = appendField(block, staticPath, s.paths[shape])
	return appendFrame(nil, frameHeaders, block)
}

// body returns bytes of a request's body as they are framed.
func (s *site) body(n int) []byte {
	if s.hq {
		return make([]byte, n)
	}
	return appendFrame(nil, frameData, make([]byte, n))
}

// bytes returns what peer.stream sends: n bytes of the kind, or the kind's own
// number when n is 0.
func (s *site) bytes(kind uint32, n int) []byte {
	var b []byte
	switch kind {
	case program.KindHeaders:
		b = s.request(program.ShapeSmall)
	case program.KindPartial:
		b = s.request(program.ShapeSmall)
		b = b[:len(b)/2]
	case program.KindInvalid:
		b = appendFrame(nil, frameReserved, make([]byte, 4))
	case program.KindControl:
		b = appendFrame([]byte{typeControl}, frameSettings, nil)
	case program.KindGoaway:
		b = appendFrame(nil, frameGoaway, []byte{0})
	case program.KindEncoder:
		b = []byte{typeEncoder}
	case program.KindDecoder:
		b = []byte{typeDecoder}
	case program.KindUnknown:
		b = []byte{typeUnknown}
	case program.KindEmpty:
		return nil
	default:
		return s.body(max(1, n))
	}
	if n > len(b) {
		b = append(b, s.body(n-len(b))...)
	} else if n > 0 {
		b = b[:n]
	}
	return b
}

// appendField appends a field line with a name of the static table.
func appendField(b []byte, name byte, value string) []byte {
	b = append(b, 0x50|name) // all names that are used are below 15
	if n := len(value); n < 127 {
		b = append(b, byte(n))
	} else {
		b = append(b, 127)
		for n -= 127; n >= 128; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		b = append(b, byte(n))
	}
	return append(b, value...)
}

// appendFrame appends a frame of HTTP/3.
func appendFrame(b []byte, kind byte, payload []byte) []byte {
	b = append(b, kind)
	switch n := len(payload); {
	case n < 1<<6:
		b = append(b, byte(n))
	case n < 1<<14:
		b = append(b, 0x40|byte(n>>8), byte(n))
	default:
		b = append(b, 0x80|byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, payload...)
}
