// Package lab plays programs on a QUIC stack: a client and a server in one
// testing/synctest bubble, with a network in memory that the driver alone
// moves, watched by the reference model of RFC 9000.
//
// It owns the network, the driver, what each op means to a stack with an API,
// and the oracles: the reference's rules, calls that stay blocked, goroutines
// that stay, memory that a stream does not give back. It refuses to know which
// stack it is: it sees the interfaces of stack.go and no more, and imports no
// implementation.
//
//	rest := lab.Play(t, adapter.Stack{}, p, true, &history, lab.Extras{})
//	lab.Memory(t, adapter.Stack{}, p, &history, rest)
//
// # What an op means
//
// The op table is shared with the model of HAProxy's mux, in which the server is
// under test: "app." is what the server's application does, "peer." what the
// client does. Here both are real, and every op is a legal call of their API:
//
//	peer.stream, app.send     Write, and Close with fin; opens the stream (and
//	                          those of its kind with lower ids, at most 8)
//	peer.reset, app.shut      CancelWrite; app.shut unknown is Close
//	peer.stop, app.abort      CancelRead
//	peer.max_stream_data      the client reads: its stack gives credit
//	peer.max_data             the client reads from every stream in turn
//	app.read                  Read
//	peer.detach, app.detach   CancelRead and Close (CancelWrite during a Write)
//	app.unsubscribe           a deadline in the past ends a blocked Read, Write
//	peer.close app, app.close CloseWithError; during the handshake the dial is
//	                          given up, which closes with a transport error
//	peer.close                the client's transport goes away without a word
//	peer.datagram, app.datagram  SendDatagram; 100 packets make a key update
//	net.open                  Dial, on a network of its own, which other net ops
//	                          may have prepared: a handshake can wait or be lost
//	net.path                  packets pass, wait or are lost, each way
//	net.block, net.ok         net.path down=hold, net.path
//	net.ack c0/p2, net.lose   the 2nd packet that waits arrives, is lost; with
//	                          fewer waiting, net.lose takes the 2nd next one
//	net.dup                   the same, and the packet arrives twice
//	net.fatal                 the server's socket fails from now on
//	time.pass                 time passes, and packets arrive while it does
//	proc.softstop             the listeners close
//
// A call that blocks goes on beside the next ops. Length and limits are cut to
// what fits a run of a millisecond: 16 KiB for a Write or Read, 16 streams. gap,
// back, ff and kinds of content mean nothing here. What would break a rule of
// the API (no Close after CancelWrite, no Close during Write, one writer and
// one reader per stream; Rules has them all) is not played and says so: not now.
// With Extras.Misuse it is.
package lab
