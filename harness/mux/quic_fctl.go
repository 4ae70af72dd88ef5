package mux

// Flow control on sending, from 3.0 on: the soft offset counts what the stream
// layer has written and may pass the peer's limit once, the real offset counts
// what was sent and never does.

// fctlSBlocked models qfctl_sblocked.
//
// Deviation: struct quic_fctl is no object of its own; a stream keeps it in
// tx.offset (soft), tx.sent_offset (real) and tx.msd, a connection in the sums
// of the same names and rfctl.md.
//
//lastwake:c qfctl_sblocked src/quic_fctl.c
func fctlSBlocked(soft, limit uint64) bool { return soft >= limit }

// fctlRBlocked models qfctl_rblocked.
//
//lastwake:c qfctl_rblocked src/quic_fctl.c
func fctlRBlocked(w *World, real, limit uint64) bool {
	w.bugOn(real > limit, "fctl->off_real > fctl->limit")
	return real == limit
}

// fctlSetMax models qfctl_set_max: which of the offsets the limit val lets go
// on, where it was limit.
//
//lastwake:c qfctl_set_max src/quic_fctl.c
func fctlSetMax(soft, real, limit, val uint64) (unblockSoft, unblockReal bool) {
	unblockSoft = soft >= limit && soft < val
	unblockReal = real == limit && real < val
	return unblockSoft, unblockReal
}

// sBlocked reports whether the streams of the connection must not write.
//
//lastwake:primitive
func (qcc *QCC) sBlocked() bool { return fctlSBlocked(qcc.Tx.Offsets, qcc.RFctl.MD) }

// rBlocked reports whether the connection must not send.
//
//lastwake:primitive
func (qcc *QCC) rBlocked(w *World) bool { return fctlRBlocked(w, qcc.Tx.SentOffsets, qcc.RFctl.MD) }

// sBlocked reports whether the stream must not write.
//
//lastwake:primitive
func (qcs *QCS) sBlocked() bool { return fctlSBlocked(qcs.Tx.Offset, qcs.Tx.MSD) }

// rBlocked reports whether the stream must not send.
//
//lastwake:primitive
func (qcs *QCS) rBlocked(w *World) bool { return fctlRBlocked(w, qcs.Tx.SentOffset, qcs.Tx.MSD) }

// sInc models qfctl_sinc on the stream and on its connection: n bytes were
// written.
//
//lastwake:c qfctl_sinc src/quic_fctl.c
func (qcs *QCS) sInc(w *World, n uint64) {
	qcc := qcs.QCC
	w.bugOn(qcc.sBlocked() || qcs.sBlocked(), "qfctl_sblocked(fctl)")
	qcc.Tx.Offsets += n
	qcs.Tx.Offset += n
}

// rInc models qfctl_rinc on the stream and on its connection: n bytes were
// sent.
//
//lastwake:c qfctl_rinc src/quic_fctl.c
func (qcs *QCS) rInc(w *World, n uint64) {
	qcc := qcs.QCC
	w.bugOn(qcc.Tx.SentOffsets+n > qcc.RFctl.MD, "fctl->off_real + diff > fctl->limit")
	w.bugOn(qcs.Tx.SentOffset+n > qcs.Tx.MSD, "fctl->off_real + diff > fctl->limit")
	qcc.Tx.SentOffsets += n
	qcs.Tx.SentOffset += n
	if qcc.Tx.SentOffsets == qcc.RFctl.MD {
		w.trace(evBlkMFCtl)
	}
	if qcs.Tx.SentOffset == qcs.Tx.MSD {
		w.trace(evBlkSFCtl, qcs.ID)
	}
}
