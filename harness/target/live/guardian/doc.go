// Package guardian runs somebody's server so that nothing of it is left,
// whatever becomes of who started it.
//
// It owns a process between the two: this executable, executed again, which
// is the subreaper of all that the server starts, keeps the server in a
// process group of its own, writes down how it ended, and kills and reaps all
// of it when a pipe ends, for a pipe ends even when its writer is killed. It
// refuses to know what the server does and what is wrong with it.
//
//	if os.Getenv(guardian.Var) != "" {
//		guardian.Main() // first thing in main
//	}
//	p, err := guardian.Start(guardian.Spec{Command: "haproxy -f x.cfg", Dir: dir})
//	<-p.Ended()
package guardian
