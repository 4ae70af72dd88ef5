package fault

var haproxy09ec3e09b = Fault{
	ID:     HAPROXY_09ec3e09b,
	Name:   "HAPROXY-09ec3e09b",
	Model:  "mux",
	Commit: "09ec3e09b",

	Title:    "a connection in error is released with streams that the stream layer still holds",
	FixDate:  "2022-07-27",
	Tag:      "v2.7-dev3",
	Backport: "2.6",
	Severity: "MINOR",
	Symptom:  BugOn,
	Class:    "bug-on",
	Mechanism: "A connection counted as dead when it was in error or its timeout had struck, whether or not streams were " +
		"attached. The tasklet released it then, and qcs_free asserts that no stream connector is left; without that " +
		"assertion the stream layer goes on with a descriptor that is freed.",
	Fix: "qcc_is_dead holds only when no stream is attached. The detach of the last stream asks again, so nothing stays. " +
		"d0c62328a had mended the same for the soft-stop.",
	Primary: "bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | - | run.mux",
	Others: []string{
		"bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | - | proc.softstop",
		"bug-on | qcs_free: qcs->sd && !se_fl_test(qcs->sd, SE_FL_ORPHAN) | - | run.all",
		"heap-use-after-free | sedesc | sc_destroy | qcs_free | qcs_attach_sc",
		"heap-use-after-free | sedesc | sc_mux_strm | qcs_free | qcs_attach_sc",
	},
	Seed:  "seed/mux/haproxy-09ec3e09b.prog",
	Known: "crash/mux/bug-on-qcs_free-qcs--sd-se_fl_test-qcs--sd-SE_FL_ORPHAN.txtar",
	Confirm: []Check{
		{"bt", "ABORT_NOW in qcs_free, called by qc_release (qcc_release), by qc_io_cb (qcc_io_cb)"},
		{"p qcc->nb_sc", "not 0: that many streams are attached"},
		{"p qcs->sd->sc", "not null: the stream layer's end of this stream"},
	},
	NearMisses: []NearMiss{
		{"stream-attached", "attach stconn"},
		{"connection-failed", "ERR_CONN set"},
		{"released", "qcc_release begin"},
	},
}
