package fault

var haproxyAfb7b9d8e = Fault{
	ID:         HAPROXY_afb7b9d8e,
	Name:       "HAPROXY-afb7b9d8e",
	Title:      "a stream that closes without ever having been a request is taken off the count of requests",
	Model:      "mux",
	Commit:     "afb7b9d8e",
	FixDate:    "2022-09-19",
	Tag:        "v2.7-dev7",
	Introduced: "c603de4d8",
	Since:      "v2.7-dev3",
	SinceDate:  "2022-08-01",
	LastWith:   "4b10a5c43",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "qcc.nb_hreq counts the requests in progress: a stream is added when its whole request has come and taken off " +
		"when its local half closes. A stream that the peer stops before the request is complete closes without having been " +
		"added. The counter wraps: a build with assertions halts, any other believes from then on that requests are in " +
		"progress, which is what the timeouts of the connection go by.",
	Fix: "A stream remembers with QC_SF_HREQ_RECV that it was counted, and only such a stream is taken off.",
	Order: Order{
		Before: []string{
			"qcs_close_local: the stream is HLOC or CLO",
			"qcc_rm_hreq(qcs->qcc)",
		},
		After: []string{
			"qcs_close_local: the stream is HLOC or CLO",
			"qcc_rm_hreq(qcs->qcc)   if QC_SF_HREQ_RECV is set",
		},
	},
	Primary: "bug-on | qcc_rm_hreq: !qcc->nb_hreq | qcs_close_local | run.mux",
	Others: []string{
		"bug-on | qcc_rm_hreq: !qcc->nb_hreq | qcs_close_local | app.detach",
		"bug-on | qcc_rm_hreq: !qcc->nb_hreq | qcs_close_local | proc.softstop",
		"bug-on | qcc_rm_hreq: !qcc->nb_hreq | qcs_close_local | run.all",
		"bug-on | qcc_rm_hreq: !qcc->nb_hreq | qcs_close_local | run.timer",
		"accounting | nb-hreq | qcc | app.detach",
		"accounting | nb-hreq | qcc | proc.softstop",
		"accounting | nb-hreq | qcc | run.all",
		"accounting | nb-hreq | qcc | run.mux",
		"accounting | nb-hreq | qcc | run.timer",
	},
	Seed:     "seed/mux/haproxy-afb7b9d8e.prog",
	Known:    "crash/mux/bug-on-qcc_rm_hreq-qcs_close_local-qcc--nb_hreq.txtar",
	Sequence: "peer.stop run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcc_rm_hreq, called by qcs_close_local, in a build with assertions"},
		{"p qcc->nb_hreq", "in any other build 18446744073709551615 or little less: it went below 0"},
		{"p qcc->task->expire", "a date by timeout client although no request is in progress"},
	},
	NearMisses: []NearMiss{
		{"reset-due", "TO_RESET set"},
		{"reset-sent", "tx RESET_STREAM"},
		{"closed-uncounted", "->HLOC"},
	},
}
