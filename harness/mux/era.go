package mux

// The eras, in order of time: which HAProxy the wiring of a World follows. An
// era has everything that the ones before it brought, unless its own change
// took the place of it; so code asks w.cfg.era >= era30, never for equality.
const (
	era29 = uint32(iota) // 220386ae4, what 2.9.6 was cut from
	era30                // the stream layer writes into the descriptor's buffers; streams wait for one by themselves
	era32                // buffers are bounded by the congestion window; lists for what to receive and to purge
	era35                // connections to servers, idle ones, and their way between threads
)
