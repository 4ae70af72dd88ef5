package fault

var haproxy09ec3e09b = Fault{
	ID:         HAPROXY_09ec3e09b,
	Name:       "HAPROXY-09ec3e09b",
	Title:      "a failed connection is released with streams that the stream layer still holds",
	Model:      "mux",
	Commit:     "09ec3e09b",
	FixDate:    "2022-07-27",
	Tag:        "v2.7-dev3",
	Backport:   "2.6",
	Introduced: "d97fc804f",
	Since:      "v2.6-dev5",
	SinceDate:  "2022-04-07",
	LastWith:   "4ea5090f5",
	Severity:   "MINOR",
	Symptom:    BugOn,
	Class:      "bug-on",
	Mechanism: "A connection counted as dead once it had failed or its timeout had struck, whether or not streams were " +
		"attached. The tasklet releases it then, and the release of a stream asserts that the stream layer has let go of " +
		"it; without that assertion the stream layer goes on with an endpoint descriptor that is freed.",
	Fix: "qcc_is_dead holds only when no stream is attached. The detach of the last stream asks again, so that nothing " +
		"stays. d0c62328a had mended the same for the soft-stop.",
	Order: Order{
		Before: []string{
			"qcc_is_dead: the connection failed, or its timeout has struck",
			"qcc_release: qcs_free(qcs) of every stream",
			"sc_destroy: sc->sedesc->se",
		},
		After: []string{
			"qcc_is_dead: no stream is attached, and the connection failed, or its timeout has struck",
			"sc_destroy: sc->sedesc->se",
			"qcc_release: qcs_free(qcs) of every stream",
		},
	},
	Primary: "bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | qcc_release | run.mux",
	Others: []string{
		"bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | qcc_release | proc.softstop",
		"bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | qcc_release | run.all",
		"heap-use-after-free | sedesc | sc_destroy | qcs_free | qcs_attach_sc",
		"heap-use-after-free | sedesc | __sc_mux_strm | qcs_free | qcs_attach_sc",
	},
	Seed:     "seed/mux/haproxy-09ec3e09b.prog",
	Known:    "crash/mux/bug-on-qcs_free-qcc_release-qcs--sd-se_fl_test-qcs--sd.txtar",
	Sequence: "peer.stream peer.close run.mux",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_free, called by qcc_release (qc_release), by qcc_io_cb (qc_io_cb)"},
		{"p qcc->nb_sc", "not 0: that many streams are attached"},
		{"p qcs->sd->sc", "not 0x0: the stream layer's end of this stream"},
	},
	NearMisses: []NearMiss{
		{"stream-attached", "attach stconn"},
		{"connection-failed", "ERR_CONN set"},
		{"released", "qcc_release begin"},
	},
}
