package shadow

import (
	"encoding/binary"
	"unsafe"
)

// An Image is an address space put aside: what fork makes two of, and what a
// switch from one process to another exchanges. The zero Image is an empty
// one. It keeps its memory from use to use.
type Image struct {
	low, lowCodes   []byte // from firstByte on
	high, highCodes []byte // to the end
	recs, statics   []rec
	stacks          []stackPair
	bump, known     uintptr
	limit           uintptr
	seq             uint32
	free            [256]uint32
}

// Save puts a copy of the address space into im: memory, shadow, who lives
// where. Mode Page cannot.
func (a *Arena) Save(im *Image) {
	im.bump, im.known, im.limit, im.seq, im.free = a.bump, a.known, a.limit, a.seq, a.free
	im.low = append(im.low[:0], a.bytes(firstByte, a.bump-firstByte)...)
	im.high = append(im.high[:0], a.bytes(a.limit, Size-a.limit)...)
	if a.mode != Plain {
		im.lowCodes = append(im.lowCodes[:0], a.codes(firstByte, a.bump-firstByte)...)
		im.highCodes = append(im.highCodes[:0], a.codes(a.limit, Size-a.limit)...)
	}
	im.recs = append(im.recs[:0], a.recs...)
	im.statics = append(im.statics[:0], a.statics...)
	im.stacks = append(im.stacks[:0], a.stacks...)
}

// Load makes the address space that of im, which Save filled in this run.
func (a *Arena) Load(im *Image) {
	a.vacate(im.bump, im.limit)
	a.bump, a.known, a.limit, a.seq, a.free = im.bump, im.known, im.limit, im.seq, im.free
	copy(a.bytes(firstByte, a.bump-firstByte), im.low)
	copy(a.bytes(a.limit, Size-a.limit), im.high)
	if a.mode != Plain {
		copy(a.codes(firstByte, a.bump-firstByte), im.lowCodes)
		copy(a.codes(a.limit, Size-a.limit), im.highCodes)
	}
	a.recs = append(a.recs[:0], im.recs...)
	a.statics = append(a.statics[:0], im.statics...)
	a.stacks = append(a.stacks[:0], im.stacks...)
}

// Sum digests the memory of the address space: two images with one sum hold
// the same.
func (im *Image) Sum() uint64 {
	h := Digest(uint64(im.bump), im.low)
	return Digest(h^uint64(im.limit), im.high)
}

// Digest digests text, beginning with the digest of what goes before; equal
// texts have equal digests.
func Digest(h uint64, text []byte) uint64 {
	const prime = 0x9e3779b97f4a7c15
	h ^= uint64(len(text)) * prime
	if len(text) < 8 {
		for _, c := range text {
			h = (h ^ uint64(c)) * prime
		}
		return h ^ h>>32
	}
	last := binary.LittleEndian.Uint64(text[len(text)-8:]) // may overlap
	for ; len(text) > 8; text = text[8:] {
		h = (h ^ binary.LittleEndian.Uint64(text)) * prime
		h ^= h >> 29
	}
	h = (h ^ last) * prime
	return h ^ h>>32
}

// Vacate empties the address space, as exec does: no object is left, and
// addresses are given out anew.
func (a *Arena) Vacate() {
	a.vacate(firstByte, Size)
	a.bump, a.known, a.limit, a.seq = firstByte, firstByte, Size, 0
	a.recs = append(a.recs[:0], rec{})
	a.statics, a.stacks = a.statics[:0], a.stacks[:0]
	if a.mode.open() {
		clear(a.free[:])
	}
}

// vacate makes what is used beyond the two offsets redzone again.
func (a *Arena) vacate(bump, limit uintptr) {
	a.most, a.least = max(a.most, a.bump), min(a.least, a.limit)
	a.erase(bump, a.bump)
	a.erase(a.limit, limit)
}

func (a *Arena) erase(from, to uintptr) {
	switch {
	case from >= to || a.mode == Plain:
	case a.mode == AsShipped:
		a.paint(from, to-from, &opens)
	case a.mode.isCoded():
		a.encode(from, to-from, codeRedzone)
	default:
		a.paint(from, to-from, &redzones)
	}
}

// Raw is the memory of the n bytes at p, which must lie in the arena: for who
// looks on, such as an audit or a modelled kernel, and not for the program.
func (a *Arena) Raw(p unsafe.Pointer, n uintptr) []byte { return a.bytes(a.Rel(p), n) }

// Text returns the string at p, without its NUL, if it ends within the arena
// and may be read: a look that never traps. The slice is for use at once.
func (a *Arena) Text(p unsafe.Pointer) ([]byte, bool) {
	off := a.Rel(p)
	for n := uintptr(0); off+n < Size && a.code(off+n) == codeOpen; n++ {
		if *(*byte)(a.at(off + n)) == 0 {
			return a.bytes(off, n), true
		}
	}
	return nil, false
}

// ObjectAt returns the object that is not dead and holds p, false if there is
// none: a look that never traps, whatever p is.
func (a *Arena) ObjectAt(p unsafe.Pointer) (Chunk, bool) {
	off := a.Rel(p)
	if off >= Size {
		return Chunk{}, false
	}
	n, r := a.find(off)
	if r == nil || r.tag.dead() {
		return Chunk{}, false
	}
	return a.chunkOf(n, r), true
}

// Whole reports whether all of the n bytes at p may be read: a look that never
// traps, whatever p is.
func (a *Arena) Whole(p unsafe.Pointer, n uintptr) bool {
	off := a.Rel(p)
	return off < Size && n <= Size-off && poisoned(p, n, 0xff) < 0
}
