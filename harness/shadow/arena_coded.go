package shadow

import "unsafe"

// Rounds is the number of runs that coded replay needs: 3 bits of an offset
// in each, for an arena of 24 bits.
const Rounds = 8

const (
	digitBits = 3
	digitMask = 1<<digitBits - 1

	// A digit d of a poisoned byte's offset is codedPoison|d<<4, for stores
	// see the high nibble only; of an uninitialised one it is codedUninit|d.
	codedPoison = 0x8a
	codedUninit = 0x08

	// margin is how far beyond the memory in use poison is coded. Hardly any
	// access goes further, and to code all of the arena takes a millisecond.
	margin = 64 << 10
)

// digit is what coded shadow says of an offset in the round of mode m.
func digit(m Mode, off uintptr) byte {
	return byte(off>>(digitBits*uintptr(m-coded))) & digitMask
}

// codeAll makes the shadow redzone coded for the round of mode m: around the
// memory that the last run used, which the next one is to use again, or all of
// it when Locate asks for that.
func (a *Arena) codeAll(m Mode) {
	hi, lo := a.bump+margin, a.limit-min(a.limit, margin)
	if a.mode.isCoded() {
		hi, lo = max(hi, a.covered), min(lo, a.low)
	}
	if hi >= lo || a.wide {
		hi, lo = Size, Size
	}
	if a.mode.open() {
		a.paint(0, Size, &redzones)
	}
	a.mode, a.covered, a.low = m, hi, lo
	a.encode(0, hi, codeRedzone)
	a.encode(lo, Size-lo, codeRedzone)
}

// encode sets the shadow of [off, off+n) as code asks, with every byte that is
// not open spelling its own offset.
func (a *Arena) encode(off, n uintptr, code byte) {
	s := a.codes(off, n)
	switch {
	case code == codeOpen:
		clear(s)
	case code == codeUninit:
		spell(s, a.mode, off, codedUninit, 0)
	case n < patternSize:
		spell(s, a.mode, off, codedPoison, 4)
	default:
		a.encodeMuch(s, off)
	}
}

// encodeMuch poisons s, the shadow of the bytes from off on. A digit repeats
// itself or stays the same for at least a pattern's size, so that most of the
// work is copying.
func (a *Arena) encodeMuch(s []byte, off uintptr) {
	var with pattern
	spelt := -1
	for len(s) > 0 {
		n := min(patternSize-off%patternSize, uintptr(len(s)))
		block := off &^ (patternSize - 1)
		if key := int(digit(a.mode, block)); key != spelt {
			spell(with[:], a.mode, block, codedPoison, 4)
			spelt = key
		}
		copy(s, with[off-block:off-block+n])
		s, off = s[n:], off+n
	}
}

// spell writes the codes of the bytes from off on to s.
func spell(s []byte, m Mode, off uintptr, base byte, shift int) {
	for ; len(s) >= 8 && off%8 == 0; off += 8 {
		w := uint64(digit(m, off)) * bytes8
		if m == coded {
			w = 0x0706050403020100
		}
		*(*uint64)(unsafe.Pointer(&s[0])) = uint64(base)*bytes8 | w<<shift
		s = s[8:]
	}
	for i := range s {
		s[i] = base | digit(m, off+uintptr(i))<<shift
	}
}

// respell has the codes in [off, off+n), which were copied there, spell their
// new place: they are of bytes that were never written, for nothing else can be
// copied.
func (a *Arena) respell(off, n uintptr) {
	for i, c := range a.codes(off, n) {
		if c != codeOpen {
			a.encode(off+uintptr(i), 1, codeUninit)
		}
	}
}
