package fault

var haproxy7cf9cf705 = Fault{
	ID:     HAPROXY_7cf9cf705,
	Name:   "HAPROXY-7cf9cf705",
	Model:  "mux",
	Commit: "7cf9cf705",

	Title:      "a RESET_STREAM drops the bytes that were too many to decode, and the stream still counts as too full",
	Issue:      "2293",
	FixDate:    "2023-09-21",
	Tag:        "v2.9-dev7",
	Introduced: "b8901d2c8",
	Since:      "v2.8-dev10",
	SinceDate:  "2023-05-04",
	LastWith:   "f8b81f6eb",
	Backport:   "2.7",
	Severity:   "MINOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "When the stream layer has no room left decoding stops, and QC_SF_DEM_FULL says that bytes wait to be decoded. " +
		"A RESET_STREAM drops those bytes and left the flag. The stream layer's next read sees the flag, asserts that there " +
		"is something to decode, and halts the process.",
	Fix:      "Whatever frees a stream's Rx buffer takes QC_SF_DEM_FULL back.",
	Primary:  "bug-on | qmux_strm_rcv_buf: !ncb_data(&qcs->rx.ncbuf, 0) | - | app.read",
	Seed:     "seed/mux/haproxy-7cf9cf705.prog",
	Known:    "crash/mux/bug-on-qmux_strm_rcv_buf-ncb_data-qcs--rx.ncbuf-0.txtar",
	Sequence: "peer.stream peer.stream peer.reset app.read",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qmux_strm_rcv_buf (qc_rcv_buf in 2.7)"},
		{"p qcs->flags & 0x20", "0x20: QC_SF_DEM_FULL"},
		{"p qcs->rx.ncbuf", "size is 0: NCBUF_NULL"},
		{"p qcs->flags & 0x800", "0x800, QC_SF_RECV_RESET: a RESET_STREAM has come"},
	},
	NearMisses: []NearMiss{
		{"demux-full", "DEM_FULL"},
		{"peer-resets", "RECV_RESET set"},
	},
}
