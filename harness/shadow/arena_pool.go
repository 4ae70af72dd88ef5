package shadow

import (
	"fmt"
	"strconv"
	"unsafe"
)

// An ArenaFull is what Alloc, Push and Static panic with when the run has
// used up the arena.
type ArenaFull struct {
	Type string // what did not fit
	Used uintptr
}

// Error says what did not fit.
func (e *ArenaFull) Error() string {
	return fmt.Sprintf("shadow: arena full: no room for a %s after %d bytes", e.Type, e.Used)
}

// Alloc returns a new object of kind k. Its content is undefined: in Sanitize
// a read traps until it has been written. Alloc never returns nil; when the
// arena is full it panics with an *ArenaFull.
func (a *Arena) Alloc(k Kind) unsafe.Pointer {
	size := uintptr(a.shapes[k].size)
	off := a.bump + redzone
	end := (off + size + maxAlign - 1) &^ (maxAlign - 1)
	switch a.quick {
	case quickSanitize:
		n := len(a.recs)
		if n >= cap(a.recs) || end+redzone > a.limit || size == 0 {
			break
		}
		a.bump = end
		a.header(off).chunk = uint32(n)
		a.recs = a.recs[:n+1]
		r := &a.recs[n]
		r.off, r.size, r.allocOp, r.tag = uint32(off), uint32(size), a.op, tagOf(k, live)
		a.paintUninit(off, size)
		return a.at(off)
	case quickPlain:
		if top := uintptr(a.free[k]); top != 0 {
			off = top
			a.free[k] = a.header(off).next
		} else if end+redzone <= a.limit && size != 0 {
			a.bump = end
		} else {
			break
		}
		a.seq++
		h := a.header(off)
		h.next, h.seq, h.kind = inUse, a.seq, k
		return a.at(off)
	}
	return a.allocSlow(k)
}

// allocSlow is Alloc for everything but its two short ways.
func (a *Arena) allocSlow(k Kind) unsafe.Pointer {
	a.know(k)
	if a.mode == AsShipped {
		return a.shippedAlloc(k)
	}
	n := a.carve(k, uintptr(a.shapes[k].size))
	a.born(n, k, live)
	return a.at(uintptr(a.recs[n].off))
}

// know panics when k is no row of the type table: a fault of the model.
func (a *Arena) know(k Kind) {
	if a.shapes[k].size == 0 {
		panic("shadow: kind " + strconv.Itoa(int(k)) + " is not in the type table")
	}
}

// carve takes size bytes for one or several objects of kind k off the arena and
// returns the number of their new chunk.
func (a *Arena) carve(k Kind, size uintptr) uint32 {
	if a.mode == Page {
		return a.carvePages(k, size)
	}
	a.catchUp()
	off := a.bump + redzone
	end := (off + size + maxAlign - 1) &^ (maxAlign - 1)
	if end+redzone > a.limit {
		panic(&ArenaFull{Type: a.types[k].Name, Used: a.bump})
	}
	a.bump, a.known = end, end
	n := a.chunk(off, size)
	a.header(off).chunk = n
	return n
}

// chunk enters a new chunk and returns its number.
func (a *Arena) chunk(off, size uintptr) uint32 {
	a.recs = append(a.recs, rec{off: uint32(off), size: uint32(size)})
	return uint32(len(a.recs) - 1)
}

// born makes chunk n a new object of kind k.
func (a *Arena) born(n uint32, k Kind, s state) {
	a.seq++
	r := &a.recs[n]
	r.seq, r.allocOp, r.tag = a.seq, a.op, tagOf(k, s)
	a.mark(uintptr(r.off), uintptr(r.size), codeUninit)
	if a.mode == Plain {
		h := a.header(uintptr(r.off))
		h.next, h.seq, h.kind = inUse, a.seq, k
	}
	if a.keep {
		a.stackAt(n).alloc = callers()
	}
}

// Free ends the life of p, an object of kind k. It panics with a *BadFree
// when p is not a live object that Alloc returned for that kind; nil is
// ignored. Plain checks nothing, and AsShipped does what the C code would.
func (a *Arena) Free(k Kind, p unsafe.Pointer) {
	off := a.Rel(p)
	switch a.quick {
	case quickSanitize:
		if off-firstByte >= a.bump-firstByte {
			break
		}
		n := a.header(off).chunk
		if uint64(n) >= uint64(len(a.recs)) {
			break
		}
		if r := &a.recs[n]; uintptr(r.off) == off && r.tag == tagOf(k, live) {
			r.tag, r.freeOp = tagOf(k, freed), a.op
			a.paintFreed(off, uintptr(r.size))
			return
		}
	case quickPlain:
		if p == nil {
			return
		}
		a.header(off).next = a.free[k]
		a.free[k] = uint32(off)
		return
	}
	if p != nil {
		a.freeSlow(k, off)
	}
}

func (a *Arena) freeSlow(k Kind, off uintptr) {
	a.know(k)
	if a.mode == AsShipped {
		a.shippedFree(k, off)
		return
	}
	n, r := a.find(off)
	switch {
	case n == 0 || uintptr(r.off) != off || r.tag.state() == scoped || r.tag.state() == popped:
		panic(a.badFree(ClassBadFree, k, off))
	case r.tag.dead():
		panic(a.badFree(ClassDoubleFree, k, off))
	case r.tag.kind() != k:
		panic(a.badFree(ClassMismatch, k, off))
	}
	a.dead(n, freed, codeFreed)
}

// dead ends the life of chunk n.
func (a *Arena) dead(n uint32, s state, code byte) {
	r := &a.recs[n]
	r.tag, r.freeOp = tagOf(r.tag.kind(), s), a.op
	a.mark(uintptr(r.off), uintptr(r.size), code)
	if a.keep {
		a.stackAt(n).free = callers()
	}
	if a.mode == Page {
		a.lockPages(uintptr(r.off), uintptr(r.size))
	}
}

// mark sets the shadow of an object, in the modes that keep one.
func (a *Arena) mark(off, n uintptr, code byte) {
	switch {
	case a.mode.open():
	case a.mode.isCoded():
		a.encode(off, n, code)
	default:
		a.paint(off, n, patternFor(code))
	}
}
