package program

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The layout of bytes. A program is
//
//	format 1: a version byte, 16 bytes of configuration
//	format 2: 02 fd, 32 bytes of configuration
//
// in which byte i chooses the value of header key i, and then
//
//	8 bytes    a record, any number of times
//
// where a record is one of
//
//	verb conn|alloc<<4 object operand*5     an op; a byte each
//	0xfe field value*4 0 0                  a literal for the next op, or for the header
//
// A byte of an op or of the configuration is an index into a map of useful
// values (modulo the map's length, a power of two), so that a mutated byte
// lands on one of them. A value that its map does not hold is given exactly by
// a literal record, little-endian, in front of the op. Every byte string
// decodes: what is missing is 0, an incomplete record at the end is none, a
// literal out of range is reduced into it, one that its op does not use is
// ignored. The target and the faults are parameters of a run and never in
// bytes.
//
// Format 1 knows the rows and the keys of its day, and every byte string that
// does not begin with 02 fd is in it; it is what a program is written in that
// it can hold. Bytes for the target process are always in format 2: those
// without its mark are configuration and records all the same.
const (
	recordLen   = 8
	literalSlot = 0xfe
)

// A layout is what the two formats differ in.
type layout struct {
	mark   []byte // how the bytes begin
	config int    // bytes of configuration
	keys   int    // the header keys that it knows
	keyLit int    // the literal field of header key 0
	fields int    // literal fields, a power of two
	slots  *[256]Verb
}

// The layouts.
var (
	format1        = layout{mark: []byte{1}, config: 16, keys: keysOf1, fields: 32, slots: &slots1}
	format2        = layout{mark: []byte{2, 0xfd}, config: NumKeys, keys: numKeys, keyLit: 32, fields: 64, slots: &slots2Conn}
	format2Process = layout{mark: format2.mark, config: NumKeys, keys: numKeys, keyLit: 32, fields: 64, slots: &slots2Process}
)

// head is the number of bytes before the first record.
func (f *layout) head() int { return len(f.mark) + f.config }

// The fields of a literal record. The others are header keys.
const (
	litObj   = 16
	litArg   = 17 // to 21
	litAlloc = 22
)

// maxRecords bounds the work of Decode: as many records as the longest program
// can need.
const maxRecords = NumKeys + MaxOps*(MaxOperands+3)

// MaxBytes is the greatest length that Encode returns; Decode looks at no more.
const MaxBytes = 2 + NumKeys + maxRecords*recordLen

// Encode returns p as bytes. For every valid p, Decode returns a program equal
// to it but for what bytes do not carry: faults, notes and the target.
func Encode(p *Program) []byte {
	return AppendEncode(make([]byte, 0, format2.head()+recordLen*len(p.Ops)), p)
}

// AppendEncode appends Encode(p) to b.
func AppendEncode(b []byte, p *Program) []byte { return layoutOf(p).append(b, p) }

func (f *layout) append(b []byte, p *Program) []byte {
	b = append(b, f.mark...)
	config := len(b)
	b = append(b, make([]byte, f.config)...)
	for k := range keys[:f.keys] {
		if !keys[k].home.holds(p.Header.Target) {
			continue
		}
		i := slices.Index(keys[k].Map, p.Header.Set[k])
		if i < 0 {
			b, i = appendLiteral(b, f.keyLit+k, p.Header.Set[k]), 0
		}
		b[config+k] = byte(i)
	}
	for i := range p.Ops {
		b = appendRecord(b, &p.Ops[i])
	}
	return b
}

// layoutOf returns the oldest layout that can hold p.
func layoutOf(p *Program) *layout {
	if p.Header.Target == Process {
		return &format2Process
	}
	for k := int(keysOf1); k < numKeys; k++ {
		if p.Header.Set[k] != keys[k].Default {
			return &format2
		}
	}
	for i := range p.Ops {
		if p.Ops[i].Verb >= bornWith1 {
			return &format2
		}
	}
	return &format1
}

// layoutFor returns the layout of the bytes b of a program for target, and
// what follows the mark.
func layoutFor(target string, b []byte) (*layout, []byte) {
	rest, marked := bytes.CutPrefix(b, format2.mark)
	switch {
	case target == Process:
		return &format2Process, rest
	case marked:
		return &format2, rest
	case len(b) == 0:
		return &format1, nil
	}
	return &format1, b[1:]
}

func appendRecord(b []byte, o *Op) []byte {
	r := &rows[o.Verb]
	rec := [recordLen]byte{0: byte(o.Verb)}
	if i := slices.Index(allocMap[:], o.Alloc); i >= 0 {
		rec[1] = byte(i << 4)
	} else {
		b = appendLiteral(b, litAlloc, uint32(o.Alloc))
	}
	rec[1] |= byte(slices.Index(connMap[:], o.Conn))
	pick := func(at int, m []uint32, field int, v uint32) {
		if i := slices.Index(m, v); i >= 0 {
			rec[at] = byte(i)
		} else {
			b = appendLiteral(b, field, v)
		}
	}
	pick(2, objectMaps[r.Object], litObj, o.Obj)
	for i := range r.Operands {
		pick(3+i, r.Operands[i].Map, litArg+i, o.Arg[i])
	}
	return append(b, rec[:]...)
}

func appendLiteral(b []byte, field int, v uint32) []byte {
	b = append(b, literalSlot, byte(field))
	b = binary.LittleEndian.AppendUint32(b, v)
	return append(b, 0, 0)
}

// Decode returns the program that b stands for, for the mux target. Every b
// stands for one, and Validate accepts it.
func Decode(b []byte) *Program {
	p := New(Mux)
	DecodeInto(p, b)
	return p
}

// DecodeInto makes dst the program that b stands for, in the memory that dst
// has where it suffices. It keeps dst's target if it has a known one, and
// leaves no faults and no notes.
func DecodeInto(dst *Program, b []byte) {
	if !knownTarget(dst.Header.Target) {
		dst.Header.Target = Mux
	}
	dst.Header.Faults = dst.Header.Faults[:0]
	dst.Notes = dst.Notes[:0]
	dst.Ops = dst.Ops[:0]
	f, b := layoutFor(dst.Header.Target, b)
	b = f.decodeConfig(&dst.Header, b)
	var lit literals
	for n := 0; len(b) >= recordLen && n < maxRecords; n++ {
		rec := (*[recordLen]byte)(b)
		b = b[recordLen:]
		v := f.slots[rec[0]]
		if v == 0 {
			lit.add(f, &dst.Header, rec)
			continue
		}
		if len(dst.Ops) == MaxOps {
			return
		}
		dst.Ops = append(dst.Ops, Op{})
		decodeOp(&dst.Ops[len(dst.Ops)-1], v, rec, &lit)
	}
}

// decodeConfig reads the configuration and returns what is left.
func (f *layout) decodeConfig(h *Header, b []byte) []byte {
	var config [NumKeys]byte
	n := copy(config[:f.config], b)
	h.Set = [NumKeys]uint32{}
	for k := range keys {
		h.Set[k] = keys[k].Default
		if k < f.keys && keys[k].home.holds(h.Target) {
			m := keys[k].Map
			h.Set[k] = m[int(config[k])&(len(m)-1)]
		}
	}
	return b[n:]
}

func decodeOp(o *Op, v Verb, rec *[recordLen]byte, lit *literals) {
	r := &rows[v]
	o.Verb = v
	o.Alloc = allocMap[rec[1]>>4]
	if r.Object.hasConn() {
		o.Conn = connMap[rec[1]&15]
	}
	m := objectMaps[r.Object]
	o.Obj = m[int(rec[2])&(len(m)-1)]
	for i := range r.Operands {
		m := r.Operands[i].Map
		o.Arg[i] = m[int(rec[3+i])&(len(m)-1)]
	}
	if lit.set != 0 {
		lit.apply(o, r)
	}
}

// literals are the values that literal records hold for the next op.
type literals struct {
	set uint32 // bit field-litObj: there is one
	val [litAlloc - litObj + 1]uint32
}

func (l *literals) add(f *layout, h *Header, rec *[recordLen]byte) {
	field, v := int(rec[1])%f.fields, binary.LittleEndian.Uint32(rec[2:])
	switch k := field - f.keyLit; {
	case k >= 0 && k < f.keys:
		if keys[k].home.holds(h.Target) {
			h.Set[k] = keys[k].fit(v)
		}
	case field >= litObj && field <= litAlloc:
		l.set |= 1 << (field - litObj)
		l.val[field-litObj] = v
	}
}

func (l *literals) has(field int) bool { return l.set&(1<<(field-litObj)) != 0 }

func (l *literals) apply(o *Op, r *Row) {
	if l.has(litObj) {
		lo, hi := r.Object.objRange()
		o.Obj = fit(l.val[0], lo, hi)
	}
	for i := range r.Operands {
		if l.has(litArg + i) {
			o.Arg[i] = r.Operands[i].fit(l.val[litArg-litObj+i])
		}
	}
	if l.has(litAlloc) {
		o.Alloc = uint8(fit(l.val[litAlloc-litObj], 0, MaxAlloc))
	}
	l.set = 0
}
