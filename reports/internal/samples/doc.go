// Package samples holds records made by hand, as a run would make them: every
// shape that the writers know, each as small as it still reads naturally. The
// tests of the writers share them.
//
// It owns nothing that a finding needs, and refuses to be linked into anything
// but a test.
//
//	for name, r := range samples.All() {
//		fmt.Println(name, r.Class)
//	}
package samples
