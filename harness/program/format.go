package program

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Version is the number that the header of a text bears: "lastwake/1".
const Version = 1

const magic = "lastwake/"

// String returns the canonical text of p: defaults left out, operands in the
// order of their rows, notes as they were.
func (p *Program) String() string {
	b, _ := p.AppendText(make([]byte, 0, 64+32*len(p.Ops)))
	return string(b)
}

// AppendText appends the canonical text of p to b. It never fails; for a
// program that is not valid the text does not parse.
func (p *Program) AppendText(b []byte) ([]byte, error) {
	b, _ = p.Header.AppendText(b)
	notes := p.Notes
	b, notes = appendInline(b, notes, -1)
	b = append(b, '\n')
	for i := range p.Ops {
		b, notes = appendLines(b, notes, i)
		b, _ = p.Ops[i].AppendText(b)
		b, notes = appendInline(b, notes, i)
		b = append(b, '\n')
	}
	b, _ = appendLines(b, notes, len(p.Ops))
	return b, nil
}

func appendInline(b []byte, notes []Note, op int) ([]byte, []Note) {
	if len(notes) == 0 || notes[0].Op != op || !notes[0].Inline {
		return b, notes
	}
	b = append(b, "  "...)
	return append(b, notes[0].Text...), notes[1:]
}

func appendLines(b []byte, notes []Note, op int) ([]byte, []Note) {
	for len(notes) > 0 && notes[0].Op == op && !notes[0].Inline {
		b = append(b, notes[0].Text...)
		b = append(b, '\n')
		notes = notes[1:]
	}
	return b, notes
}

// validNote reports whether n survives a round trip through text.
func validNote(n Note) bool {
	if n.Text == "" {
		return !n.Inline
	}
	return n.Text[0] == '#' && utf8.ValidString(n.Text) && !strings.ContainsRune(n.Text, '\n') &&
		strings.TrimRight(n.Text, blanks) == n.Text
}

// String returns the header line without its line end.
func (h *Header) String() string {
	b, _ := h.AppendText(nil)
	return string(b)
}

// AppendText appends the header line, without its line end, to b. It never
// fails.
func (h *Header) AppendText(b []byte) ([]byte, error) {
	b = append(b, magic...)
	b = strconv.AppendUint(b, Version, 10)
	b = append(b, ' ')
	b = append(b, h.Target...)
	for k := range keys {
		if h.Set[k] != keys[k].Default {
			b = keys[k].append(append(b, ' '), h.Set[k])
		}
	}
	for i, id := range h.Faults {
		if i == 0 {
			b = append(b, " faults="...)
		} else {
			b = append(b, ',')
		}
		b = append(b, id...)
	}
	return b, nil
}

// String returns the op as it stands in a program.
func (o Op) String() string {
	b, _ := o.AppendText(nil)
	return string(b)
}

// AppendText appends the op as it stands in a program, without a line end, to
// b. It never fails.
func (o Op) AppendText(b []byte) ([]byte, error) {
	if !o.Verb.Valid() {
		return append(b, "invalid"...), nil
	}
	r := &rows[o.Verb]
	b = append(b, r.Name...)
	b = o.appendObject(b, r.Object)
	for i := range r.Operands {
		d := &r.Operands[i]
		if d.Bare || o.Arg[i] != d.Default {
			b = d.append(append(b, ' '), o.Arg[i])
		}
	}
	if o.Alloc != 0 {
		b = append(b, " !alloc="...)
		b = strconv.AppendUint(b, uint64(o.Alloc), 10)
	}
	return b, nil
}

func (o *Op) appendObject(b []byte, k ObjectKind) []byte {
	num := func(prefix string, n uint32) {
		b = strconv.AppendUint(append(b, prefix...), uint64(n), 10)
	}
	if k.hasConn() {
		num(" c", uint32(o.Conn))
	}
	switch {
	case k == ObjStream:
		num("/s", o.Obj)
	case k == ObjPacket, k == ObjPackets && o.Obj != 0:
		num("/p", o.Obj)
	case k == ObjProcess:
		num(" x", o.Obj)
	case k == ObjRing:
		num(" r", o.Obj)
	}
	return b
}

// append appends the operand with value v as it stands in a text.
func (d *Operand) append(b []byte, v uint32) []byte {
	if !d.Bare {
		b = append(b, d.Name...)
	}
	switch d.Kind {
	case Uint:
		b = append(b, '=')
		return strconv.AppendUint(b, uint64(v), 10)
	case Enum:
		if !d.Bare {
			b = append(b, '=')
		}
		return append(b, d.valueName(v)...)
	}
	return b
}

func (d *Operand) valueName(v uint32) string {
	if v < uint32(len(d.Values)) {
		return d.Values[v]
	}
	return "invalid"
}
