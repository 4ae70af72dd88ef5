// Package adapter makes quic-go a lab.Stack.
//
// It owns every mention of quic-go's types below harness/target: one file for
// the interface of v0.53 and later, one, with the build tag quicgo_pre53, for
// that of the versions before. It refuses to know what is played on the stack
// and what is wrong with it.
//
//	lab.Play(t, adapter.Stack{}, p, true, &history, lab.Extras{})
package adapter
