package rfc9000

import "fmt"

// A Side is an end of a connection.
type Side uint8

// The sides.
const (
	Client Side = iota
	Server
)

// String returns "client" or "server".
func (s Side) String() string { return [...]string{"client", "server"}[s] }

// Peer returns the other side.
func (s Side) Peer() Side { return 1 - s }

// Initiator returns the side that opens the stream (RFC 9000, 2.1).
func Initiator(id uint64) Side { return Side(id & 1) }

// Uni reports whether the stream is unidirectional.
func Uni(id uint64) bool { return id&2 != 0 }

// Kind returns "bidi" or "uni".
func Kind(uni bool) string {
	if uni {
		return "uni"
	}
	return "bidi"
}

// A FrameType is one of the frames that section 3 and 4 speak of.
type FrameType uint8

// The frames.
const (
	Other FrameType = iota
	STREAM
	RESET_STREAM
	STOP_SENDING
	MAX_DATA
	MAX_STREAM_DATA
	MAX_STREAMS
	DATA_BLOCKED
	STREAM_DATA_BLOCKED
	STREAMS_BLOCKED
	CONNECTION_CLOSE
	DATAGRAM
)

var frameNames = [...]string{"frame", "STREAM", "RESET_STREAM", "STOP_SENDING", "MAX_DATA", "MAX_STREAM_DATA", "MAX_STREAMS",
	"DATA_BLOCKED", "STREAM_DATA_BLOCKED", "STREAMS_BLOCKED", "CONNECTION_CLOSE", "DATAGRAM"}

// String returns the name that the RFC uses.
func (t FrameType) String() string { return frameNames[t] }

// A Frame is a decoded frame. Fields that its type does not have are zero.
type Frame struct {
	Type   FrameType
	Stream uint64
	// Offset, Length and Fin are those of STREAM; DATAGRAM has a Length.
	Offset, Length uint64
	Fin            bool
	// Code is an application error code, of CONNECTION_CLOSE with App false a
	// transport error code.
	Code uint64
	App  bool
	// Final is the final size of RESET_STREAM.
	Final uint64
	// Max is the limit of a MAX_ or BLOCKED frame; Uni is the kind of streams
	// that it is about.
	Max uint64
	Uni bool
}

// String returns f as a line of a history: "STREAM s0 0+5 fin".
func (f Frame) String() string {
	switch f.Type {
	case STREAM:
		fin := ""
		if f.Fin {
			fin = " fin"
		}
		return fmt.Sprintf("STREAM s%d %d+%d%s", f.Stream, f.Offset, f.Length, fin)
	case RESET_STREAM:
		return fmt.Sprintf("RESET_STREAM s%d code %d final %d", f.Stream, f.Code, f.Final)
	case STOP_SENDING:
		return fmt.Sprintf("STOP_SENDING s%d code %d", f.Stream, f.Code)
	case MAX_DATA, DATA_BLOCKED:
		return fmt.Sprintf("%s %d", f.Type, f.Max)
	case MAX_STREAM_DATA, STREAM_DATA_BLOCKED:
		return fmt.Sprintf("%s s%d %d", f.Type, f.Stream, f.Max)
	case MAX_STREAMS, STREAMS_BLOCKED:
		return fmt.Sprintf("%s %s %d", f.Type, Kind(f.Uni), f.Max)
	case CONNECTION_CLOSE:
		if f.App {
			return fmt.Sprintf("CONNECTION_CLOSE app %d", f.Code)
		}
		return fmt.Sprintf("CONNECTION_CLOSE transport %d", f.Code)
	case DATAGRAM:
		return fmt.Sprintf("DATAGRAM %d", f.Length)
	}
	return f.Type.String()
}
