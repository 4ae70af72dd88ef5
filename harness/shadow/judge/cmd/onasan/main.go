//go:build asan && linux

// Command onasan plays plain Go models under AddressSanitizer, for package
// judge, which builds it.
//
//	onasan case NAME       one of the 38 cases, and the verdict on it
//	onasan mux < programs  programs of the mux model, a JSON line each
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
)

func main() {
	debug.SetPanicOnFault(true)
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "onasan: %v\n", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if !shadow.Hooked() {
		return errors.New("not built with judge's overlay: objects would not come from C's heap")
	}
	switch {
	case len(args) == 2 && args[0] == "case":
		return playCase(args[1])
	case len(args) == 1 && args[0] == "mux":
		return playMux(os.Stdin, os.Stdout)
	}
	return fmt.Errorf("cannot play %q", args)
}

func playCase(name string) error {
	i := slices.Index(cases.CaseNames(), name)
	if i < 0 {
		return fmt.Errorf("no case %q", name)
	}
	w, err := cases.New(shadow.Options{})
	if err != nil {
		return err
	}
	r := play(w.Arena(), func() {
		w.Reset(shadow.Plain)
		w.Case(i)
	})
	fmt.Println("verdict:", r.Verdict)
	return nil
}

// play runs f, which resets its world to Plain, and returns what
// AddressSanitizer said of it. What is live at its end has leaked.
func play(a *shadow.Arena, f func()) (r judge.Report) {
	defer func() {
		v := recover()
		said, ok := shadow.TakeReport()
		t, _, trap := shadow.TrapOf(v)
		switch {
		case ok:
			r = judge.ParseASan(said.Text)
			variable(a, &r)
		case v == nil:
			a.EachLive(func(c shadow.Chunk) bool {
				r.Class = "leak"
				r.Objects++
				r.Bytes += int(c.Size)
				return true
			})
		case trap && t.Fault: // Go's own handler is ahead of AddressSanitizer's
			r.Class, r.Addr = a.Classify(t.Addr), uint64(t.Addr)
		default:
			panic(v)
		}
	}()
	f()
	return
}

// variable says where the address is in an object with a C scope, which
// AddressSanitizer takes for a part of a block of the heap.
func variable(a *shadow.Arena, r *judge.Report) {
	if c, _, _, ok := a.HostChunk(uintptr(r.Addr)); ok && c.Home == shadow.Scope {
		r.Where, r.Offset, r.Region, r.Start = "inside", int(r.Addr-uint64(c.Addr)), int(c.Size), uint64(c.Addr)
	}
}
