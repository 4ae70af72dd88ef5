package fault

var haproxy54bc78693 = Fault{
	ID:         HAPROXY_54bc78693,
	Name:       "HAPROXY-54bc78693",
	Title:      "a connection that waits to be accepted is freed and stays in the accept list",
	Model:      "mux",
	Commit:     "54bc78693",
	FixDate:    "2022-08-10",
	Tag:        "v2.7-dev4",
	Backport:   "2.6",
	Introduced: "cfa2d5648",
	Since:      "v2.6-dev1",
	SinceDate:  "2022-01-26",
	LastWith:   "f0f92b2db",
	Eras:       []string{"2.9", "3.0", "3.2", "3.5"},
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "A connection whose handshake is over stands in a list until the listener accepts it. If it ends before that, " +
		"of its idle timer for one, it is freed where it stands. The next connection that is put into the list is linked " +
		"to freed memory, and the listener accepts what is no connection any more. Here one waits long because there was " +
		"no memory for its upper half the first time.",
	Fix: "quic_conn_release takes the connection out of the accept list.",
	Order: Order{
		Before: []string{
			"free the stream descriptors, the timer, the packet number spaces",
			"pool_free(pool_head_quic_conn, qc)",
		},
		After: []string{
			"MT_LIST_DELETE(&qc->accept_list)",
			"free the stream descriptors, the timer, the packet number spaces",
			"pool_free(pool_head_quic_conn, qc)",
		},
	},
	Primary: "heap-use-after-free | quic_conn | quic_accept_push_qc | quic_conn_release | qc_new_conn",
	Others: []string{
		"heap-use-after-free | quic_conn | quic_sock_accept_conn | quic_conn_release | qc_new_conn",
		"dangling-subscription | thread_ctx.quic_accept.conns | thread_ctx | run.all",
		"dangling-subscription | thread_ctx.quic_accept.conns | thread_ctx | run.timer",
	},
	Seed:     "seed/mux/haproxy-54bc78693.prog",
	Known:    "crash/mux/heap-use-after-free-quic_accept_push_qc.txtar",
	Sequence: "net.open run.timer net.open",
	Confirm: []Check{
		{"bt", "quic_accept_push_qc or quic_sock_accept_conn, in a list operation"},
		{"p *l->per_thr[tid].quic_accept.conns.prev", "links that are no list: a free-list link of the pool, or another object's fields"},
		{"p pool_head_quic_conn->buckets", "fewer used than the accept list has elements"},
	},
	NearMisses: []NearMiss{
		{"waits-to-be-accepted", "accept put off"},
		{"freed-while-it-waits", "quic_conn freed"},
	},
}
