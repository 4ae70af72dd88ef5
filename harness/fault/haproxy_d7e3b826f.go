package fault

var haproxyD7e3b826f = Fault{
	ID:         HAPROXY_d7e3b826f,
	Name:       "HAPROXY-d7e3b826f",
	Title:      "the end of receiving a frame frees the connection, and the loop that has received it goes on",
	Model:      "mux",
	Commit:     "d7e3b826f",
	FixDate:    "2026-04-23",
	Tag:        "v3.4-dev10",
	Introduced: "1acf147e2",
	Since:      "v3.4-dev10",
	SinceDate:  "2026-04-17",
	LastWith:   "c08dcd351",
	Eras:       []string{"3.5"},
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "An idle connection to a server goes as soon as the server says GOAWAY, or breaks the protocol: qcc_recv frees it once the frame " +
		"is decoded, for with QUIC nobody looks at it again. With QMux, where frames come over TCP, qcc_recv is called " +
		"by a loop of the mux's own tasklet, which goes on with the next record of a connection that is gone. What " +
		"qcc_recv returns does not tell.",
	Fix: "With QMux qcc_recv frees nothing; qcc_io_process, which follows the loop, finds the connection dead.",
	Order: Order{
		Before: []string{
			"qcc_qstrm_recv: qstrm_parse_frm(qcc)   calls qcc_recv",
			"qcc_recv: if conn_is_back and qcc_is_dead: qcc_release(qcc)",
			"qcc_qstrm_recv: qcc->rx.rlen -= frm_ret",
		},
		After: []string{
			"qcc_qstrm_recv: qstrm_parse_frm(qcc)   calls qcc_recv",
			"qcc_qstrm_recv: qcc->rx.rlen -= frm_ret",
			"qcc_io_cb: if qcc_io_process(qcc): qcc_release(qcc)",
		},
	},
	Primary:  "heap-use-after-free | qcc | qcc_qmux_recv | qcc_release | qmux_init",
	Seed:     "seed/mux/haproxy-d7e3b826f.prog",
	Known:    "crash/mux/heap-use-after-free-qcc_qmux_recv.txtar",
	Sequence: "app.send run.all peer.stream peer.stream peer.stream run.mux",
	Confirm: []Check{
		{"bt", "qcc_qstrm_recv, called by qcc_io_recv and qcc_io_cb"},
		{"p conn->mux", "0, if the memory is not used again: qcc_release has cleared it"},
		{"p qcc->flags & (QC_CF_CONN_SHUT|QC_CF_ERRL)", "not 0 unless the pool has written over it: GOAWAY, or an error"},
	},
	NearMisses: []NearMiss{
		{"connection-idle", "conn idle"},
		{"record-read", "qmux record"},
		{"found-dead", "release from qcc_recv"},
	},
}
