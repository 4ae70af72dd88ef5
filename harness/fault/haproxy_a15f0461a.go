package fault

var haproxyA15f0461a = Fault{
	ID:         HAPROXY_a15f0461a,
	Name:       "HAPROXY-a15f0461a",
	Title:      "a DATA frame before any HEADERS is counted for a stream layer that does not exist yet",
	Model:      "mux",
	Issue:      "3211",
	Commit:     "a15f0461a",
	FixDate:    "2025-12-09",
	Tag:        "v3.4-dev1",
	Backport:   "3.3",
	Introduced: "e6064c561",
	Since:      "v3.3-dev14",
	SinceDate:  "2025-11-21",
	LastWith:   "18625f7ff",
	Eras:       []string{"3.5"},
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "null-dereference",
	Mechanism: "Since 3.3 a stream of a frontend gets its endpoint descriptor with its stream connector, when the request head " +
		"is decoded. The decoder of HTTP/3 adds the length of each DATA frame to the descriptor's known payload, and " +
		"did so before it asked whether the frame may come at all. A DATA frame in front of the head finds no " +
		"descriptor.",
	Fix: "The length is counted once the frame has been found valid, for requests only.",
	Order: Order{
		Before: []string{
			"h3_decode_frm_header",
			"if ftype == H3_FT_DATA: qcs->sd->kip = h3s->data_len",
			"h3_check_frame_valid(h3c, qcs, ftype)",
		},
		After: []string{
			"h3_decode_frm_header",
			"h3_check_frame_valid(h3c, qcs, ftype)",
			"if type == H3S_T_REQ and ftype == H3_FT_DATA: qcs->sd->kip = h3s->data_len",
		},
	},
	Primary:  "null-dereference | - | h3_rcv_buf | - | -",
	Seed:     "seed/mux/haproxy-a15f0461a.prog",
	Known:    "crash/mux/null-dereference-h3_rcv_buf.txtar",
	Sequence: "peer.stream",
	Confirm: []Check{
		{"bt", "SIGSEGV in h3_rcv_buf, called by qcc_decode_qcs"},
		{"p qcs->sd", "0x0: no stream connector was ever attached"},
		{"p ftype", "0: a DATA frame"},
	},
	NearMisses: []NearMiss{
		{"stream-open", "IDLE->OPEN"},
		{"waits-for-its-head", "opening_list add"},
	},
}
