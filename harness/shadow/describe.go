package shadow

import "fmt"

// Classify names the error that an access to addr is, by what its shadow says
// now; "" for an address that may be accessed. It is for a run in Sanitize or
// Page: elsewhere the shadow does not tell.
func (a *Arena) Classify(addr uintptr) string {
	off := addr - a.Base()
	if off >= Size {
		if addr < nullEnd {
			return ClassNull
		}
		return ClassWild
	}
	switch a.code(off) {
	case codeRedzone:
		return ClassOverflow
	case codeFreed:
		return ClassUseAfterFree
	case codeScope:
		return ClassUseAfterScope
	case codeUninit:
		return ClassUninitialized
	case codeUnmapped:
		return ClassUnmapped
	}
	return ""
}

// nullEnd bounds the addresses that a null pointer plus a field's offset has:
// no system maps anything lower.
const nullEnd = 64 << 10

// near bounds how far from an arena an address is still meant relative to it:
// as far as a 32-bit index of a large struct goes.
const near = 1 << 43

// Format prints an address so that it is the same in every run of a program:
// relative to the slot's base, as "0x1010" inside the slot and "base+0x4000000"
// or "base-0x10" around it. What is far away does not come from an arena
// pointer and is printed as it is, and so is null and what is close to it.
func (a *Arena) Format(addr uintptr) string {
	switch off := int64(addr - a.Base()); {
	case off >= 0 && off < Stride:
		return fmt.Sprintf("%#x", off)
	case addr < nullEnd || addr>>63 != 0 || off >= near || off <= -near:
		return fmt.Sprintf("%#x", addr)
	case off < 0:
		return fmt.Sprintf("base-%#x", -off)
	default:
		return fmt.Sprintf("base+%#x", off)
	}
}

// A Place says where an address lies in terms of objects.
type Place struct {
	Chunk Chunk
	Type  string // the object's C name
	// Where is "inside", "after" or "before" the object, and "" when no
	// object is near.
	Where string
	// Offset counts from the object's start when inside, from its end when
	// after (0 is the first byte past it), down from its start when before.
	Offset uintptr
	// Field is the field inside, "" for padding. Index is the element of an
	// array that Static made.
	Field string
	Index uintptr
}

// String describes the place as AddressSanitizer does.
func (p Place) String() string {
	if p.Where == "" {
		return "no object near"
	}
	s := fmt.Sprintf("%d bytes %s %d-byte %s", p.Offset, p.Where, p.Chunk.Size, p.Type)
	if p.Where == "inside" {
		s = fmt.Sprintf("%d bytes inside of %d-byte %s", p.Offset, p.Chunk.Size, p.Type)
	}
	if p.Chunk.Seq != 0 {
		s += fmt.Sprintf(" #%d", p.Chunk.Seq)
	}
	if p.Field != "" {
		s += ", field " + p.Field
	}
	return s
}

// Describe says where addr lies: inside an object, or next to the nearest one,
// also when it is past the arena's end but in its slot. Between two objects a
// live one is preferred, then the closer one.
func (a *Arena) Describe(addr uintptr) Place {
	off := addr - a.Base()
	if off >= Stride {
		return Place{}
	}
	left, right := a.neighbours(off)
	r := choose(off, left, right)
	if r == nil {
		return Place{}
	}
	p := Place{Chunk: a.chunkOf(a.number(r), r), Type: a.types[r.tag.kind()].Name}
	switch start, end := uintptr(r.off), uintptr(r.off)+uintptr(r.size); {
	case off < start:
		p.Where, p.Offset = "before", start-off
	case off >= end:
		p.Where, p.Offset = "after", off-end
	default:
		p.Where, p.Offset = "inside", off-start
		p.Field, p.Index = a.fieldAt(r.tag.kind(), p.Offset)
	}
	return p
}

// neighbours returns the last chunk that starts at or below off and the first
// one above it, either of which may be nil.
func (a *Arena) neighbours(off uintptr) (left, right *rec) {
	n := a.before(off)
	if n != 0 {
		left = a.rec(n)
	}
	if int(n)+1 < len(a.recs) {
		right = a.rec(n + 1)
	}
	for i := range a.statics { // by descending address
		r := &a.statics[i]
		if uintptr(r.off) <= off {
			left = r
			break
		}
		if right == nil || r.off < right.off {
			right = r
		}
	}
	return left, right
}

// choose picks the neighbour that an address is most likely meant for.
func choose(off uintptr, left, right *rec) *rec {
	switch {
	case left == nil:
		return right
	case right == nil || left.holds(off):
		return left
	}
	if left.tag.dead() != right.tag.dead() {
		if left.tag.dead() {
			return right
		}
		return left
	}
	if off-uintptr(left.off)-uintptr(left.size) < uintptr(right.off)-off {
		return left
	}
	return right
}

// fieldAt names the field of kind k at an offset, in which element of a row.
func (a *Arena) fieldAt(k Kind, offset uintptr) (field string, index uintptr) {
	t := &a.types[k]
	index, offset = offset/t.Size, offset%t.Size
	for _, f := range t.Fields {
		if offset-f.Offset < f.Size {
			return f.Name, index
		}
	}
	return "", index
}
