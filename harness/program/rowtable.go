package program

// The constructors of operands keep the table below to a line per operand. A
// map given to them is frozen: byte format 1 refers to its entries by index.

func flagArg(name, doc string, m ...uint32) Operand {
	if m == nil {
		m = []uint32{0, 1}
	}
	return Operand{Name: name, Kind: Flag, Max: 1, Map: m, Doc: doc}
}

func sizeArg(name string, max uint32, doc string, m ...uint32) Operand {
	return Operand{Name: name, Max: max, Unit: "bytes", Map: m, Doc: doc}
}

func codeArg(name, doc string) Operand {
	return Operand{Name: name, Max: 1<<30 - 1, Doc: doc, Map: []uint32{0, 0x100, 0x10c, 0x102, 1, 10, 0x10f, 63}}
}

func wordArg(name, doc string, values []string, m ...uint32) Operand {
	return Operand{Name: name, Kind: Enum, Bare: true, Values: values, Max: uint32(len(values) - 1), Map: m, Doc: doc}
}

const maxLen = 1 << 20 // of what one op sends or reads

var rows = withProcess([NumVerbs]Row{
	PeerStream: {Name: "peer.stream", Actor: Peer, Object: ObjStream, weight: [3]uint8{40, 14, 4}, Operands: []Operand{
		wordArg("kind", "what the bytes are", []string{"data", "headers", "partial", "invalid", "control", "unknown", "goaway", "empty", "encoder", "decoder"},
			1, 0, 1, 2, 1, 0, 4, 3, 1, 5, 1, 8, 6, 2, 7, 9),
		sizeArg("len", maxLen, "how many; 0 means the kind's own length", 0, 0, 0, 0, 1, 8, 100, 500, 1000, 1252, 4000, 12000, 16384, 16380, 65536, 491520),
		sizeArg("gap", maxLen, "bytes left out before this frame, to come later", 0, 0, 0, 0, 0, 0, 1, 100),
		sizeArg("back", maxLen, "bytes sent again before the new ones", 0, 0, 0, 0, 0, 0, 1, 100),
		flagArg("fin", "the last bytes of the stream"),
	}, Doc: "a STREAM frame arrives"},
	PeerReset: {Name: "peer.reset", Actor: Peer, Object: ObjStream, weight: [3]uint8{2, 5, 4}, Operands: []Operand{
		codeArg("err", "application error code"),
		sizeArg("final", 1<<30-1, "final size; 0 means the offset that the peer has reached", 0, 0, 0, 0, 0, 1, 1000, 65536),
	}, Doc: "a RESET_STREAM frame arrives"},
	PeerStop: {Name: "peer.stop", Actor: Peer, Object: ObjStream, weight: [3]uint8{2, 6, 4}, Operands: []Operand{
		codeArg("err", "application error code"),
	}, Doc: "a STOP_SENDING frame arrives"},
	PeerMaxData: {Name: "peer.max_data", Actor: Peer, Object: ObjConn, weight: [3]uint8{1, 4, 2}, Operands: []Operand{
		sizeArg("add", 1<<30-1, "how much the limit grows", 1000, 1, 4000, 100, 16384, 65536, 1048576, 0),
	}, Doc: "a MAX_DATA frame arrives"},
	PeerMaxStreamData: {Name: "peer.max_stream_data", Actor: Peer, Object: ObjStream, weight: [3]uint8{1, 4, 2}, Operands: []Operand{
		sizeArg("add", 1<<30-1, "how much the limit grows", 1000, 1, 4000, 100, 16384, 65536, 1048576, 0),
	}, Doc: "a MAX_STREAM_DATA frame arrives"},
	PeerClose: {Name: "peer.close", Actor: Peer, Object: ObjConn, weight: [3]uint8{0, 1, 5}, Operands: []Operand{
		codeArg("code", "error code"),
		flagArg("app", "the application's close (0x1d), not the transport's (0x1c)"),
	}, Doc: "a CONNECTION_CLOSE frame arrives"},
	AppSend: {Name: "app.send", Actor: App, Object: ObjStream, weight: [3]uint8{12, 22, 6}, Operands: []Operand{
		sizeArg("len", maxLen, "how many", 1000, 1, 4000, 100, 16384, 0, 500, 12000, 16385, 32768, 65536, 1252, 2000, 8000, 200000, 491520),
		flagArg("fin", "end of message"),
		flagArg("ff", "by fast forward instead of through the stream layer's buffer", 0, 0, 0, 1),
	}, Doc: "the stream layer sends bytes"},
	AppShut: {Name: "app.shut", Actor: App, Object: ObjStream, weight: [3]uint8{0, 5, 6}, Operands: []Operand{
		flagArg("unknown", "the length was not announced: the stream ends with FIN, not RESET_STREAM"),
	}, Doc: "the stream layer shuts its writing side"},
	AppRead: {Name: "app.read", Actor: App, Object: ObjStream, weight: [3]uint8{4, 8, 3}, Operands: []Operand{
		sizeArg("len", maxLen, "how many; 0 means everything", 0, 0, 1, 100, 1000, 4000, 16384, 65536),
	}, Doc: "the stream layer reads what has arrived"},
	AppAbort: {Name: "app.abort", Actor: App, Object: ObjStream, weight: [3]uint8{0, 3, 3}, Operands: []Operand{
		codeArg("err", "application error code"),
	}, Doc: "the stream layer gives up reading: STOP_SENDING"},
	AppDetach:      {Name: "app.detach", Actor: App, Object: ObjStream, weight: [3]uint8{1, 8, 22}, Doc: "the stream layer lets go of the stream"},
	AppSubscribe:   {Name: "app.subscribe", Actor: App, Object: ObjStream, weight: [3]uint8{2, 3, 1}, Operands: sidesArg(), Doc: "the stream layer asks to be woken"},
	AppUnsubscribe: {Name: "app.unsubscribe", Actor: App, Object: ObjStream, weight: [3]uint8{0, 2, 2}, Operands: sidesArg(), Doc: "the stream layer no longer asks to be woken"},
	NetOpen:        {Name: "net.open", Actor: Net, Object: ObjConn, weight: [3]uint8{3, 1, 1}, Doc: "a connection is accepted, or opened to a server, and its mux made"},
	NetBlock:       {Name: "net.block", Actor: Net, Object: ObjConn, weight: [3]uint8{6, 4, 2}, Doc: "the congestion window closes: nothing can be sent"},
	NetOK:          {Name: "net.ok", Actor: Net, Object: ObjConn, weight: [3]uint8{1, 5, 3}, Doc: "the network works: window and socket take packets again"},
	NetFatal:       {Name: "net.fatal", Actor: Net, Object: ObjConn, weight: [3]uint8{0, 2, 3}, Doc: "every sendto fails for good from now on"},
	NetWindow: {Name: "net.window", Actor: Net, Object: ObjConn, weight: [3]uint8{2, 4, 1}, Operands: []Operand{
		sizeArg("bytes", 1<<30-1, "its new size; 0 means no limit", 0, 1252, 1, 4000, 100, 2504, 1000, 12520, 0, 16384, 500, 8000, 20000, 65536, 2000, 491520),
	}, Doc: "the congestion window changes"},
	NetAck: {Name: "net.ack", Actor: Net, Object: ObjPackets, weight: [3]uint8{3, 10, 5}, Operands: []Operand{
		flagArg("upto", "this packet and all before it"),
	}, Doc: "the peer acknowledges one packet, or all"},
	NetLose:   {Name: "net.lose", Actor: Net, Object: ObjPacket, weight: [3]uint8{0, 4, 2}, Doc: "a packet is declared lost"},
	RunMux:    {Name: "run.mux", Actor: Run, Object: ObjConn, weight: [3]uint8{8, 18, 8}, Doc: "the mux's tasklet runs, if it is queued"},
	RunConn:   {Name: "run.conn", Actor: Run, Object: ObjConn, weight: [3]uint8{3, 8, 5}, Doc: "the QUIC connection's tasklet runs, if it is queued"},
	RunStream: {Name: "run.stream", Actor: Run, Object: ObjStream, weight: [3]uint8{2, 4, 2}, Doc: "the stream connector's tasklet runs, if it is queued"},
	RunTimer: {Name: "run.timer", Actor: Run, Object: ObjConn, weight: [3]uint8{0, 5, 14}, Operands: []Operand{
		wordArg("which", "which timer", []string{"mux", "idle", "pto", "cc"}, 0, 2, 0, 1, 0, 2, 1, 3),
	}, Doc: "a timer expires and its task runs, if it is armed"},
	RunAll: {Name: "run.all", Actor: Run, Object: ObjNone, weight: [3]uint8{3, 6, 5}, Doc: "the scheduler runs until nothing is queued"},
	RunMigrate: {Name: "run.migrate", Actor: Run, Object: ObjConn, weight: [3]uint8{0, 1, 1}, Operands: []Operand{
		{Name: "thread", Max: MaxIndex, Map: []uint32{0, 1, 2, 3}, Doc: "its new thread"},
	}, Doc: "a new connection moves to another thread after its handshake; once more, and that thread accepts it"},
	TimePass: {Name: "time.pass", Actor: Time, Object: ObjNone, weight: [3]uint8{0, 2, 3}, Operands: []Operand{
		{Name: "ms", Max: maxTime, Unit: "ms", Map: []uint32{1000, 1, 10, 100, 5000, 10000, 30000, 0}, Doc: "how long"},
	}, Doc: "time passes; what expires is queued"},
	ProcSoftstop: {Name: "proc.softstop", Actor: Proc, Object: ObjNone, weight: [3]uint8{0, 1, 2}, Doc: "the process begins its soft-stop"},

	NetPath: {Name: "net.path", Actor: Net, Object: ObjConn, home: atStack | atLive, weight: [3]uint8{2, 3, 1}, Operands: []Operand{
		pathArg("up", "to the server"), pathArg("down", "to the client"),
	}, Doc: "packets arrive, wait, or are lost from now on"},
	NetDup:       {Name: "net.dup", Actor: Net, Object: ObjPacket, home: atStack, weight: [3]uint8{1, 3, 2}, Doc: "a packet arrives twice"},
	PeerDatagram: {Name: "peer.datagram", Actor: Peer, Object: ObjConn, home: atStack, weight: [3]uint8{1, 2, 1}, Operands: datagramArgs(), Doc: "the peer sends DATAGRAM frames"},
	AppDatagram:  {Name: "app.datagram", Actor: App, Object: ObjConn, home: atStack, weight: [3]uint8{1, 2, 1}, Operands: datagramArgs(), Doc: "the server's application sends DATAGRAM frames"},
	PeerDetach:   {Name: "peer.detach", Actor: Peer, Object: ObjStream, home: atStack, weight: [3]uint8{1, 4, 12}, Doc: "the peer's application lets go of the stream"},
	AppClose:     {Name: "app.close", Actor: App, Object: ObjConn, home: atStack, weight: [3]uint8{0, 1, 2}, Operands: []Operand{codeArg("code", "application error code")}, Doc: "the server's application closes the connection"},

	PeerRequest: {Name: "peer.request", Actor: Peer, Object: ObjStream, home: atLive, weight: [3]uint8{24, 8, 2}, Operands: []Operand{
		wordArg("shape", "what the answer is like: small, large, ended late, or what is sent is swallowed", []string{"small", "large", "late", "sink"}, 0, 0, 1, 0, 2, 0, 3, 0),
		{Name: "count", Default: 1, Min: 1, Max: MaxRequests, Map: []uint32{1, 1, 2, 1, 4, 8, 31, 40}, Doc: "how many streams, this one and those after it"},
		flagArg("fin", "the requests end"),
	}, Doc: "whole requests arrive, each on a stream of its own"},
	AppOpen: {Name: "app.open", Actor: App, Object: ObjConn, home: atBack, weight: [3]uint8{12, 12, 6}, Doc: "the stream layer has a request for a server and finds the connection: the next stream is attached"},
	RunPurge: {Name: "run.purge", Actor: Run, Object: ObjNone, home: atBack, weight: [3]uint8{1, 8, 8}, Operands: []Operand{
		flagArg("all", "all of them: the server was taken out of service, say"),
	}, Doc: "the timer of idle connections to servers expires: some are chosen to be closed"},
	RunCleanup: {Name: "run.cleanup", Actor: Run, Object: ObjNone, home: atBack, weight: [3]uint8{1, 4, 4}, Doc: "the task runs that closes the chosen connections, if it is queued"},

	EnvPutName: {Name: "env.put_name", Actor: Env, home: atProcess, weight: [3]uint8{1, 3, 2}, Operands: []Operand{nameArg("the variable")}, Doc: "putenv() is called with the name alone, without '=': the variable goes"},
})

func pathArg(name, doc string) Operand {
	return Operand{Name: name, Kind: Enum, Values: []string{"pass", "hold", "drop"}, Max: 2, Map: []uint32{0, 1, 0, 2}, Doc: "packets " + doc}
}

func datagramArgs() []Operand {
	return []Operand{
		sizeArg("len", 1<<14, "of each", 100, 1, 1000, 0),
		{Name: "count", Default: 1, Min: 1, Max: 256, Map: []uint32{1, 2, 1, 16, 1, 2, 1, 128}, Doc: "how many, one packet each"},
	}
}

func sidesArg() []Operand {
	return []Operand{flagArg("recv", "for data that arrived"), flagArg("send", "for room to send")}
}
