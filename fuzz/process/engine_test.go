package process

import "testing"

// FuzzNothing plays nothing. What Go's engine costs for each run grows with
// what is linked, so this target beside one in an empty package tells what the
// imports of this package cost: "make bench" prints it.
func FuzzNothing(f *testing.F) { f.Fuzz(func(*testing.T, []byte) {}) }
