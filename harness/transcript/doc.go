// Package transcript reads and plays the transcripts of a model: programs with
// what the model does, op by op, in files that people read.
//
// It owns the form of a case, the way it is played, and the search for the
// functions of a model that no case needs. It refuses to know a model: a Player
// plays. It is for tests, and nothing else imports it.
//
//	func TestTranscripts(t *testing.T)   { transcript.Test(t, program.Mux, player{newWorld(t)}) }
//	func TestCasesAreShort(t *testing.T) { transcript.Short(t, program.Mux) }
//	func TestEmptied(t *testing.T)       { transcript.Needed(t) }
//
// A case is
//
//	# What it shows, in a sentence.
//	play NAME key=value ...
//	ops that bring the world where the case begins
//	then
//	ops that are shown with their events
//	? something to look at
//	----
//	the result
//
// NAME is the case's name; the keys are those of a program's header and
// "faults". An outcome other than "done" is shown behind the op. Without "then"
// all ops are shown, and "..." goes back to showing none.
//
// Behind the last op the case is settled, unseen: whatever is left then is shown
// as well. So a case guards also what it does not print.
package transcript
