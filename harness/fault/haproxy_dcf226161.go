package fault

var haproxyDcf226161 = Fault{
	ID:         HAPROXY_dcf226161,
	Name:       "HAPROXY-dcf226161",
	Title:      "the stream layer may not try again while the stream waits for a Tx buffer",
	Model:      "mux",
	Issue:      "3080",
	Commit:     "dcf226161",
	FixDate:    "2025-09-01",
	Tag:        "v3.3-dev8",
	Introduced: "4513787d0",
	Since:      "v3.0-dev3",
	SinceDate:  "2024-01-31",
	LastWith:   "800ba73a9",
	Backport:   "3.0",
	Eras:       []string{"3.0", "3.2"},
	Severity:   "MAJOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "From 3.0 on a stream that can have no Tx buffer stands in a list and waits to be woken. qmux_strm_snd_buf and " +
		"qmux_strm_nego_ff asserted that it does not stand there, on the grounds that nobody wakes the stream layer before. But " +
		"the stream layer may try without a wake, on a reload for one, and it is allowed to. The memory is sound; it is the " +
		"assertion that is wrong. Only a build that leaves assertions out has a fault behind it: a fast forward then puts the " +
		"stream into the list a second time.",
	Fix: "The assertions are gone. Both functions return nothing for a stream that waits, and the stream layer subscribes.",
	Order: Order{
		Before: []string{
			"BUG_ON(LIST_INLIST(&qcs->el_buf))",
			"qcc_get_stream_txbuf: BUG_ON again, LIST_APPEND(&qcc->buf_wait_list, &qcs->el_buf)",
		},
		After: []string{
			"leave if LIST_INLIST(&qcs->el_buf)",
			"qcc_get_stream_txbuf: BUG_ON, LIST_APPEND(&qcc->buf_wait_list, &qcs->el_buf)",
		},
	},
	Primary: "bug-on | qmux_strm_snd_buf: LIST_INLIST(&qcs->el_buf) | - | app.send",
	// The second insert, in a build without assertions.
	Others: []string{
		"bug-on | qmux_strm_snd_buf: LIST_INLIST(&qcs->el_buf) | qmux_strm_done_ff | app.send",
		"accounting | list-append | list | app.send",
	},
	Seed:     "seed/mux/haproxy-dcf226161.prog",
	Known:    "crash/mux/bug-on-qmux_strm_snd_buf-LIST_INLIST-qcs--el_buf.txtar",
	Sequence: "peer.stream net.block app.send proc.softstop app.send",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qmux_strm_snd_buf or qmux_strm_nego_ff, called by the stream layer"},
		{"p qcs->el_buf.n != &qcs->el_buf", "1: the stream stands in qcc->buf_wait_list"},
		{"p qcs->qcc->flags & QC_CF_CONN_FULL", "8: the connection has no buffer for it"},
	},
	NearMisses: []NearMiss{
		{"conn-full", "CONN_FULL set"},
		{"stream-waits", "buf_wait_list add"},
		{"soft-stop", "soft-stop: close=1"},
	},
}
