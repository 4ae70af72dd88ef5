package shadow

import "unsafe"

// Fill sets n bytes at p to b: C's memset.
func Fill(p unsafe.Pointer, b byte, n uintptr) {
	mayWrite(p, n)
	clear(shadowOf(p, n))
	s := view(p, n)
	for i := range s {
		s[i] = b
	}
}

// Copy copies n bytes from src to dst, which may overlap: C's memmove. Bytes
// that were never written may be copied and stay uninitialised, as a C struct
// copy does with padding; the load that uses one traps.
func (a *Arena) Copy(dst, src unsafe.Pointer, n uintptr) {
	if i := poisoned(src, n, codePoison); i >= 0 {
		panic(&BadAccess{Addr: uintptr(src) + uintptr(i), Size: n})
	}
	mayWrite(dst, n)
	copy(shadowOf(dst, n), shadowOf(src, n))
	if a.mode.isCoded() {
		a.respell(a.Rel(dst), n)
	}
	copy(view(dst, n), view(src, n))
}

// Bytes returns the n bytes at p, all of which must be readable now. The
// slice is for use at once: what happens to the object later is not checked.
func Bytes(p unsafe.Pointer, n uintptr) []byte {
	if i := poisoned(p, n, 0xff); i >= 0 {
		panic(&BadAccess{Addr: uintptr(p) + uintptr(i), Size: n})
	}
	return view(p, n)
}

// Zero clears a whole object of kind k, as pool_zalloc does after it has
// allocated one: a write to each of its bytes.
func (a *Arena) Zero(k Kind, p unsafe.Pointer) {
	a.know(k)
	n := uintptr(a.shapes[k].size)
	if a.mode != Plain {
		mayWrite(p, n)
		clear(shadowOf(p, n))
	}
	clear(view(p, n))
}

func mayWrite(p unsafe.Pointer, n uintptr) {
	if i := poisoned(p, n, codePoison); i >= 0 {
		panic(&BadAccess{Addr: uintptr(p) + uintptr(i), Size: n, Write: true})
	}
}
