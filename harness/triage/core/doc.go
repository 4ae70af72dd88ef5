// Package core asks gdb for the stack of a core dump.
//
// It owns the way in which gdb is called: nothing of the user's or the core's
// is loaded or run, nothing is fetched, and the executable has to be the one
// that dumped the core. It refuses to know what a stack means, and hands on the
// text of gdb to one reader only: what of it may be printed is the caller's
// affair.
//
//	err := core.Stack(ctx, core.Options{Core: "core.1", Exe: "haproxy"}, func(r io.Reader) error {
//		doc, err := trace.Read("core.1", r, trace.Limits{})
//		…
//	})
package core
