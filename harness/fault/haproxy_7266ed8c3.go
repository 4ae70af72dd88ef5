package fault

var haproxy7266ed8c3 = Fault{
	ID:         HAPROXY_7266ed8c3,
	Name:       "HAPROXY-7266ed8c3",
	Title:      "the next Rx buffer is freed with the bytes that did not fit, and the stream waits for them for ever",
	Model:      "mux",
	Commit:     "7266ed8c3",
	FixDate:    "2026-06-16",
	Tag:        "v3.5-dev1",
	Backport:   "3.2",
	Introduced: "75027692a",
	Since:      "v3.2-dev7",
	SinceDate:  "2025-03-07",
	LastWith:   "9a6d1fe3f",
	Eras:       []string{"3.2", "3.5"},
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "accounting",
	Mechanism: "A stream keeps what it receives in several buffers. When the decoder stops because an item begins in one " +
		"buffer and ends in the next, bytes are moved from the next one. Afterwards the next buffer goes back into the " +
		"tree if something is left in it, and is freed if not; the test was the wrong way round. What was left is lost: " +
		"the peer has its acknowledgement and will not send it again.",
	Fix: "The next buffer is put back unless all of it was moved.",
	Order: Order{
		Before: []string{
			"move bytes, rxbuf_next->off_node.key += to_copy",
			"if off_node.key == off_end: eb64_insert(rxbuf_next), else free it",
		},
		After: []string{
			"move bytes, rxbuf_next->off_node.key += to_copy",
			"if off_node.key < off_end: eb64_insert(rxbuf_next), else free it",
		},
	},
	Primary:  "accounting | rx-data | qcs | peer.stream",
	Seed:     "seed/mux/haproxy-7266ed8c3.prog",
	Known:    "crash/mux/accounting-rx-data.txtar",
	Sequence: "peer.stream peer.stream",
	Confirm: []Check{
		{"p qcs->rx.offset_max - qcs->rx.offset", "more than 0: bytes came that were never decoded"},
		{"p qcs->rx.bufs", "empty, or its first buffer begins beyond rx.offset: and they are not there any more"},
		{"p qcs->flags & QC_SF_SIZE_KNOWN", "as a rule not 0: the peer has sent everything"},
	},
	NearMisses: []NearMiss{
		{"second-buffer", "rx buffer new id=0 off=16380"},
		{"item-across-two", "rx buffers realigned"},
	},
}
