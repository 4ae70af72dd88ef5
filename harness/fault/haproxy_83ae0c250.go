package fault

var haproxy83ae0c250 = Fault{
	ID:         HAPROXY_83ae0c250,
	Name:       "HAPROXY-83ae0c250",
	Title:      "a stream whose bytes were dropped by a reset never leaves the list of streams to decode",
	Model:      "mux",
	Commit:     "83ae0c250",
	FixDate:    "2026-06-05",
	Tag:        "v3.5-dev1",
	Backport:   "3.2",
	Introduced: "4b42dd4ae",
	Since:      "v3.2-dev2",
	SinceDate:  "2024-12-18",
	LastWith:   "f7bc8246e",
	Eras:       []string{"3.2"},
	Severity:   "MEDIUM",
	Symptom:    BusyLoop,
	Class:      "step-budget",
	Mechanism: "When the stream layer has read what blocked the decoder the stream joins qcc.recv_list, and the mux's tasklet " +
		"decodes the streams of that list. A stream left it only behind a call of the decoder. A RESET_STREAM that " +
		"arrives in between drops the bytes that are not decoded: there is nothing to call the decoder for, the stream " +
		"stays first in the list, and the loop never ends.",
	Fix: "A stream leaves the list when it is visited, whether there is something to decode or not. Versions since 3.5 " +
		"take it out when the reset arrives as well.",
	Order: Order{
		Before: []string{
			"while qcc->recv_list is not empty, qcs = its first:",
			"    while there are bytes: qcc_decode_qcs, LIST_DEL_INIT(&qcs->el_recv)",
		},
		After: []string{
			"while qcc->recv_list is not empty, qcs = its first:",
			"    while there are bytes: qcc_decode_qcs",
			"    LIST_DEL_INIT(&qcs->el_recv)",
		},
	},
	Primary: "step-budget | qcc_io_recv | - | run.mux",
	Others: []string{
		"step-budget | qcc_io_recv | - | run.all",
	},
	Seed:     "seed/mux/haproxy-83ae0c250.prog",
	Known:    "crash/mux/step-budget-qcc_io_recv.txtar",
	Sequence: "peer.stream peer.stream peer.stream app.read peer.reset run.mux",
	Confirm: []Check{
		{"bt", "the watchdog's ha_panic above qcc_io_recv"},
		{"p qcs->flags & QC_SF_RECV_RESET", "not 0: the peer has reset the stream"},
		{"p qcs->rx.bufs", "empty: nothing is there to be decoded"},
	},
	NearMisses: []NearMiss{
		{"decoder-blocked", "DEM_FULL"},
		{"reader-made-room", "recv_list add"},
		{"reset-before-the-mux-ran", "RECV_RESET set"},
	},
}
