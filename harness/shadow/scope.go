package shadow

import "unsafe"

// Static returns n objects of kind k in a row that live for the whole run and
// start as zeroes, as C's static data does. They lie at the very end of the
// arena, below those of earlier calls: an index past them leaves the arena and
// faults, for the next 48 MiB at least. They are no leak and cannot be freed.
func (a *Arena) Static(k Kind, n uintptr) unsafe.Pointer {
	a.know(k)
	size := uintptr(a.shapes[k].size) * n
	if n == 0 || n > Size || size+3*redzone > a.limit-a.bump {
		panic(&ArenaFull{Type: a.types[k].Name, Used: a.bump})
	}
	off := (a.limit - size) &^ (maxAlign - 1)
	if len(a.statics) > 0 {
		off -= redzone
	}
	a.limit = off
	a.statics = append(a.statics, rec{off: uint32(off), size: uint32(size), allocOp: a.op, tag: tagOf(k, static)})
	if a.mode == Page {
		a.unlockPages(off, size)
	}
	a.mark(off, size, codeOpen)
	clear(a.bytes(off, size))
	return a.at(off)
}

// Push returns a new object of kind k with a C scope, such as a list head on
// the stack. Its scope ends with Pop: a later use is a use after scope.
func (a *Arena) Push(k Kind) unsafe.Pointer {
	a.know(k)
	n := a.reuse(k)
	if n == 0 {
		n = a.carve(k, uintptr(a.shapes[k].size))
	}
	a.born(n, k, scoped)
	return a.at(uintptr(a.recs[n].off))
}

// Pop ends the scope of p, which Push returned. It panics with a *BadFree
// when it did not, or when the scope has ended before.
func (a *Arena) Pop(p unsafe.Pointer) {
	off := a.Rel(p)
	n, r := a.find(off)
	if r == nil || uintptr(r.off) != off || r.tag.state() != scoped {
		panic(a.badFree(ClassBadFree, 0, off))
	}
	a.dead(n, popped, codeScope)
	a.recycle(r.tag.kind(), off)
}

// recycle puts the object of kind k at off on the kind's free list, in the
// modes that reuse memory.
func (a *Arena) recycle(k Kind, off uintptr) {
	if !a.mode.open() {
		return
	}
	a.header(off).next = a.free[k]
	a.free[k] = uint32(off)
}

// reuse takes the newest object off k's free list and returns its chunk's
// number, 0 if there is none.
func (a *Arena) reuse(k Kind) uint32 {
	off := uintptr(a.free[k])
	if off == 0 || !a.mode.open() {
		return 0
	}
	a.catchUp()
	h := a.header(off)
	a.free[k] = h.next
	return h.chunk
}
