package shadow

import (
	"slices"
	"unsafe"
)

// Map returns n objects of kind k in a row, zeroed, on pages of their own, as
// mmap does: the address is a multiple of page, a power of two, and a page at
// least lies between two mappings. They lie at the end of the arena, far from
// the heap, and cannot be freed; see Unmap.
func (a *Arena) Map(k Kind, n, page uintptr) unsafe.Pointer {
	a.know(k)
	size := uintptr(a.shapes[k].size) * n
	if n == 0 || n > Size || size+2*page+3*redzone > a.limit-a.bump {
		panic(&ArenaFull{Type: a.types[k].Name, Used: a.bump})
	}
	room := (size + page - 1) &^ (page - 1)
	off := (a.limit - room - page) &^ (page - 1)
	a.limit = off
	a.statics = append(a.statics, rec{off: uint32(off), size: uint32(size), allocOp: a.op, tag: tagOf(k, static)})
	if a.mode == Page {
		a.unlockPages(off, size)
	}
	a.mark(off, size, codeOpen)
	clear(a.bytes(off, size))
	return a.at(off)
}

// Unmap takes the n bytes at p out of the address space, whatever lies there:
// every later access to them is refused, in every mode but Plain. What of the
// range lies outside of the arena is ignored.
func (a *Arena) Unmap(p unsafe.Pointer, n uintptr) {
	from, to := a.clip(p, n)
	if from >= to || a.mode == Plain {
		return
	}
	a.holes = true
	if a.mode.isCoded() {
		a.encode(from, to-from, codeUnmapped)
	} else {
		a.paint(from, to-from, &unmappeds)
	}
	for i := range a.statics {
		if r := &a.statics[i]; uintptr(r.off) >= from && uintptr(r.off)+uintptr(r.size) <= to {
			r.tag, r.freeOp = tagOf(r.tag.kind(), freed), a.op
		}
	}
}

// clip returns the part of [p, p+n) that lies in the arena, as offsets.
func (a *Arena) clip(p unsafe.Pointer, n uintptr) (from, to uintptr) {
	from = a.Rel(p)
	if from >= Size {
		return 0, 0
	}
	return from, min(Size, from+min(n, Size))
}

// EachIn calls f for the objects that are not dead and of which a byte lies in
// the n bytes at p, by address, until f returns false: the victims of an
// Unmap, when it is called before.
func (a *Arena) EachIn(p unsafe.Pointer, n uintptr, f func(Chunk) bool) {
	from, to := a.clip(p, n)
	meets := func(r *rec) bool {
		return !r.tag.dead() && r.size != 0 && uintptr(r.off) < to && uintptr(r.off)+uintptr(r.size) > from
	}
	for i := a.before(from); int(i) < len(a.recs) && uintptr(a.recs[i].off) < to; i++ {
		if r := a.rec(i); meets(r) && !f(a.chunkOf(i, r)) {
			return
		}
	}
	for i := range slices.Backward(a.statics) { // by ascending address
		if r := &a.statics[i]; meets(r) && !f(a.chunkOf(0, r)) {
			return
		}
	}
}
