package fault

var haproxyDdfd8031f = Fault{
	ID:         HAPROXY_ddfd8031f,
	Name:       "HAPROXY-ddfd8031f",
	Title:      "STREAM frames without a byte count as no frames, and the mux asserts that there are none",
	Model:      "mux",
	Commit:     "ddfd8031f",
	FixDate:    "2025-01-02",
	Tag:        "v3.2-dev3",
	Introduced: "14710b5e6",
	Since:      "v3.2-dev2",
	SinceDate:  "2024-12-18",
	LastWith:   "85e27f1e9",
	Backport:   "3.1",
	Eras:       []string{"3.2"},
	Severity:   "MAJOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "qcc_build_frms returns how many bytes the frames that it built bear. qcc_io_send took 0 to mean that there is no " +
		"frame, and asserts so; but a FIN that comes late goes in a frame without a byte. When such frames are all that there is " +
		"to send, the list is not empty and the sum is 0. A first fix, 980645374, was wrong and taken back.",
	Fix: "The assertion is gone; whether there is something to send is asked of the list.",
	Order: Order{
		Before: []string{
			"total = qcc_build_frms(qcc)",
			"if !total: BUG_ON(!LIST_ISEMPTY(frms)), leave",
		},
		After: []string{
			"total = qcc_build_frms(qcc)",
			"if LIST_ISEMPTY(frms): leave",
		},
	},
	Primary: "bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_io_cb | run.mux",
	// The same assertion, in another op that lets the mux send; in a build without
	// it the frames are kept and not sent.
	Others: []string{
		"bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_shutdown | run.mux",
		"bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_shutdown | app.detach",
		"bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_shutdown | proc.softstop",
		"bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_io_cb | run.all",
		"bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_shutdown | run.all",
		"bug-on | qcc_io_send: !LIST_ISEMPTY(frms) | qcc_shutdown | run.timer",
		"lost-wakeup | stream-pending | qcs | app.send",
		"lost-wakeup | stream-pending | qcs | app.shut",
		"lost-wakeup | stream-pending | qcs | run.mux",
	},
	Seed:     "seed/mux/haproxy-ddfd8031f.prog",
	Known:    "crash/mux/bug-on-qcc_io_send-qcc_io_cb-LIST_ISEMPTY-frms.txtar",
	Sequence: "peer.stream app.send run.mux net.ack app.shut run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcc_io_send, after qcc_build_frms"},
		{"p total", "0: no frame bears a byte"},
		{"p qcc->tx.frms.n != &qcc->tx.frms", "1: there is a frame all the same"},
	},
	NearMisses: []NearMiss{
		{"bytes-sent", "sent done"},
		{"late-fin", "shutw: FIN_STREAM set"},
		{"empty-frame", "len=0 fin=1"},
	},
}
