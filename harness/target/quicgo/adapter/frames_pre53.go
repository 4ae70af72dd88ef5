//go:build quicgo_pre53

package adapter

import "github.com/quic-go/quic-go/logging"

type (
	ackFrame               = logging.AckFrame
	streamFrame            = logging.StreamFrame
	resetStreamFrame       = logging.ResetStreamFrame
	stopSendingFrame       = logging.StopSendingFrame
	maxDataFrame           = logging.MaxDataFrame
	maxStreamDataFrame     = logging.MaxStreamDataFrame
	maxStreamsFrame        = logging.MaxStreamsFrame
	dataBlockedFrame       = logging.DataBlockedFrame
	streamDataBlockedFrame = logging.StreamDataBlockedFrame
	streamsBlockedFrame    = logging.StreamsBlockedFrame
	connectionCloseFrame   = logging.ConnectionCloseFrame
	datagramFrame          = logging.DatagramFrame
)

// uni is the kind of unidirectional streams.
const uni = logging.StreamTypeUni
