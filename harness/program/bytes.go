package program

import (
	"encoding/binary"
	"slices"
)

// The layout of byte format 1. A program is
//
//	1 byte     the format version, 1
//	16 bytes   configuration: byte i chooses the value of header key i
//	8 bytes    a record, any number of times
//
// and a record is one of
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
const (
	formatVersion = 1
	configLen     = NumKeys
	headLen       = 1 + configLen
	recordLen     = 8
	literalSlot   = 0xfe
)

// The fields of a literal record. 0 to 15 are header keys.
const (
	litObj    = 16
	litArg    = 17 // to 21
	litAlloc  = 22
	litFields = 32
)

// maxRecords bounds the work of Decode: as many records as the longest program
// can need.
const maxRecords = NumKeys + MaxOps*(MaxOperands+3)

// MaxBytes is the greatest length that Encode returns; Decode looks at no more.
const MaxBytes = headLen + maxRecords*recordLen

// Encode returns p as bytes. For every valid p, Decode returns a program equal
// to it but for what bytes do not carry: faults, notes and the target.
func Encode(p *Program) []byte {
	return AppendEncode(make([]byte, 0, headLen+recordLen*len(p.Ops)), p)
}

// AppendEncode appends Encode(p) to b.
func AppendEncode(b []byte, p *Program) []byte {
	b = append(b, formatVersion)
	config := len(b)
	b = append(b, make([]byte, configLen)...)
	for k := range keys {
		i := slices.Index(keys[k].Map, p.Header.Set[k])
		if i < 0 {
			b, i = appendLiteral(b, k, p.Header.Set[k]), 0
		}
		b[config+k] = byte(i)
	}
	for i := range p.Ops {
		b = appendRecord(b, &p.Ops[i])
	}
	return b
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
	dst.Header.Set = [NumKeys]uint32{}
	dst.Header.Faults = dst.Header.Faults[:0]
	dst.Notes = dst.Notes[:0]
	dst.Ops = dst.Ops[:0]
	b = decodeConfig(&dst.Header, b)
	var lit literals
	for n := 0; len(b) >= recordLen && n < maxRecords; n++ {
		rec := (*[recordLen]byte)(b)
		b = b[recordLen:]
		v := slots1[rec[0]]
		if v == 0 {
			lit.add(&dst.Header, rec)
			continue
		}
		if len(dst.Ops) == MaxOps {
			return
		}
		dst.Ops = append(dst.Ops, Op{})
		decodeOp(&dst.Ops[len(dst.Ops)-1], v, rec, &lit)
	}
}

// decodeConfig reads the version and the configuration and returns what is
// left. There is one format so far: every version byte means it.
func decodeConfig(h *Header, b []byte) []byte {
	var head [headLen]byte
	n := copy(head[:], b)
	for k := range keys {
		m := keys[k].Map
		h.Set[k] = m[int(head[1+k])&(len(m)-1)]
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

func (l *literals) add(h *Header, rec *[recordLen]byte) {
	field, v := int(rec[1])%litFields, binary.LittleEndian.Uint32(rec[2:])
	switch {
	case field < numKeys:
		h.Set[field] = keys[field].fit(v)
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
