package fault

var haproxyCc9827bb0 = Fault{
	ID:     HAPROXY_cc9827bb0,
	Name:   "HAPROXY-cc9827bb0",
	Model:  "mux",
	Commit: "cc9827bb0",

	Title:      "a STOP_SENDING for a stream that has no request yet is written into an endpoint descriptor that is not there",
	Issue:      "2563",
	FixDate:    "2024-05-10",
	Tag:        "v3.0-dev11",
	Introduced: "367ce1ebf",
	Since:      "v3.0-dev11",
	SinceDate:  "2024-05-06",
	LastWith:   "fbbc2925d",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "null-dereference",
	Mechanism: "Since 367ce1ebf the mux hands the code of a STOP_SENDING on to the stream layer, through the stream's endpoint " +
		"descriptor. A stream gets that descriptor when its request has come. A STOP_SENDING that comes first, or while " +
		"the request is incomplete, finds none, and the write goes through a null pointer.",
	Fix: "Both things that STOP_SENDING tells the stream layer, the end of stream and the code, are behind the question " +
		"whether the stream has a connector.",
	Primary:  "null-dereference | - | qcc_recv_stop_sending | - | -",
	Seed:     "seed/mux/haproxy-cc9827bb0.prog",
	Known:    "crash/mux/null-dereference-qcc_recv_stop_sending.txtar",
	Sequence: "peer.stop",
	Confirm: []Check{
		{"bt", "qcc_recv_stop_sending, called by qc_parse_pkt_frms: the peer's frame itself, not a tasklet of the mux"},
		{"p qcs->sd", "0x0"},
		{"p qcs->st", "1, QC_SS_OPEN: the frame has opened the stream, no request has come"},
		{"p $_siginfo._sifields._sigfault.si_addr", "0x48 in a build of 3.0-dev10 for x86-64: the offset of abort_info in struct sedesc"},
	},
	NearMisses: []NearMiss{
		{"stream-stopped", "rx STOP_SENDING"},
	},
}
