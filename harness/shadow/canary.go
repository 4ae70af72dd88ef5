package shadow

import (
	"errors"
	"unsafe"
)

// ErrUnchecked means that a build lacks the bounds checks which every check of
// this package is made of.
var ErrUnchecked = errors.New("the checks are compiled out: build without -gcflags=-B")

// Canary calls touch with the address of a poisoned word and returns
// ErrUnchecked unless that traps. New does so for the accesses compiled into
// this package; a package into which they are inlined has to ask for itself,
// right after New, because the compiler flag is set per package.
func (a *Arena) Canary(touch func(p unsafe.Pointer)) error {
	a.Reset(Sanitize)
	if !traps(touch, a.at(0)) {
		return ErrUnchecked
	}
	return nil
}

func traps(touch func(unsafe.Pointer), p unsafe.Pointer) (ok bool) {
	defer func() {
		t, _, trap := TrapOf(recover())
		ok = trap && t.Word != 0
	}()
	touch(p)
	return false
}

// canaries touch a word with each of the checks.
var canaries = [...]func(unsafe.Pointer){
	func(p unsafe.Pointer) { Ld1((*uint8)(p)) },
	func(p unsafe.Pointer) { Ld2((*uint16)(p)) },
	func(p unsafe.Pointer) { Ld4((*uint32)(p)) },
	func(p unsafe.Pointer) { Ld8((*uint64)(p)) },
	func(p unsafe.Pointer) { St1((*uint8)(p), 0) },
	func(p unsafe.Pointer) { St2((*uint16)(p), 0) },
	func(p unsafe.Pointer) { St4((*uint32)(p), 0) },
	func(p unsafe.Pointer) { St8((*uint64)(p), 0) },
}
