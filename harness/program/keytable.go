package program

const maxTime = 24 * 60 * 60 * 1000 // of a timeout or a pass of time, in ms

// numKeys counts the keys that are in use, of NumKeys places.
const numKeys = KeyMaxReuse + 1

func wordKey(name string, values []string, doc string, m ...uint32) Operand {
	return Operand{Name: name, Kind: Enum, Values: values, Max: uint32(len(values) - 1), Map: m, Doc: doc}
}

func numberKey(name, unit string, min, max uint32, doc string, m ...uint32) Operand {
	return Operand{Name: name, Unit: unit, Default: m[0], Min: min, Max: max, Map: m, Doc: doc}
}

// keys are the header keys. The first value of a map is the default.
var keys = [numKeys]Operand{
	KeyApp:       wordKey("app", []string{"h3", "hq"}, "application layer", 0, 1),
	KeyBufs:      numberKey("bufs", "buffers", 1, 64, "Tx buffers that a connection may hold", 30, 1, 1, 2, 1, 3, 2, 4),
	KeyMaxData:   numberKey("max_data", "bytes", 0, 1<<30-1, "the peer's initial_max_data", 16777216, 16777216, 16777216, 1000, 16777216, 16384, 100, 65536),
	KeyMSD:       numberKey("msd", "bytes", 0, 1<<30-1, "the peer's initial_max_stream_data, every kind", 1048576, 1048576, 1048576, 1000, 1048576, 16384, 100, 65536),
	KeyStreams:   numberKey("streams", "streams", 0, 1<<16-1, "bidirectional streams granted to the peer", 100, 100, 1, 100, 2, 4, 100, 100),
	KeyRxData:    numberKey("rx_data", "bytes", 0, 1<<30-1, "our own initial_max_data", 491520, 491520, 491520, 16384),
	KeyRxMSD:     numberKey("rx_msd", "bytes", 0, 1<<30-1, "our own initial_max_stream_data", 16380, 16380, 16380, 1000),
	KeyWindow:    numberKey("window", "bytes", 0, 1<<30-1, "congestion window; 0 means no limit", 0, 0, 0, 1252, 0, 4000, 12520, 491520),
	KeyMTU:       numberKey("mtu", "bytes", 64, 16384, "bytes of STREAM payload that a packet holds", 1252, 1252, 1252, 100),
	KeyClient:    numberKey("client", "ms", 0, maxTime, "timeout client; 0 means off", 10000, 10000, 10000, 0),
	KeyHTTPReq:   numberKey("httpreq", "ms", 0, maxTime, "timeout http-request; 0 means off", 5000, 5000, 5000, 0),
	KeyKeepAlive: numberKey("ka", "ms", 0, maxTime, "timeout http-keep-alive; 0 means off", 0, 0, 0, 1000),
	KeyStrict:    numberKey("strict", "", 0, 2, "which assertions halt: 0 none, 1 BUG_ON, 2 BUG_ON_HOT too", 1, 1, 2, 0),
	KeyStart:     wordKey("start", []string{"open", "closed"}, "open: c0 is there; closed: net.open makes it", 0, 0, 0, 1),
	KeyEra:       wordKey("era", []string{"2.9", "3.0", "3.2", "3.5"}, "which HAProxy the wiring follows", 0),
	KeyIdle:      numberKey("idle", "ms", 1, maxTime, "idle timeout of the connection", 30000, 30000, 30000, 1000),

	KeyLibc:   processKey(wordKey("libc", []string{"glibc2.35", "glibc2.41", "musl", "illumos"}, "whose setenv and putenv these are", 0, 1, 2, 3)),
	KeyMunmap: processKey(wordKey("munmap", []string{"linux", "bsd"}, "linux refuses an address that is no page's, bsd rounds it down", 0, 1)),
	KeyPage:   processKey(wordKey("page", []string{"256", "512", "1024"}, "bytes of a page", 0, 0, 1, 2)),
	KeyEnv:    processKey(wordKey("env", []string{"plain", "empty", "hostile", "internal"}, "the environment that the master is started with", 0, 1, 2, 3)),
	KeyPad: processKey(numberKey("pad", "bytes", 0, 4096, "what somebody allocates before the startup logs",
		0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240)),

	KeySide:     backKey(wordKey("side", []string{"front", "back"}, "back: connections to servers, which the process opens (from era 3.5 on; it means front before)", SideFront, SideBack)),
	KeyProto:    backKey(wordKey("proto", []string{"quic", "qmux"}, "qmux: frames from a server come over TCP, and the mux's tasklet reads them", ProtoQUIC, ProtoQMux)),
	KeyMaxReuse: backKey(numberKey("max_reuse", "requests", 0, NoMaxReuse, "how often a connection to a server may be used again; 65535 means no limit", NoMaxReuse, NoMaxReuse, 0, 1)),
}

// processKey makes d a key of the process target alone.
func processKey(d Operand) Operand {
	d.home = atProcess
	return d
}

// backKey makes d a key of the targets that have connections to servers.
func backKey(d Operand) Operand {
	d.home = atBack
	return d
}
