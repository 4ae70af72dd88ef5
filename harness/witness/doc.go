// Package witness holds the model to what a real server did: recordings of
// HAProxy's QUIC mux, event by event, each with a program that makes the model
// do the same.
//
// It owns the recordings as fixtures, the projection of a model's run to their
// events, and the few rules for what a recording and a run are allowed to tell
// differently, each with its reason. It refuses to judge: that a run is wrong
// is for package oracle to say, and what a real server did is right here by
// definition.
//
//	rec, err := witness.ParseRecording(name, text)
//	events, err := witness.Run(p, rec.Faults())
//	fmt.Print(witness.Diff(rec, p, events)) // nothing: the model did the same
//
// The page harness/docs/recordings.md tells how to write a program for a
// recording.
package witness
