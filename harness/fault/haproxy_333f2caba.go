package fault

var haproxy333f2caba = Fault{
	ID:     HAPROXY_333f2caba,
	Name:   "HAPROXY-333f2caba",
	Model:  "mux",
	Commit: "333f2caba",

	Title:      "a connection that has used up the peer's credit sends no RESET_STREAM and no STOP_SENDING either",
	FixDate:    "2024-01-09",
	Tag:        "v3.0-dev2",
	Introduced: "843a1196b",
	Since:      "v2.7-dev2",
	SinceDate:  "2022-07-11",
	LastWith:   "c121fcef3",
	Backport:   "2.6",
	Severity:   "MINOR",
	Symptom:    Freeze,
	Class:      "lost-wakeup",
	Mechanism: "Flow control limits the bytes of STREAM frames. qcc_io_send asked for it before it looked at any stream, so " +
		"that with the connection's credit used up RESET_STREAM and STOP_SENDING stayed behind too, until a MAX_DATA came. " +
		"A peer that is done with its streams need not send one: the streams stay, half closed, with all they hold.",
	Fix: "The credit of the connection is asked for where a STREAM frame would be built.",
	Order: Order{
		Before: []string{
			"leave if QC_CF_BLK_MFCTL is set",
			"for each stream: STOP_SENDING, RESET_STREAM",
			"for each stream: STREAM   unless QC_SF_BLK_SFCTL is set",
		},
		After: []string{
			"for each stream: STOP_SENDING, RESET_STREAM",
			"for each stream: STREAM   unless QC_CF_BLK_MFCTL or QC_SF_BLK_SFCTL is set",
		},
	},
	Primary: "lost-wakeup | control-pending | qcs | peer.stop",
	Others: []string{
		"lost-wakeup | control-pending | qcs | app.abort",
		"lost-wakeup | control-pending | qcs | app.send",
		"lost-wakeup | control-pending | qcs | app.shut",
		"lost-wakeup | control-pending | qcs | peer.stream",
	},
	Seed:     "seed/mux/haproxy-333f2caba.prog",
	Known:    "crash/mux/lost-wakeup-control-pending.txtar",
	Sequence: "peer.stream app.send run.mux peer.stop run.mux",
	Confirm: []Check{
		{"p qcc->flags & 4", "4: QC_CF_BLK_MFCTL"},
		{"p qcc->tx.sent_offsets == qcc->rfctl.md", "1"},
		{"p ((struct qcs *)ADDRESS)->flags & 0x280", "not 0 for a stream in send_list: QC_SF_TO_RESET (0x80) or QC_SF_TO_STOP_SENDING (0x200)"},
	},
	NearMisses: []NearMiss{
		{"credit-used-up", "BLK_MFCTL set"},
		{"reset-due", "TO_RESET set"},
	},
}
