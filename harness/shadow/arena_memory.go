package shadow

import "unsafe"

// This file holds the arena's own accesses to its memory. They are not
// checked; offsets count from the slot's base.

// pattern is a run of equal shadow bytes to copy from.
type pattern [patternSize]byte

const patternSize = 4096

// The patterns; nobody writes to them after this.
var (
	opens     = patternOf(codeOpen)
	uninits   = patternOf(codeUninit)
	scopes    = patternOf(codeScope)
	redzones  = patternOf(codeRedzone)
	freeds    = patternOf(codeFreed)
	unmappeds = patternOf(codeUnmapped)
)

func patternOf(code byte) (p pattern) {
	for i := range p {
		p[i] = code
	}
	return p
}

func patternFor(code byte) *pattern {
	switch code {
	case codeOpen:
		return &opens
	case codeUninit:
		return &uninits
	case codeScope:
		return &scopes
	case codeFreed:
		return &freeds
	case codeUnmapped:
		return &unmappeds
	}
	return &redzones
}

// at is the address at an offset.
func (a *Arena) at(off uintptr) unsafe.Pointer { return unsafe.Add(a.mem, off) }

// word is the 8-byte word at an offset.
func (a *Arena) word(off uintptr) *uint64 { return (*uint64)(unsafe.Add(a.mem, off)) }

// header stands in the redzone before an object, in the modes that give it
// one. It is a way from an object to its chunk that need not search: who
// follows it looks whether the chunk knows the object, for nothing else
// vouches for what is read there.
type header struct {
	chunk uint32 // number of the chunk
	next  uint32 // offset of the next older free object, or inUse
	seq   uint32 // Plain: the allocation's number
	kind  Kind   // Plain: what it is
}

// inUse is the next of an object that is not free, in Plain. It is not aligned
// and so no object's offset.
const inUse = 1

// header is the header of the object at an offset.
func (a *Arena) header(off uintptr) *header {
	return (*header)(unsafe.Add(a.mem, off-unsafe.Sizeof(header{})))
}

// code is the shadow byte of an offset.
func (a *Arena) code(off uintptr) byte { return *(*byte)(unsafe.Add(a.shadow, off)) }

// bytes is the memory [off, off+n).
func (a *Arena) bytes(off, n uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(a.mem, off)), n)
}

// codes is the shadow of [off, off+n).
func (a *Arena) codes(off, n uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(a.shadow, off)), n)
}

// paint sets the shadow of [off, off+n) to the pattern's byte.
func (a *Arena) paint(off, n uintptr, with *pattern) {
	s := a.codes(off, n)
	for len(s) > 0 {
		s = s[copy(s, with[:]):]
	}
}

// paintUninit and paintFreed are paint for the two codes that every object
// gets. Most are a cache line or a few, for which a loop beats a call of
// memmove; and the loop wants a constant, which the compiler keeps in vectors.

func (a *Arena) paintUninit(off, n uintptr) {
	const w = codeUninit * bytes8
	p := unsafe.Add(a.shadow, off)
	for ; n >= 64; n -= 64 {
		*(*[8]uint64)(p) = [8]uint64{w, w, w, w, w, w, w, w}
		p = unsafe.Add(p, 64)
	}
	for ; n >= 8; n -= 8 {
		*(*uint64)(p) = w
		p = unsafe.Add(p, 8)
	}
	for ; n > 0; n-- {
		*(*byte)(p) = codeUninit
		p = unsafe.Add(p, 1)
	}
}

func (a *Arena) paintFreed(off, n uintptr) {
	const w = codeFreed * bytes8
	p := unsafe.Add(a.shadow, off)
	for ; n >= 64; n -= 64 {
		*(*[8]uint64)(p) = [8]uint64{w, w, w, w, w, w, w, w}
		p = unsafe.Add(p, 64)
	}
	for ; n >= 8; n -= 8 {
		*(*uint64)(p) = w
		p = unsafe.Add(p, 8)
	}
	for ; n > 0; n-- {
		*(*byte)(p) = codeFreed
		p = unsafe.Add(p, 1)
	}
}

// poisoned returns the index of the first byte of [p, p+n) whose shadow has a
// bit of mask, or -1.
//
//go:nocheckptr
func poisoned(p unsafe.Pointer, n uintptr, mask byte) int {
	s := unsafe.Add(p, Displacement)
	w := uint64(mask) * bytes8
	i := uintptr(0)
	for ; i+32 <= n; i += 32 {
		q := (*[4]uint64)(unsafe.Add(s, i))
		if (q[0]|q[1]|q[2]|q[3])&w != 0 {
			break
		}
	}
	for ; i < n; i++ {
		if *(*byte)(unsafe.Add(s, i))&mask != 0 {
			return int(i)
		}
	}
	return -1
}

// view is the memory [p, p+n) as a slice.
//
//go:nocheckptr
func view(p unsafe.Pointer, n uintptr) []byte { return unsafe.Slice((*byte)(p), n) }

// shadowOf is the shadow of [p, p+n) as a slice.
//
//go:nocheckptr
func shadowOf(p unsafe.Pointer, n uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(p, Displacement)), n)
}

// pointer makes a pointer of an address outside of Go's memory.
func pointer(addr uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }
