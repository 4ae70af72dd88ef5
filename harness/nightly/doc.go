// Package nightly spends a night on what moves and says in the morning whether
// there is news.
//
// It owns the plan (which jobs there are and what part of the night each gets),
// the children that do the work and what becomes of one that dies, hangs or
// grows, the state that outlives every process, the rule by which a finding is
// news, and the judgement of the search's power. It refuses to know how a
// target is played, how a program is run and how a report looks: children are
// other commands of this program, and what they print is all it sees.
//
//	n, err := nightly.New(nightly.Options{Dir: "state", Budget: 2 * time.Hour, Jobs: jobs, Clock: nightly.Real, Start: nightly.Process("lastwake", 0)})
//	night, err := n.Run(ctx)
//	err = n.Close()
//	os.Exit(night.Status)
//
// # The state
//
// Everything lies in one folder: state.json, corpus/TARGET, crashes/TARGET and
// nights/NUMBER. state.json is written whole, to the disk, before a child starts
// that it speaks of, and whenever a child has said something that must not be
// lost. A night whose process was killed goes on with the time that it has left
// when the same command runs again.
package nightly
