package fault

var haproxy131f2d93e = Fault{
	ID:         HAPROXY_131f2d93e,
	Name:       "HAPROXY-131f2d93e",
	Title:      "a RESET_STREAM or STOP_SENDING frame is freed twice when sending fails for good",
	Model:      "mux",
	Commit:     "131f2d93e",
	FixDate:    "2023-05-09",
	Tag:        "v2.8-dev12",
	Introduced: "843a1196b",
	Since:      "v2.7-dev2",
	SinceDate:  "2022-07-11",
	LastWith:   "3fd40935d",
	Backport:   "2.7",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "The mux sends a RESET_STREAM or a STOP_SENDING in a list of its own, and sending it can fail in two ways. " +
		"Rejected by congestion, the frame is still in the list and belongs to the mux. When sendto fails for good, the " +
		"transport has put it in a packet and has freed the packet with its frames. The mux freed the frame after either " +
		"failure: after the second one that is a double free, which shows as a use after free because qc_frm_free looks " +
		"into the frame before it gives it back.",
	Fix: "The frame is freed only if the list that it was sent in still holds it.",
	Order: Order{
		Before: []string{
			"LIST_APPEND(&frms, &frm->list)",
			"qcc_send_frames(qcc, &frms) fails   a fatal error has freed frm",
			"qc_frm_free(&frm)",
		},
		After: []string{
			"LIST_APPEND(&frms, &frm->list)",
			"qcc_send_frames(qcc, &frms) fails   a fatal error has freed frm",
			"qc_frm_free(&frm)   if frms is not empty",
		},
	},
	Primary: "heap-use-after-free | quic_frame | qcs_send_reset | qc_free_frm_list | qcs_send_reset",
	Others: []string{
		"heap-use-after-free | quic_frame | qcs_send_stop_sending | qc_free_frm_list | qcs_send_stop_sending",
		"leak | quic_tx_packet | - | - | qc_prep_app_pkts",
	},
	Seed:     "seed/mux/haproxy-131f2d93e.prog",
	Known:    "crash/mux/heap-use-after-free-qcs_send_reset.txtar",
	Sequence: "peer.stream peer.stop net.fatal run.mux",
	Confirm: []Check{
		{"bt", "qc_frm_free, called by qcs_send_reset or qcs_send_stop_sending: the branch for a failed send"},
		{"p frms.n == &frms", "1: the transport took the frame out of the list, so it was not the mux's to free"},
		{"p qcs->qcc->conn->handle.qc->flags & QUIC_FL_CONN_TO_KILL", "not 0: sendto failed for good"},
	},
	NearMisses: []NearMiss{
		{"control-frame-due", "TO_"},
		{"send-failed", "qc_notify_err"},
	},
}
