// Package adapter makes quic-go a lab.Stack.
//
// It owns every mention of quic-go's types below harness/target. What v0.53
// changed stands in trace.go and frames.go for the versions from there on, and
// with the build tag quicgo_pre53 in files of its own for those before. It
// refuses to know what is played on the stack and what is wrong with it.
//
//	lab.Play(t, adapter.Stack{}, p, true, &history, lab.Extras{})
package adapter
