package fault

var haproxy3b851a326 = Fault{
	ID:         HAPROXY_3b851a326,
	Name:       "HAPROXY-3b851a326",
	Title:      "an acknowledgement for a stream that is gone counts as an error",
	Model:      "mux",
	Commit:     "3b851a326",
	FixDate:    "2024-11-06",
	Tag:        "v3.1-dev12",
	Introduced: "e7578084b",
	Since:      "v3.1-dev10",
	SinceDate:  "2024-10-04",
	LastWith:   "66bff034d",
	Severity:   "MEDIUM",
	Mechanism: "Of a frame that was sent twice both copies may be acknowledged, and the stream may be gone when the second " +
		"one is. Since e7578084b the handler of that acknowledgement reported an error for it, so that the rest of the " +
		"peer's packet was skipped and the packet not acknowledged. Nothing is freed too early, or used too late, by that.",
	Fix:     "The handler reports success for a stream that is gone.",
	Seed:    "seed/mux/haproxy-3b851a326.prog",
	Control: true,
}
