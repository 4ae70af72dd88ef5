package shadow

import (
	"runtime"
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
