package fault

var haproxy15337fd80 = Fault{
	ID:         HAPROXY_15337fd80,
	Name:       "HAPROXY-15337fd80",
	Title:      "a stream leaves the list of incomplete requests twice, the second time by links that are stale",
	Model:      "mux",
	Issue:      "1903",
	Commit:     "15337fd80",
	FixDate:    "2022-12-20",
	Tag:        "v2.8-dev1",
	Introduced: "641a65ff3",
	Since:      "v2.8-dev1",
	SinceDate:  "2022-12-12",
	LastWith:   "8f5699bda",
	Backport:   "2.6",
	Severity:   "MEDIUM",
	Symptom:    Crash,
	Class:      "heap-use-after-free",
	Mechanism: "A stream stands in qcc.opening_list until its request is complete. Attaching the stream connector unlinked " +
		"it with LIST_DELETE, which leaves the element's own links as they are; and an element counts as linked while it " +
		"does not point at itself. qcs_free therefore unlinked it again, through neighbours of long ago. A neighbour that " +
		"was freed meanwhile is written to, and the list may lead into it from then on.",
	Fix: "Both places use LIST_DEL_INIT, which may be done twice.",
	Order: Order{
		Before: []string{
			"qcs_attach_sc: LIST_DELETE(&qcs->el_opening)   keeps its stale links",
			"qcs_free: if LIST_INLIST(&qcs->el_opening), LIST_DELETE(&qcs->el_opening)",
		},
		After: []string{
			"qcs_attach_sc: LIST_DEL_INIT(&qcs->el_opening)",
			"qcs_free: LIST_DEL_INIT(&qcs->el_opening)",
		},
	},
	Primary: "heap-use-after-free | qcs | qcs_free | qcs_free | qcs_new",
	Others: []string{
		"dangling-subscription | qcc.opening_list | qcc | app.detach",
		"dangling-subscription | qcc.opening_list | qcc | run.all",
		"dangling-subscription | qcc.opening_list | qcc | run.mux",
	},
	Seed:     "seed/mux/haproxy-15337fd80.prog",
	Known:    "crash/mux/heap-use-after-free-qcs_free.txtar",
	Sequence: "peer.stream peer.stream peer.stream peer.stream app.send run.mux app.detach app.send run.mux app.detach",
	Confirm: []Check{
		{"bt", "often code that has nothing to do with QUIC, whose memory was written to; otherwise LIST_DELETE in qcs_free"},
		{"p qcs->flags & QC_SF_HREQ_RECV", "not 0: the request was complete, so the stream had left the list"},
		{"p qcs->el_opening.n == &qcs->el_opening", "0: and still it believes that it is in it"},
	},
	NearMisses: []NearMiss{
		{"waits-for-a-request", "opening_list add"},
		{"request-complete", "attach stconn"},
		{"freed-as-if-linked", "in_opening_list"},
	},
}
