package program

// A Verb names a row of the op table. Its value is stable: byte format 1
// refers to verbs by number.
type Verb uint8

// An Actor says who moves in an op; it is the verb's prefix. A target's
// capability is the set of actors it can play.
type Actor uint8

// The actors.
const (
	Peer Actor = iota // a frame arrives
	App               // the stream layer
	Net               // connections, window, loss, ack, fatal error
	Run               // a tasklet, task or timer runs, a connection migrates
	Time              // the clock
	Proc              // the process
	Env               // its environment
	Ring              // its rings
)

// The verbs of the mux target, in the order in which they were born.
const (
	_ Verb = iota
	PeerStream
	PeerReset
	PeerStop
	PeerMaxData
	PeerMaxStreamData
	PeerClose
	AppSend
	AppShut
	AppRead
	AppAbort
	AppDetach
	AppSubscribe
	AppUnsubscribe
	NetOpen
	NetBlock
	NetOK
	NetFatal
	NetWindow
	NetAck
	NetLose
	RunMux
	RunConn
	RunStream
	RunTimer
	RunAll
	RunMigrate
	TimePass
	ProcSoftstop

	// Those of the process target.
	EnvSet
	EnvUnset
	EnvReset
	EnvPut
	EnvRelease
	EnvGet
	EnvRead
	EnvWalk
	EnvFind
	EnvClear
	EnvAssign
	EnvDrop
	EnvSave
	EnvClean
	EnvRestore
	EnvForget
	RingNew
	RingWrite
	RingDup
	RingResize
	RingFree
	RingLog
	ProcFork
	ProcSwitch
	ProcWorker
	ProcExit
	ProcReap
	ProcReexec
	ProcFailLoad
	ProcSpawn
	ProcAdd
	ProcSave
	ProcParse
	ProcEnter
	ProcLeave
	ProcPad
	ProcUnpad
	ProcFdOpen
	ProcFdClose
	ProcFdDup
	ProcFdPass

	// Those of a real stack, which has packets and two ends with an API.
	NetPath
	NetDup
	PeerDatagram
	AppDatagram
	PeerDetach
	AppClose

	// That of a real server.
	PeerRequest
	// Those of connections to servers.
	AppOpen
	RunPurge
	RunCleanup
	// One more of the process target.
	EnvPutName
	NumVerbs
)

// What peer.stream carries, its operand "kind". For a request stream headers,
// partial, data and invalid are h3 or hq messages or parts of them; for a
// client's unidirectional stream control and unknown say which h3 stream type
// it opens.
const (
	KindData    = iota // more bytes of a body or of a started frame
	KindHeaders        // a complete request head
	KindPartial        // the first bytes of a request head
	KindInvalid        // bytes that the application layer rejects
	KindControl        // h3: stream type 0 and SETTINGS
	KindUnknown        // h3: a stream type nobody knows
	KindGoaway         // h3: a GOAWAY frame on the control stream
	KindEmpty          // no byte at all
	KindEncoder        // h3: stream type 2, the QPACK encoder stream
	KindDecoder        // h3: stream type 3, the QPACK decoder stream
)

// The timers of run.timer, its operand "which".
const (
	TimerMux  = iota // qcc->task, qcc_timeout_task
	TimerIdle        // qc->idle_timer_task, qc_idle_timer_task
	TimerPTO         // qc->timer_task, qc_process_timer
	TimerCC          // the idle timer of a closed connection (quic_conn_closed)
)

// Operand positions, for the targets that read Op.Arg.
const (
	PeerStreamKind = 0 // an enumeration
	PeerStreamLen  = 1 // bytes; 0 means the kind's own length
	PeerStreamGap  = 2 // bytes left out before this frame, to come later
	PeerStreamBack = 3 // bytes sent again before the new ones
	PeerStreamFin  = 4 // flag

	PeerResetErr   = 0
	PeerResetFinal = 1 // 0 means the offset that the peer has reached

	PeerStopErr = 0
	AddBytes    = 0 // peer.max_data and peer.max_stream_data: how much the limit grows

	PeerCloseCode = 0
	PeerCloseApp  = 1 // flag

	AppSendLen     = 0
	AppSendFin     = 1 // flag: end of message
	AppSendFF      = 2 // flag: by fast forward instead of snd_buf
	AppShutUnknown = 0 // flag: the length was not announced, the stream ends with FIN
	AppReadLen     = 0 // 0 means everything
	AppErr         = 0 // app.abort

	SubRecv = 0 // flag
	SubSend = 1 // flag

	WindowBytes = 0
	AckUpto     = 0 // flag: this packet and all before it
	TimerWhich  = 0
	Thread      = 0
	PassMS      = 0
	PurgeAll    = 0 // flag: all of them

	PathUp   = 0 // net.path: packets to the server
	PathDown = 1 // packets to the client

	DatagramLen   = 0
	DatagramCount = 1

	RequestShape = 0 // an enumeration
	RequestCount = 1
	RequestFin   = 2 // flag
)

// What the answer to peer.request is like, its operand "shape".
const (
	ShapeSmall = iota // some kilobytes: the server is done with it at once
	ShapeLarge        // a megabyte: the server stays attached to it
	ShapeLate         // its end comes some time after its last byte
	ShapeSink         // a POST whose body is thrown away
)

// MaxRequests is the most streams that one peer.request opens.
const MaxRequests = 512

// What net.path makes of packets.
const (
	PathPass = iota // they arrive at once
	PathHold        // they wait
	PathDrop        // they are lost
)

// Header keys of the mux target: the index into Header.Set.
const (
	KeyApp       = iota // application layer: 0 h3, 1 hq
	KeyBufs             // Tx buffers of a connection, tune.quic.frontend.conn-tx-buffers.limit
	KeyMaxData          // the peer's initial_max_data, bytes
	KeyMSD              // the peer's initial_max_stream_data of every kind, bytes
	KeyStreams          // max-streams-bidi granted to the peer
	KeyRxData           // our own initial_max_data, bytes
	KeyRxMSD            // our own initial_max_stream_data, bytes
	KeyWindow           // congestion window, bytes; 0 means no limit
	KeyMTU              // bytes of STREAM payload a packet holds
	KeyClient           // timeout client, ms; 0 off
	KeyHTTPReq          // timeout http-request, ms; 0 off
	KeyKeepAlive        // timeout http-keep-alive, ms; 0 off
	KeyStrict           // which BUG_ON halt: 0 none, 1 BUG_ON, 2 BUG_ON_HOT too
	KeyStart            // 0 open: connection c0 is there; 1 closed: net.open makes it
	KeyEra              // 0 is 2.9
	KeyIdle             // max_idle_timeout, ms
	KeyLibc             // whose environment: 0 glibc 2.35, 1 glibc 2.41, 2 musl, 3 illumos
	KeyMunmap           // an address that is no page's: 0 linux refuses it, 1 bsd rounds down
	KeyPage             // bytes of a page: 0 is 256, 1 is 512, 2 is 1024
	KeyEnv              // the initial environment: 0 plain, 1 empty, 2 hostile, 3 internal
	KeyPad              // bytes that somebody allocates before the startup logs
	KeySide             // whose connections: 0 clients', 1 servers'
	KeyProto            // what carries the mux's frames to a server: 0 QUIC, 1 TCP, as QMux
	KeyMaxReuse         // a server's max-reuse; NoMaxReuse for no limit
	NumKeys      = 32
)

// The values of KeySide and KeyProto, and the greatest of KeyMaxReuse.
const (
	SideFront = 0
	SideBack  = 1

	ProtoQUIC = 0
	ProtoQMux = 1

	NoMaxReuse = 1<<16 - 1
)

// firstBack is the first era with connections to servers.
const firstBack = 3

// Back reports whether the program is about connections to servers.
func (h *Header) Back() bool { return h.Set[KeySide] == SideBack && h.canBack() }

// canBack reports whether the target and the era have connections to servers.
func (h *Header) canBack() bool { return atBack.holds(h.Target) && h.Set[KeyEra] >= firstBack }

// The values of KeyLibc, KeyMunmap and KeyEnv.
const (
	LibcGlibc235 = 0
	LibcGlibc241 = 1
	LibcMusl     = 2
	LibcIllumos  = 3

	MunmapLinux = 0
	MunmapBSD   = 1

	EnvPlain    = 0
	EnvEmpty    = 1
	EnvHostile  = 2
	EnvInternal = 3
)
