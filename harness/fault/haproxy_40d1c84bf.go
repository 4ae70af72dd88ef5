package fault

var haproxy40d1c84bf = Fault{
	ID:         HAPROXY_40d1c84bf,
	Name:       "HAPROXY-40d1c84bf",
	Title:      "freeing a mapped ring unmaps its descriptor on the heap instead of its storage",
	Model:      "process",
	Issue:      "2492",
	Commit:     "40d1c84bf",
	FixDate:    "2024-03-26",
	Tag:        "v3.0-dev6",
	Introduced: "03816ccfa",
	Since:      "v3.0-dev6",
	SinceDate:  "2024-03-25",
	LastWith:   "bd98db507",
	Severity:   "MAJOR",
	Symptom:    Crash,
	Class:      "wild-unmap",
	Mechanism: "Since 03816ccfa the descriptor of a ring is on the heap and only its storage is a mapping, but " +
		"startup_logs_free and sink_free went on to give the descriptor's address to munmap, with the size of " +
		"the storage. On Linux an address that is no page's is refused (EINVAL), nobody looks, and mapping " +
		"and descriptor leak. One that happens to be a page's takes 64 KiB of live heap away: environment " +
		"strings, the environ array, what malloc knows. A kernel that rounds down takes them always. The " +
		"forked worker frees the startup logs and calls unsetenv next, which reads every environment string: " +
		"that is where it dies, in unsetenv itself when the array is gone, in strncmp when only strings are. " +
		"AddressSanitizer does not look at munmap.",
	Fix: "munmap gets the storage, and ring_free the descriptor in any case. It passed the usable area, which " +
		"is off by the storage's head: see HAPROXY-0cfbeb1ae.",
	Order: Order{
		Before: []string{"munmap(ring, size)   the descriptor: heap"},
		After:  []string{"munmap(storage, size)", "ring_free(ring)"},
	},
	Excludes: []ID{HAPROXY_0cfbeb1ae},
	Primary:  "wild-unmap | ring | startup_logs_free | - | ring_make_from_area",
	Others: []string{
		"wild-unmap | ring | sink_free | - | ring_make_from_area",
	},
	Seed:     "seed/process/haproxy-40d1c84bf.prog",
	Known:    "crash/process/wild-unmap-startup_logs_free.txtar",
	Sequence: "env.set ring.dup proc.fork proc.switch ring.free env.unset",
	Confirm: []Check{
		{"bt", "strncmp or unsetenv in frame 0, called from main right after fork, in_parent = 0"},
		{"p startup_logs", "the copy on the heap (tmp_startup_logs): the old ring is gone"},
		{"x/s *environ", "Cannot access memory, for this entry or one behind it"},
		{"info proc mappings", "a hole in the heap, of the size of the startup logs (64 KiB), that begins at the descriptor shm_startup_logs"},
		{"p shm_startup_logs", "an address in that hole, the end of which is 000"},
	},
	NearMisses: []NearMiss{
		{"mapped-ring-freed", "ring freed, mapped 1"},
		{"munmap", "munmap of"},
	},
}
