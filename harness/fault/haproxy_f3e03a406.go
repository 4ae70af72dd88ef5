package fault

var haproxyF3e03a406 = Fault{
	ID:         HAPROXY_f3e03a406,
	Name:       "HAPROXY-f3e03a406",
	Title:      "the mux is released while the transport still means to wake it",
	Model:      "mux",
	Commit:     "f3e03a406",
	FixDate:    "2022-04-21",
	Tag:        "v2.6-dev7",
	Introduced: "a2c58a7c8",
	Since:      "v2.6-dev1",
	SinceDate:  "2021-12-07",
	LastWith:   "89a2ceb1f",
	Severity:   "MINOR",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "A mux that the transport could not serve subscribes: the transport keeps a pointer to qcc->wait_event until " +
		"it can send again. qcc_release frees the tasklet and the qcc and leaves that pointer where it is. The next " +
		"acknowledgement reads the freed wait_event and wakes the tasklet that it names. Nothing on that path asks whether " +
		"the mux is still there: the unsubscribe is the only protection.",
	Fix: "qcc_release unsubscribes when wait_event.events is not 0.",
	Order: Order{
		Before: []string{
			"tasklet_free(qcc->wait_event.tasklet)",
			"pool_free(pool_head_qcc, qcc)",
		},
		After: []string{
			"tasklet_free(qcc->wait_event.tasklet)",
			"unsubscribe(qcc->wait_event.events, &qcc->wait_event)   if it waits for any",
			"pool_free(pool_head_qcc, qcc)",
		},
	},
	Primary: "heap-use-after-free | qcc | qc_notify_send | qcc_release | qmux_init",
	Others: []string{
		"dangling-subscription | quic_conn.subs | quic_conn | app.detach",
		"dangling-subscription | quic_conn.subs | quic_conn | proc.softstop",
		"dangling-subscription | quic_conn.subs | quic_conn | run.all",
		"dangling-subscription | quic_conn.subs | quic_conn | run.mux",
		"dangling-subscription | quic_conn.subs | quic_conn | run.timer",
	},
	Seed:     "seed/mux/haproxy-f3e03a406.prog",
	Known:    "crash/mux/heap-use-after-free-qc_notify_send.txtar",
	Sequence: "peer.stream app.send run.mux app.detach run.timer net.ack run.conn",
	Confirm: []Check{
		{"bt", "a tasklet wake in qc_notify_send, below the treatment of an acknowledgement"},
		{"p qc->mux_state", "QC_MUX_RELEASED: there is no mux to notify"},
		{"p qc->subs", "not 0x0: the wait_event of the qcc that was released"},
		{"p *qc->subs", "a tasklet that is no tasklet: the memory has another owner, or a free-list link"},
	},
	NearMisses: []NearMiss{
		{"mux-subscribed", "xprt subscribe"},
		{"released-while-subscribed", "qcc_release begin"},
		{"transport-outlives-mux", "quic_close descs_left"},
	},
}
