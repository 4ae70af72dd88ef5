package shadow

import "unsafe"

// Displacement leads from an address to its shadow byte: the shadow of p is
// at p+Displacement.
//
// It is no bare power of two for the sake of AMD's first-level cache, which
// finds lines by a hash of the address up to bit 27: with 1<<30, where a byte
// and its shadow hash alike, a store took 20 ns instead of 1.3.
const Displacement = 1<<30 + 1<<25

// The shadow byte of an address says what may be done there. The high nibble
// set means poison: nobody may touch it. The low nibble alone means that it
// may be written but not yet read. Loads test the whole byte, stores the high
// nibble. Outside of coded replay these are the only values.
const (
	codeOpen     = 0x00 // addressable and initialised
	codeUninit   = 0x01 // addressable, never written
	codeScope    = 0xf8 // popped: out of its C scope
	codeRedzone  = 0xfa // never part of an object
	codeFreed    = 0xfd // freed
	codeUnmapped = 0xf7 // taken out of the address space
	codePoison   = 0xf0 // the bits that stores test
)

// one is indexed with shadow words: only word 0 is in range.
var one [1]struct{}

// Ld1 returns *p, a value of 1 byte, after it has checked that the shadow
// allows it. So do Ld2, Ld4 and Ld8 for 2, 4 and 8 bytes; V must have just
// that size. All of them inline, and a refused access panics with the Go
// runtime's own index error: see TrapOf.
//
//go:nocheckptr
func Ld1[V any](p *V) V {
	_ = one[*(*uint8)(unsafe.Add(unsafe.Pointer(p), Displacement))]
	return *p
}

// Ld2 returns *p, a value of 2 bytes; see Ld1.
//
//go:nocheckptr
func Ld2[V any](p *V) V {
	_ = one[*(*uint16)(unsafe.Add(unsafe.Pointer(p), Displacement))]
	return *p
}

// Ld4 returns *p, a value of 4 bytes; see Ld1.
//
//go:nocheckptr
func Ld4[V any](p *V) V {
	_ = one[*(*uint32)(unsafe.Add(unsafe.Pointer(p), Displacement))]
	return *p
}

// Ld8 returns *p, a value of 8 bytes; see Ld1.
//
//go:nocheckptr
func Ld8[V any](p *V) V {
	_ = one[*(*uint64)(unsafe.Add(unsafe.Pointer(p), Displacement))]
	return *p
}

// St1 sets *p, a value of 1 byte, after it has checked that the shadow allows
// it, and marks it initialised. So do St2, St4 and St8 for 2, 4 and 8 bytes; V
// must have just that size.
//
//go:nocheckptr
func St1[V any](p *V, v V) {
	s := (*uint8)(unsafe.Add(unsafe.Pointer(p), Displacement))
	_ = one[*s&codePoison]
	*s = codeOpen
	*p = v
}

// St2 sets *p, a value of 2 bytes; see St1.
//
//go:nocheckptr
func St2[V any](p *V, v V) {
	s := (*uint16)(unsafe.Add(unsafe.Pointer(p), Displacement))
	_ = one[*s&(codePoison*0x0101)]
	*s = codeOpen
	*p = v
}

// St4 sets *p, a value of 4 bytes; see St1.
//
//go:nocheckptr
func St4[V any](p *V, v V) {
	s := (*uint32)(unsafe.Add(unsafe.Pointer(p), Displacement))
	_ = one[*s&(codePoison*0x01010101)]
	*s = codeOpen
	*p = v
}

// St8 sets *p, a value of 8 bytes; see St1.
//
//go:nocheckptr
func St8[V any](p *V, v V) {
	s := (*uint64)(unsafe.Add(unsafe.Pointer(p), Displacement))
	_ = one[*s&(codePoison*bytes8)]
	*s = codeOpen
	*p = v
}

// bytes8 times a byte is a word of eight such bytes.
const bytes8 = 0x0101010101010101

// ContainerOf returns the T that has its member, offset bytes from its start,
// at the given address: C's container_of. It touches no memory, so a stale or
// wild member gives a stale or wild T.
//
//go:nocheckptr
func ContainerOf[T any](member unsafe.Pointer, offset uintptr) *T {
	return (*T)(unsafe.Add(member, -int(offset)))
}

// Index returns the address of element i of the C array that starts at first.
// There is no bound and no access: what lies there is the caller's problem,
// as in C.
//
//go:nocheckptr
func Index[T any](first *T, i int32) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(first), int(i)*int(unsafe.Sizeof(*first))))
}
