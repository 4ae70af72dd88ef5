package mux

import "github.com/lastwake/lastwake/harness/program"

// A record is what the peer has sent over TCP: one frame.
type record struct {
	op   program.Op
	strm strmFrame // of a STREAM frame
}

// recordLen is what a record takes beside the bytes of its stream.
const recordLen = 8

// socketGets plays a frame that arrives over TCP: it waits in the socket, and
// the mux's tasklet is woken to read it.
//
// Deviation: what goes out takes the way of QUIC, with packets and their
// acknowledgements.
func (w *World) socketGets(c *connSlot, qc *QuicConn, op program.Op) program.Outcome {
	r := record{op: op}
	if op.Verb == program.PeerStream {
		f, out := w.peerSends(c, op)
		if out != program.Done {
			return out
		}
		r.strm = f
	}
	c.socket = append(c.socket, r)
	w.wakeMux(qc.QCC, fnQmuxRcvd)
	return program.Done
}

// qmuxRecv models qcc_qmux_recv: records are read as long as there are any, and
// each is parsed. The loop works with the connection, so that nothing that a
// frame brings about may free it.
//
//lastwake:c qcc_qmux_recv src/qcm_qmux.c
func (qcc *QCC) qmuxRecv(w *World) {
	if qcc.Flags&qcErrConn != 0 {
		return
	}
	c := w.slotOf(qcc)
	for len(c.socket) != 0 {
		w.spend()
		r := c.socket[0]
		c.socket = append(c.socket[:0], c.socket[1:]...)
		n := recordLen + r.strm.n
		w.trace(evRecord, n)
		qcc.RLen = n
		qcc.qmuxParseFrm(w, c, r)
		qcc.RLen -= n
	}
}

// qmuxParseFrm models qmux_parse_frm.
//
// Deviation: an error of the frame is the mux's to raise; the C closes the TCP
// connection.
//
//lastwake:c qmux_parse_frm src/qcm_qmux.c
func (qcc *QCC) qmuxParseFrm(w *World, c *connSlot, r record) {
	if r.op.Verb == program.PeerStream {
		qcc.Recv(w, uint64(r.op.Obj), r.strm.n, r.strm.from, r.strm.fin)
		return
	}
	qcc.parseFrame(w, c, r.op)
}
