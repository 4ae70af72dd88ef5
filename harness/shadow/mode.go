package shadow

import "fmt"

// A Mode says what Alloc and Free do in a run and what its accesses see.
type Mode uint8

// The modes.
const (
	// Plain recycles objects per kind, newest first, and leaves the shadow
	// open: the baseline that checks are measured against.
	Plain Mode = iota
	// Sanitize never gives out an address twice in a run and keeps the shadow,
	// so that every access to what is not a live object traps.
	Sanitize
	// AsShipped recycles objects through HAProxy's pools, free-list links and
	// all, and opens the shadow: stale pointers read what really lies there.
	// See Link for what a free writes.
	AsShipped
	// Page is Sanitize with every object on pages of its own, which become
	// inaccessible when it is freed: a second judge, for accesses that are
	// not checked.
	Page
	coded // the first of Rounds: see Coded
)

// Coded is the mode of one round of coded replay, 1 to Rounds: Sanitize, with
// poison that spells its own address. See Locate.
func Coded(round int) Mode {
	if round < 1 || round > Rounds {
		panic(fmt.Sprintf("shadow: coded replay has no round %d", round))
	}
	return coded + Mode(round-1)
}

func (m Mode) isCoded() bool { return m >= coded }

// open reports whether every address of the arena may be accessed.
func (m Mode) open() bool { return m == Plain || m == AsShipped }

// String returns the mode's name.
func (m Mode) String() string {
	if m.isCoded() {
		return fmt.Sprintf("coded %d", m-coded+1)
	}
	return [...]string{"plain", "sanitize", "as-shipped", "page"}[m]
}

// Reset starts a run: no objects, no statics, op -1. Between runs of one mode
// it costs the bytes that the last one used; AsShipped also forgets what
// earlier runs left in memory, so that what it reads is the run's own.
func (a *Arena) Reset(mode Mode) {
	if a.mode == Page {
		a.must(unlock(a.Base(), Size))
	}
	switch {
	case mode.isCoded():
		a.codeAll(mode)
	case mode.open():
		a.openAll(mode)
	default:
		a.poisonAll()
	}
	if mode.open() { // the others have no free lists
		clear(a.free[:])
	}
	a.mode, a.holes = mode, false
	a.most, a.least = firstByte, Size
	a.setQuick()
	a.op, a.seq = -1, 0
	a.bump, a.known, a.limit = firstByte, firstByte, Size
	a.recs = append(a.recs[:0], rec{})
	a.statics = a.statics[:0]
	a.stacks = a.stacks[:0]
	a.passed = a.passed[:0]
	clear(a.seen)
	switch mode {
	case AsShipped:
		a.resetPools()
	case Page:
		a.must(lock(a.Base(), Size))
	}
}

func (a *Arena) setQuick() {
	switch {
	case a.mode == Plain:
		a.quick = quickPlain
	case a.mode == Sanitize && !a.keep:
		a.quick = quickSanitize
	default:
		a.quick = quickNone
	}
}

// poisonAll makes all of the shadow redzone again: a run writes to the shadow
// of what it has got only, except where it is open.
func (a *Arena) poisonAll() {
	switch {
	case a.mode.open():
		a.paint(0, Size, &redzones)
	case a.mode.isCoded():
		hi, lo := max(a.covered, a.bump, a.most), min(a.low, a.limit, a.least)
		a.paint(0, hi, &redzones)
		a.paint(lo, Size-lo, &redzones)
	default:
		a.paint(firstByte, a.bump-firstByte, &redzones)
		a.paint(a.limit, Size-a.limit, &redzones)
	}
}

// openAll makes all of the shadow addressable.
func (a *Arena) openAll(mode Mode) {
	if !a.mode.open() || a.holes {
		a.must(zero(a.Base()+Displacement, Size))
	}
	if mode == AsShipped {
		a.must(zero(a.Base(), Size))
	}
}

// must ends a run that the system no longer serves: a harness fault.
func (a *Arena) must(err error) {
	if err != nil {
		panic(fmt.Errorf("shadow: arena at %#x: %w", a.Base(), err))
	}
}
