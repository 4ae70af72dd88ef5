package fault

var haproxyE177cf341 = Fault{
	ID:         HAPROXY_e177cf341,
	Name:       "HAPROXY-e177cf341",
	Title:      "an empty FIN frame that is lost counts as acknowledged and is not sent again",
	Model:      "mux",
	Commit:     "e177cf341",
	FixDate:    "2024-08-05",
	Tag:        "v3.1-dev5",
	Introduced: "96367158a",
	Since:      "v2.6-dev8",
	SinceDate:  "2022-04-28",
	LastWith:   "714009b7b",
	Backport:   "2.6",
	Eras:       []string{"3.0", "3.2"},
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "Before a lost STREAM frame is sent again it is asked whether its bytes were acknowledged meanwhile. A frame " +
		"that bears nothing but a FIN has no byte that is not, so it is dropped; and its descriptor may be freed before the FIN " +
		"arrives. The peer has all of the bytes and waits for their end until a timeout. 220386ae4 is older than the fix: era " +
		"2.9 does this without the switch.",
	Fix: "The descriptor has a flag that a FIN was sent and is not acknowledged. While it is set the descriptor is not freed, " +
		"and a frame with the FIN counts as not acknowledged.",
	Order: Order{
		Before: []string{
			"qc_stream_frm_is_acked: acked if offset + len <= ack_offset",
			"qc_stream_desc_release, qc_stream_desc_ack: freed if no buffer is left",
		},
		After: []string{
			"qc_stream_frm_is_acked: acked if offset + len < ack_offset, or == and no FIN is waited for",
			"qc_stream_desc_release, qc_stream_desc_ack: freed if no buffer is left and no FIN is waited for",
		},
	},
	Primary:  "lost-wakeup | fin-lost | qc_stream_desc | net.lose",
	Seed:     "seed/mux/haproxy-e177cf341.prog",
	Known:    "crash/mux/lost-wakeup-fin-lost.txtar",
	Sequence: "peer.stream app.send run.mux net.ack app.shut run.mux net.lose run.conn",
	Confirm: []Check{
		{"set $qcs = (struct qcs *)ADDRESS", "ADDRESS is the stream that the client waits for, if it is still there"},
		{"p $qcs->st", "QC_SS_HLOC or QC_SS_CLO: the FIN was sent"},
		{"p $qcs->tx.fc.off_real == $qcs->stream->ack_offset", "1: every byte is acknowledged, so no frame with the FIN is kept"},
	},
	NearMisses: []NearMiss{
		{"bytes-acked", "desc ack"},
		{"late-fin", "shutw: FIN_STREAM set"},
		{"empty-frame", "len=0 fin=1"},
	},
}
