package adapter

import (
	"strings"

	"github.com/lastwake/lastwake/harness/target/quicgo/rfc9000"
)

// limited reports whether err says that no stream may be opened for now; the
// old versions have no type for it.
func limited(err error) bool { return strings.HasSuffix(err.Error(), "too many open streams") }

// decode returns what the reference needs of a frame: for ACK the ranges, for
// a frame that it does not know of rfc9000.Other with ok false.
func decode(frame any) (f rfc9000.Frame, acked [][2]int64, ok bool) {
	switch x := frame.(type) {
	case *ackFrame:
		for _, r := range x.AckRanges {
			acked = append(acked, [2]int64{int64(r.Smallest), int64(r.Largest)})
		}
		return f, acked, false
	case *streamFrame:
		f = rfc9000.Frame{Type: rfc9000.STREAM, Stream: uint64(x.StreamID), Offset: uint64(x.Offset), Length: uint64(x.Length), Fin: x.Fin}
	case *resetStreamFrame:
		f = rfc9000.Frame{Type: rfc9000.RESET_STREAM, Stream: uint64(x.StreamID), Code: uint64(x.ErrorCode), Final: uint64(x.FinalSize)}
	case *stopSendingFrame:
		f = rfc9000.Frame{Type: rfc9000.STOP_SENDING, Stream: uint64(x.StreamID), Code: uint64(x.ErrorCode)}
	case *maxDataFrame:
		f = rfc9000.Frame{Type: rfc9000.MAX_DATA, Max: uint64(x.MaximumData)}
	case *maxStreamDataFrame:
		f = rfc9000.Frame{Type: rfc9000.MAX_STREAM_DATA, Stream: uint64(x.StreamID), Max: uint64(x.MaximumStreamData)}
	case *maxStreamsFrame:
		f = rfc9000.Frame{Type: rfc9000.MAX_STREAMS, Max: uint64(x.MaxStreamNum), Uni: x.Type == uni}
	case *dataBlockedFrame:
		f = rfc9000.Frame{Type: rfc9000.DATA_BLOCKED, Max: uint64(x.MaximumData)}
	case *streamDataBlockedFrame:
		f = rfc9000.Frame{Type: rfc9000.STREAM_DATA_BLOCKED, Stream: uint64(x.StreamID), Max: uint64(x.MaximumStreamData)}
	case *streamsBlockedFrame:
		f = rfc9000.Frame{Type: rfc9000.STREAMS_BLOCKED, Max: uint64(x.StreamLimit), Uni: x.Type == uni}
	case *connectionCloseFrame:
		f = rfc9000.Frame{Type: rfc9000.CONNECTION_CLOSE, Code: x.ErrorCode, App: x.IsApplicationError}
	case *datagramFrame:
		f = rfc9000.Frame{Type: rfc9000.DATAGRAM, Length: uint64(x.Length)}
	default:
		return f, nil, false
	}
	return f, nil, true
}
