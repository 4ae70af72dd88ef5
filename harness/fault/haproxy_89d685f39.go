package fault

var haproxy89d685f39 = Fault{
	ID:         HAPROXY_89d685f39,
	Name:       "HAPROXY-89d685f39",
	Title:      "copies that a probe did not send are left in a list whose head is gone from the stack",
	Model:      "mux",
	Commit:     "89d685f39",
	FixDate:    "2023-10-12",
	Tag:        "v2.9-dev8",
	Introduced: "e1738df46",
	Since:      "v2.8-dev5",
	SinceDate:  "2023-02-17",
	LastWith:   "10dab4af9",
	Backport:   "2.7",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "stack-use-after-scope",
	Mechanism: "For a probe qc_dgrams_retransmit copies frames in flight into two lists on its stack and leaves as soon as " +
		"sending fails. What was not sent stays linked to list heads that are no more, and leaks. The originals know their " +
		"copies: the acknowledgement of an original frees those that were not sent, and to unlink one writes into the stack " +
		"where the head was. Leaving at a failure came with 33c49cec9.",
	Fix: "After a failure both lists are freed.",
	Order: Order{
		Before: []string{
			"qc_prep_fast_retrans(qc, &frms1, &frms2)   copies into lists on the stack",
			"qc_send_app_probing(qc, &frms1) fails: leave",
		},
		After: []string{
			"qc_prep_fast_retrans(qc, &frms1, &frms2)   copies into lists on the stack",
			"qc_send_app_probing(qc, &frms1) fails: free frms1 and frms2, leave",
		},
	},
	Primary: "stack-use-after-scope | list | qc_release_frm | qc_dgrams_retransmit | qc_dgrams_retransmit",
	Others: []string{
		"leak | quic_frame | - | - | qc_dup_pkt_frms",
	},
	Seed:     "seed/mux/haproxy-89d685f39.prog",
	Known:    "crash/mux/stack-use-after-scope-qc_release_frm.txtar",
	Sequence: "peer.stream app.send run.mux net.fatal run.timer run.conn net.ack",
	Confirm: []Check{
		{"bt", "a list delete in qc_frm_free, below qc_release_frm and the treatment of an acknowledgement"},
		{"p frm->origin", "not 0x0: the frame is a copy"},
		{"p frm->pkt", "0x0: it has never been in a packet"},
		{"p frm->list", "addresses on the stack of the thread, below its stack pointer"},
	},
	NearMisses: []NearMiss{
		{"frame-sent", "sent STREAM"},
		{"probe-due", "pto fired"},
		{"original-acked", "ack STREAM"},
	},
}
