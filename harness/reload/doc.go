// Package reload drives a real "haproxy -W" on loopback through reloads with
// hostile environments: the witness for the part of the process model that a
// HAProxy of a distribution can be asked about.
//
// It owns the environments, the life of the processes it starts, and what it
// reads of them: are they alive, do they answer, how many descriptors do they
// hold, with which environment was the master executed again. It refuses to
// know the model and its faults. It leaves no process behind: every master has
// a process group of its own, which is killed in the end, and dies with the
// thread that started it.
//
//	rep, err := reload.Replay(ctx, reload.Options{Binary: "/usr/sbin/haproxy", Reloads: 200, Dir: dir})
//	for _, r := range rep.Rounds {
//		fmt.Println(r.Environment, r.Reloads, r.Oddities)
//	}
//
// HAProxy 2.6 and older keep their startup logs elsewhere than in a shared ring:
// such a binary witnesses the environment and the reload, not #2492 itself.
package reload
