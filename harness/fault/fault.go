package fault

// An ID numbers a fault of the catalogue. The zero ID is no fault.
type ID uint8

// The faults, in the order of their numbers in the catalogue.
const (
	_ ID = iota
	// HAPROXY_bd384a359: qcc_release frees the tasklet before the streams
	// (issue #2494).
	HAPROXY_bd384a359
	// HAPROXY_ad6b13d31: a released stream descriptor keeps its unsent bytes.
	HAPROXY_ad6b13d31
	// HAPROXY_1cb254ad7: qcs_free forgets the bytes that the stream layer has not
	// read.
	HAPROXY_1cb254ad7
	// HAPROXY_10dab4af9: qcs_new allocates before every field is set.
	HAPROXY_10dab4af9
	// HAPROXY_f3e03a406: qcc_release does not unsubscribe from the transport.
	HAPROXY_f3e03a406
	// HAPROXY_131f2d93e: RESET_STREAM and STOP_SENDING are freed twice when
	// sending fails for good.
	HAPROXY_131f2d93e
	// HAPROXY_d3973853c: qcc_io_cb goes on with the qcc that it has released.
	HAPROXY_d3973853c
	// HAPROXY_d7755375a: STOP_SENDING opens a stream that is closed.
	HAPROXY_d7755375a
	// HAPROXY_ea4a5cbbd: buffers with unacknowledged bytes leak at the close.
	HAPROXY_ea4a5cbbd
	// HAPROXY_4070e4042: a timer's handler says that its task is gone when it is
	// not.
	HAPROXY_4070e4042
	// HAPROXY_8038821c8: a detached stream keeps its stream connector.
	HAPROXY_8038821c8
	// HAPROXY_178fbffda: a stream that is reset keeps the connection's credit.
	HAPROXY_178fbffda
	// HAPROXY_afb7b9d8e: a stream that was never counted as a request is
	// discounted.
	HAPROXY_afb7b9d8e
	// HAPROXY_6c501ed23: an allocation that fails counts as a quota that is used
	// up.
	HAPROXY_6c501ed23
	// HAPROXY_87f8766d3: the peer may stop our HTTP/3 control stream.
	HAPROXY_87f8766d3
	// HAPROXY_15337fd80: a stream leaves qcc.opening_list twice.
	HAPROXY_15337fd80
	// HAPROXY_ed820823f: a connection whose mux cannot start stays in the stopping
	// list.
	HAPROXY_ed820823f
	// HAPROXY_8d5def0ba: an acknowledgement goes to the stream that the frame
	// remembers.
	HAPROXY_8d5def0ba
	// HAPROXY_89d685f39: copies that were not sent stay in a list whose head is
	// gone.
	HAPROXY_89d685f39
	// HAPROXY_f8aaf8bdf: the application layer is freed before the last send,
	// which may be the first.
	HAPROXY_f8aaf8bdf
	// HAPROXY_c8a0efbda: a probe's copy of a STREAM frame is built without a look
	// at its stream.
	HAPROXY_c8a0efbda
	// HAPROXY_b0dd4810e: the send loop asks a stream without descriptor what it
	// holds.
	HAPROXY_b0dd4810e
	// HAPROXY_cc9827bb0: STOP_SENDING is told to a stream layer that is not there.
	HAPROXY_cc9827bb0
	// HAPROXY_da24bcfad: an error of the mux wakes nobody.
	HAPROXY_da24bcfad
	// HAPROXY_f7ae84e7d: a send that fails for good wakes the idle timer, which
	// may be gone.
	HAPROXY_f7ae84e7d
	// HAPROXY_73806f067: a stream of a failed connection must have sent
	// everything.
	HAPROXY_73806f067
	// HAPROXY_c1d714156: an empty FIN frame counts as sent before, and is sent
	// again and again.
	HAPROXY_c1d714156
	// HAPROXY_c7004be96: a stream that is over joins the purge list while its node is in the
	// send list.
	HAPROXY_c7004be96
	// HAPROXY_caf60ac69: a stream connector is attached to a stream that waits to be purged.
	HAPROXY_caf60ac69
	// HAPROXY_801e39e1c: the last frame of a peer's uni stream is not looked at.
	HAPROXY_801e39e1c
	// HAPROXY_c0c3a325a: a stream is freed although it owes the peer a STOP_SENDING.
	HAPROXY_c0c3a325a
	// HAPROXY_83ae0c250: a stream without bytes never leaves qcc.recv_list.
	HAPROXY_83ae0c250
	// HAPROXY_7266ed8c3: the next Rx buffer is freed with the bytes that did not fit.
	HAPROXY_7266ed8c3
	// HAPROXY_d355bce7e: a closed connection leaves its tasklet behind.
	HAPROXY_d355bce7e
	// HAPROXY_96ca1b7c3: STOP_SENDING does not open an idle stream, and its answer
	// closes it.
	HAPROXY_96ca1b7c3
	// HAPROXY_ee65efbfa: a mux that cannot start forgets its timeout task.
	HAPROXY_ee65efbfa
	// HAPROXY_7cf9cf705: a stream stays too full to be decoded when its bytes are
	// dropped.
	HAPROXY_7cf9cf705
	// HAPROXY_a13989f10: the active buffer may only go as the last one.
	HAPROXY_a13989f10
	// HAPROXY_43c090c1e: frames that the transport rejects are not freed.
	HAPROXY_43c090c1e
	// HAPROXY_b9e064040: bytes prepared in an earlier run do not count against the
	// peer's limit.
	HAPROXY_b9e064040
	// HAPROXY_9d905dfd7: a stream on which the peer allows nothing at first does
	// not count as blocked.
	HAPROXY_9d905dfd7
	// HAPROXY_333f2caba: RESET_STREAM and STOP_SENDING wait for the connection's
	// credit.
	HAPROXY_333f2caba
	// HAPROXY_dcf226161: a stream that waits for a Tx buffer must not try to send
	// (issue #3080).
	HAPROXY_dcf226161
	// HAPROXY_e177cf341: an empty FIN frame that is lost is not sent again.
	HAPROXY_e177cf341
	// HAPROXY_3fdb039a9: a descriptor of which all is acknowledged is not freed.
	HAPROXY_3fdb039a9
	// HAPROXY_3ef1ee477: an empty buffer keeps a released descriptor.
	HAPROXY_3ef1ee477
	// HAPROXY_7edb2ffae: kept frames are not built anew for a higher limit.
	HAPROXY_7edb2ffae
	// HAPROXY_ddfd8031f: frames without a byte count as no frames.
	HAPROXY_ddfd8031f
	// HAPROXY_40d1c84bf: a mapped ring is freed by unmapping its descriptor (issue #2492).
	HAPROXY_40d1c84bf
	// HAPROXY_0cfbeb1ae: a mapped ring is freed by unmapping what follows the head of its storage.
	HAPROXY_0cfbeb1ae
	// HAPROXY_3ef7daa73: a copy of the startup logs has the usable size, not the allocated one (issue #2529).
	HAPROXY_3ef7daa73
	// HAPROXY_b28ded19a: memprintf frees the result of getenv.
	HAPROXY_b28ded19a
	// HAPROXY_d27f457ee: HAPROXY_PROCESSES is cut into pieces in place.
	HAPROXY_d27f457ee
	// HAPROXY_7b78e1571: what the configuration sets in the environment survives a reload.
	HAPROXY_7b78e1571
	// HAPROXY_b4e651f12: external programs get internal variables.
	HAPROXY_b4e651f12
	// HAPROXY_a9afc10ae: clean_env walks an array that unsetenv has replaced (issue #3018).
	HAPROXY_a9afc10ae
	// HAPROXY_920fc8bbe: an entry without a pid is used after it was freed.
	HAPROXY_920fc8bbe
	// HAPROXY_f94afebb9: the end of an unknown child frees what is no entry.
	HAPROXY_f94afebb9
	// HAPROXY_bf8c871e2: the pointer to the freed startup logs is kept.
	HAPROXY_bf8c871e2
	// HYPOTHESIS_putenv_freed: a buffer given to putenv is freed while it is in environ.
	HYPOTHESIS_putenv_freed
	// HYPOTHESIS_putenv_stack: a buffer on the stack is in environ when its frame is gone.
	HYPOTHESIS_putenv_stack
	// HYPOTHESIS_walk_keeps_array: a walk over environ goes on in an array that was replaced.
	HYPOTHESIS_walk_keeps_array
	// HYPOTHESIS_free_environ: the application frees the array environ.
	HYPOTHESIS_free_environ
	// HAPROXY_07deafa10: the mux stops decoding at the first stream that has nothing whole.
	HAPROXY_07deafa10
	// HAPROXY_a15f0461a: payload is counted for a stream layer that is not there.
	HAPROXY_a15f0461a
	// HAPROXY_3b851a326: a control; an acknowledgement for a stream that is gone
	// counts as an error.
	HAPROXY_3b851a326
	// HAPROXY_54bc78693: a connection is freed while it waits to be accepted.
	HAPROXY_54bc78693
	// HAPROXY_95f624540: a connection that finds the accept queue full stays half
	// moved.
	HAPROXY_95f624540
	// HAPROXY_09ec3e09b: a failed connection goes with streams attached.
	HAPROXY_09ec3e09b
	// HAPROXY_096999ee2: an idle connection that was chosen to be closed goes back
	// to the idle list.
	HAPROXY_096999ee2
	// HAPROXY_9481cef94: a connection that was chosen to be closed is not counted as
	// idle any more, and discounted from those in use.
	HAPROXY_9481cef94
	// HAPROXY_3cfb08c07: a connection counts as dead while detached streams still
	// send.
	HAPROXY_3cfb08c07
	// HAPROXY_d7e3b826f: the end of receiving frees the connection below the loop
	// that receives.
	HAPROXY_d7e3b826f
	// HAPROXY_802a3b728: a request that is given up before its first byte is reset
	// while its stream is idle.
	HAPROXY_802a3b728
	numIDs
)

// A Set is a set of faults that are switched on. The zero Set is the fixed
// program.
type Set struct{ bits [2]uint64 }

// Has reports whether id is on.
func (s *Set) Has(id ID) bool { return s.bits[id>>6&1]&(1<<(id&63)) != 0 }

// With returns s with id switched on.
func (s Set) With(id ID) Set { s.bits[id>>6&1] |= 1 << (id & 63); return s }

// Without returns s with id switched off.
func (s Set) Without(id ID) Set { s.bits[id>>6&1] &^= 1 << (id & 63); return s }

// Switches are a Set as a model asks for it: they remember which faults were
// asked for, that is, which switches a run has come by. It is a matter of
// counting how near a search is to a fault and nothing that a model may read.
type Switches struct{ on, asked Set }

// Reset switches on what is in s and forgets what was asked for.
func (w *Switches) Reset(s Set) { w.on, w.asked = s, Set{} }

// Has reports whether id is on.
func (w *Switches) Has(id ID) bool {
	w.asked.bits[id>>6&1] |= 1 << (id & 63)
	return w.on.Has(id)
}

// Asked returns the faults that were asked for since Reset.
func (w *Switches) Asked() Set { return w.asked }

// Empty reports whether no fault is on.
func (s Set) Empty() bool { return s == Set{} }

// Of returns the faults of s that this model has, by the name of its target.
func (s Set) Of(model string) Set {
	for _, f := range catalogue[1:] {
		if f.Model != model {
			s = s.Without(f.ID)
		}
	}
	return s
}
