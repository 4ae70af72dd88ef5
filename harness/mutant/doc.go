// Package mutant builds the module with mistakes in one of its models, for tests
// that want to know which of them somebody notices.
//
// It owns the copy of the module, and the choice of a mistake when the process
// starts: all are in one build. It refuses to know what a mistake is, and who has
// to notice it.
//
//	root := mutant.Copy(t, "../..")
//	// write the mistakes: what is right stands in "if intact(7) { … }"
//	mutant.Twin(t, root, "mux")
//	out, err := mutant.Build(t, root, "target/model").Run(t.Context(), 7)
package mutant
