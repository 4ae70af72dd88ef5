// Package native lets Go's own engine drive a model.
//
// It owns one campaign of "go test -fuzz": seeds, workers that count what they
// do, and how a finding is told. It refuses to know the model, and how an input
// becomes a verdict (fuzz/player does). Only tests import it.
//
//	func FuzzMux(f *testing.F) { native.Fuzz(f, model.Mux{}, "./fuzz/mux") }
package native
