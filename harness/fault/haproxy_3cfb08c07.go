package fault

var haproxy3cfb08c07 = Fault{
	ID:         HAPROXY_3cfb08c07,
	Name:       "HAPROXY-3cfb08c07",
	Title:      "a connection is freed as dead while streams that the stream layer has let go of still have bytes to send",
	Model:      "mux",
	Commit:     "3cfb08c07",
	FixDate:    "2026-04-22",
	Tag:        "v3.4-dev11",
	Backport:   "2.6",
	Introduced: "1acf147e2",
	Since:      "v3.4-dev10",
	SinceDate:  "2026-04-17",
	LastWith:   "81eda41d5",
	Eras:       []string{"3.5"},
	Severity:   "MEDIUM",
	Symptom:    Freeze,
	Class:      "accounting",
	Mechanism: "A stream whose stream layer has gone stays until its bytes are sent. qcc_is_dead counted only the streams " +
		"with a stream connector, and the requests to a server were not counted at all. So when the server says GOAWAY, " +
		"or has had as many requests on the connection as it may, a connection is freed on which a detached stream " +
		"waits for the congestion window. The server never gets the rest of the request.",
	Fix: "nb_hreq counts every request from the start of its stream to the end, and qcc_is_dead goes by it. Only an " +
		"error or the timeout frees a connection before.",
	Order: Order{
		Before: []string{
			"qcc_is_dead: 0 if qcc->nb_sc",
		},
		After: []string{
			"qcc_is_dead: 0 if qcc->nb_hreq",
		},
	},
	Primary: "accounting | tx-dropped | qcs | peer.stream",
	Others: []string{
		"accounting | tx-dropped | qcs | app.detach",
		"accounting | tx-dropped | qcs | run.all",
		"accounting | tx-dropped | qcs | run.mux",
	},
	Seed:     "seed/mux/haproxy-3cfb08c07.prog",
	Known:    "crash/mux/accounting-tx-dropped.txtar",
	Sequence: "app.send net.block run.mux app.detach run.mux",
	Confirm: []Check{
		{"break qcc_release if qcc->nb_sc == 0 && qcc->task != 0 && !(qcc->flags & 0x23)", "it is freed without an error and before the timeout"},
		{"p qcc->flags & QC_CF_CONN_SHUT", "not 0: the server has said GOAWAY"},
		{"p ((struct qcs *)ADDRESS)->flags & QC_SF_DETACH", "not 0, for a stream of qcc->streams_by_id: detached, and it is there for its bytes"},
	},
	NearMisses: []NearMiss{
		{"detached-with-bytes", "keep DETACH"},
		{"goaway-received", "CONN_SHUT set"},
		{"found-dead", "dead: release"},
	},
}
