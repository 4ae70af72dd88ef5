package fault

var haproxy3ef7daa73 = Fault{
	ID:         HAPROXY_3ef7daa73,
	Name:       "HAPROXY-3ef7daa73",
	Title:      "the copy of the startup logs is smaller than the original by the head of its storage",
	Model:      "process",
	Issue:      "2529",
	Commit:     "3ef7daa73",
	FixDate:    "2024-04-15",
	Tag:        "v3.0-dev8",
	Introduced: "7c9ce715c",
	Since:      "v3.0-dev6",
	SinceDate:  "2024-03-25",
	LastWith:   "b662c5d2b",
	Severity:   "MAJOR",
	Symptom:    Crash,
	Class:      "heap-buffer-overflow",
	Mechanism: "startup_logs_dup passed ring_size(), the room for messages, to ring_new, which takes the size of the " +
		"whole allocation. The copy has room for one head less; when the original is nearly full, ring_dup " +
		"writes up to a head's size past the end.",
	Fix: "ring_new gets ring_allocated_size(); later ring_dup asserts that the messages fit.",
	Order: Order{
		Before: []string{"dst = ring_new(ring_size(src))"},
		After:  []string{"dst = ring_new(ring_allocated_size(src))"},
	},
	Primary:  "heap-buffer-overflow | ring_storage | ring_dup | - | ring_new",
	Seed:     "seed/process/haproxy-3ef7daa73.prog",
	Known:    "crash/process/heap-buffer-overflow-ring_dup.txtar",
	Sequence: "ring.log ring.log ring.dup",
	Confirm: []Check{
		{"bt", "anywhere: malloc's own abort, or a use of what lies behind the ring"},
		{"p src->storage->size - dst->storage->size", "the size of a storage's head (192), not 0"},
		{"p dst->storage->tail > dst->storage->size", "1"},
	},
	NearMisses: []NearMiss{
		{"nearly-full", "ring has 9"},
		{"copied", "ring copied"},
	},
}
