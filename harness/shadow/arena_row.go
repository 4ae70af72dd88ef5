package shadow

import "unsafe"

// A model of a process needs more than objects of one size: rows of them, as
// malloc gives out for a string or an array of pointers.

// AllocRow returns n objects of kind k in a row on the heap, as malloc(n *
// size) does: never nil, content undefined. FreeRow ends their life; no mode
// gives their memory out again within a run.
func (a *Arena) AllocRow(k Kind, n uintptr) unsafe.Pointer {
	a.know(k)
	size := uintptr(a.shapes[k].size) * n
	if n == 0 || n > Size || size > Size {
		panic(&ArenaFull{Type: a.types[k].Name, Used: a.bump})
	}
	number := a.carve(k, size)
	a.born(number, k, live)
	return a.at(uintptr(a.recs[number].off))
}

// FreeRow ends the life of what AllocRow returned; nil is ignored. It panics
// with a *BadFree in every mode, as glibc aborts on what is no live chunk, and
// with a *BadAccess when the memory was unmapped.
func (a *Arena) FreeRow(k Kind, p unsafe.Pointer) {
	if p == nil {
		return
	}
	off := a.Rel(p)
	if off < Size && a.code(off) == codeUnmapped {
		panic(&BadAccess{Addr: uintptr(p), Size: 8})
	}
	if !a.mode.open() {
		a.Free(k, p)
		return
	}
	n, r := a.find(off)
	switch {
	case n == 0 || uintptr(r.off) != off || r.tag.state() == scoped || r.tag.state() == popped:
		panic(a.badFree(ClassBadFree, k, off))
	case r.tag.dead():
		panic(a.badFree(ClassDoubleFree, k, off))
	}
	a.dead(n, freed, codeFreed)
	if a.mode == Plain {
		a.header(off).next = 0
	}
}
