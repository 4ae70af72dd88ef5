package fault

var haproxy0cfbeb1ae = Fault{
	ID:         HAPROXY_0cfbeb1ae,
	Name:       "HAPROXY-0cfbeb1ae",
	Title:      "freeing a mapped ring unmaps its usable area, which does not begin on a page",
	Model:      "process",
	Commit:     "0cfbeb1ae",
	FixDate:    "2024-05-21",
	Tag:        "v3.0-dev13",
	Introduced: "40d1c84bf",
	Since:      "v3.0-dev6",
	SinceDate:  "2024-03-26",
	LastWith:   "d74ba7cc2",
	Severity:   "MINOR",
	Symptom:    Leak,
	Class:      "failed-unmap",
	Mechanism: "The fix of HAPROXY-40d1c84bf passed ring_area(), the first byte for messages, to munmap: it is the " +
		"size of the storage's head past the start of the mapping. Linux refuses the address (EINVAL), nobody " +
		"looks, and the mapping leaks at every free. It is the incomplete fix of #2492: no crash any more, " +
		"and still no unmap.",
	Fix: "ring_allocated_area() and ring_allocated_size() name what was mapped, and munmap gets them.",
	Order: Order{
		Before: []string{"munmap(ring_area(ring), size)   past the head of the storage"},
		After:  []string{"munmap(ring_allocated_area(ring), size)"},
	},
	Excludes: []ID{HAPROXY_40d1c84bf},
	Primary:  "failed-unmap | ring_storage | startup_logs_free | - | -",
	Others: []string{
		"failed-unmap | ring_storage | sink_free | - | -",
	},
	Seed:     "seed/process/haproxy-0cfbeb1ae.prog",
	Known:    "crash/process/failed-unmap-startup_logs_free.txtar",
	Sequence: "ring.free",
	Confirm: []Check{
		{"info proc mappings", "one more shared mapping of 64 KiB, named /dev/shm or memfd, for each startup_logs_free"},
		{"p shm_startup_logs->storage->area", "an address that ends in the size of the head, such as 0c0, not in 000"},
	},
	NearMisses: []NearMiss{
		{"mapped-ring-freed", "ring freed, mapped 1"},
		{"munmap", "munmap of"},
	},
}
