package program

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// object reads the object of an op of row r.
func (l *line) object(op *Op, r *Row) *ParseError {
	there := looksLikeObject(l.peek())
	switch {
	case r.Object == ObjNone && there:
		return l.fail(l.words[0].at, fmt.Sprintf("%s acts on no object", r.Name), "leave "+quote(l.peek())+" out")
	case r.Object == ObjNone:
		return nil
	case !there:
		return l.noObject(r, l.next())
	case r.Object.hasConn():
		return l.connObject(op, r, l.next())
	}
	return l.single(op, r, l.next())
}

func (l *line) noObject(r *Row, w word) *ParseError {
	msg := r.Name + " has no object"
	if w.text != "" && !strings.ContainsAny(w.text, "=!") {
		msg = quote(w.text) + " is not an object"
	}
	return l.fail(w.at, msg, "write "+r.Name+" "+r.Object.String())
}

// connObject reads c0, c0/s4 or c0/p1.
func (l *line) connObject(op *Op, r *Row, w word) *ParseError {
	conn, part, pair := strings.Cut(w.text, "/")
	prefix, what := "p", "packet"
	if r.Object == ObjStream {
		prefix, what = "s", "stream"
	}
	id, ok := strings.CutPrefix(part, prefix)
	if conn[0] != 'c' || pair && (!ok || r.Object == ObjConn) || !pair && r.Object != ObjConn && r.Object != ObjPackets {
		return l.wrongObject(r, w)
	}
	n, err := l.number("connection", w.at+1, conn[1:], 0, MaxConn)
	if err != nil {
		return err
	}
	op.Conn = uint8(n)
	if !pair {
		return nil
	}
	lo, hi := r.Object.objRange()
	if r.Object == ObjPackets {
		lo = 1 // 0 means all of them and is written by leaving it out
	}
	op.Obj, err = l.number(what, w.at+len(conn)+2, id, lo, hi)
	return err
}

// single reads the object of an op on a process or a ring.
func (l *line) single(op *Op, r *Row, w word) *ParseError {
	if w.text[0] != r.Object.String()[0] {
		return l.wrongObject(r, w)
	}
	what := "process"
	if r.Object == ObjRing {
		what = "ring"
	}
	n, err := l.number(what, w.at+1, w.text[1:], 0, MaxIndex)
	op.Obj = n
	return err
}

func (l *line) wrongObject(r *Row, w word) *ParseError {
	return l.fail(w.at, fmt.Sprintf("%s does not act on %s", r.Name, quote(w.text)), "write "+r.Name+" "+r.Object.String())
}

// looksLikeObject reports whether a word can only be meant as an object: a
// letter of the kinds of object, a digit, and no operand's "=".
func looksLikeObject(s string) bool {
	return len(s) >= 2 && strings.IndexByte("cxr", s[0]) >= 0 && s[1] >= '0' && s[1] <= '9' && !strings.Contains(s, "=")
}

// value reads the value of d that stands behind "=".
func (l *line) value(d *Operand, at int, s string) (uint32, *ParseError) {
	if d.Kind != Enum {
		return l.number(d.Name, at, s, d.Min, d.Max)
	}
	if i := slices.Index(d.Values, s); i >= 0 {
		return uint32(i), nil
	}
	all := "one of " + strings.Join(d.Values, ", ")
	return 0, l.fail(at, fmt.Sprintf("unknown %s %s", d.Name, quote(s)), suggest(s, d.Values, all))
}

// number reads a decimal number without sign, unit or leading zero.
func (l *line) number(what string, at int, s string, lo, hi uint32) (uint32, *ParseError) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, l.fail(at, fmt.Sprintf("%s %s is not a number", what, quote(s)), "write digits only")
		}
	}
	if s == "" {
		return 0, l.fail(at, what+" has no number")
	}
	if s[0] == '0' && s != "0" {
		return 0, l.fail(at, fmt.Sprintf("%s %s has a leading zero", what, quote(s)))
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n < uint64(lo) || n > uint64(hi) {
		return 0, l.fail(at, fmt.Sprintf("%s %s is out of range %d to %d", what, clip(s), lo, hi))
	}
	return uint32(n), nil
}

func verbNames() []string {
	var names []string
	for _, r := range rows[1:] {
		names = append(names, r.Name)
	}
	return names
}

func keyNames(target string) []string {
	var names []string
	for _, d := range Keys(target) {
		names = append(names, d.Name)
	}
	return append(names, "faults")
}

func operandNames(r *Row) []string {
	var names []string
	for _, d := range r.Operands {
		if !d.Bare {
			names = append(names, d.Name)
		}
	}
	return names
}
