package shadow

import (
	"runtime"
	"slices"
	"strings"
)

// stackPair is where an object came from and went.
type stackPair struct{ alloc, free []uintptr }

// KeepStacks says whether every Alloc, Push, Free and Pop from now on remembers
// its stack. It costs about a microsecond for each, so the fast
// pass goes without; a run that found something is played again with it.
func (a *Arena) KeepStacks(on bool) {
	a.keep = on
	a.setQuick()
}

// Stacks returns where the object was allocated and where it was freed, for
// runtime.CallersFrames, from the innermost function outside of this package
// on. They are nil when KeepStacks was off.
func (a *Arena) Stacks(c Chunk) (alloc, free []uintptr) {
	n := a.before(c.Addr - a.Base())
	if int(n) >= len(a.stacks) || a.recs[n].seq != c.Seq {
		return nil, nil
	}
	return outside(a.stacks[n].alloc), outside(a.stacks[n].free)
}

// stackAt returns the stacks of chunk n.
func (a *Arena) stackAt(n uint32) *stackPair {
	for uint32(len(a.stacks)) <= n {
		a.stacks = append(a.stacks, stackPair{})
	}
	return &a.stacks[n]
}

// maxPassed bounds the stacks that Pass remembers in one run.
const maxPassed = 1 << 10

// A passKey is the innermost part of a stack, as far as a model and what drives
// it go.
type passKey [48]uintptr

// Pass remembers the stack of its caller while KeepStacks is on: the run came
// this way.
func (a *Arena) Pass() {
	if !a.keep || len(a.passed) >= maxPassed {
		return
	}
	var key passKey
	runtime.Callers(2, key[:])
	if a.seen[key] {
		return
	}
	if a.seen == nil {
		a.seen = map[passKey]bool{}
	}
	a.seen[key] = true
	a.passed = append(a.passed, key)
}

// Passed returns the stacks that Pass has remembered since Reset, each once, in
// the order in which the run first came there.
func (a *Arena) Passed() [][]uintptr {
	var all [][]uintptr
	for _, key := range a.passed {
		n := slices.Index(key[:], 0)
		if n < 0 {
			n = len(key)
		}
		all = append(all, slices.Clone(key[:n]))
	}
	return all
}

func callers() []uintptr {
	var pcs [64]uintptr
	return append([]uintptr(nil), pcs[:runtime.Callers(2, pcs[:])]...)
}

// outside drops the innermost frames that belong to this package.
func outside(pcs []uintptr) []uintptr {
	for len(pcs) > 0 && strings.HasPrefix(function(pcs[0]), here) {
		pcs = pcs[1:]
	}
	return pcs
}
