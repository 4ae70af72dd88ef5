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
	number := a.carveBytes(k, size)
	a.born(number, k, live)
	return a.at(uintptr(a.recs[number].off))
}

// carveBytes is carve for size bytes.
func (a *Arena) carveBytes(k Kind, size uintptr) uint32 {
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
	number := a.chunk(off, size)
	a.header(off).chunk = number
	return number
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
