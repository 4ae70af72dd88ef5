//go:build !quicgo_pre53

package adapter

import "github.com/quic-go/quic-go/qlog"

type (
	ackFrame               = qlog.AckFrame
	streamFrame            = qlog.StreamFrame
	resetStreamFrame       = qlog.ResetStreamFrame
	stopSendingFrame       = qlog.StopSendingFrame
	maxDataFrame           = qlog.MaxDataFrame
	maxStreamDataFrame     = qlog.MaxStreamDataFrame
	maxStreamsFrame        = qlog.MaxStreamsFrame
	dataBlockedFrame       = qlog.DataBlockedFrame
	streamDataBlockedFrame = qlog.StreamDataBlockedFrame
	streamsBlockedFrame    = qlog.StreamsBlockedFrame
	connectionCloseFrame   = qlog.ConnectionCloseFrame
	datagramFrame          = qlog.DatagramFrame
)

// uni is the kind of unidirectional streams; its type has no public name.
const uni = 0
