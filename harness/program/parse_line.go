package program

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// header reads the first line.
func (l *line) header() (Header, *ParseError) {
	if err := l.magic(); err != nil {
		return Header{}, err
	}
	w := l.next()
	if !knownTarget(w.text) {
		if w.text == "" {
			return Header{}, l.fail(w.at, "header names no target", "write "+magic+"1 "+Mux)
		}
		return Header{}, l.fail(w.at, fmt.Sprintf("unknown target %s", quote(w.text)), suggest(w.text, Targets(), "the targets are "+strings.Join(Targets(), ", ")))
	}
	h := NewHeader(strings.Clone(w.text))
	var seen uint64 // bit NumKeys is that of faults
	for len(l.words) > 0 {
		if err := l.headerKey(&h, &seen); err != nil {
			return Header{}, err
		}
	}
	return h, nil
}

func (l *line) magic() *ParseError {
	w := l.next()
	version, ok := strings.CutPrefix(w.text, magic)
	if !ok && w.text == "" {
		return l.fail(0, "the first line is empty", "it is a header such as "+magic+"1 "+Mux)
	}
	if !ok {
		hint := "the first line is a header such as " + magic + "1 " + Mux
		if strings.HasPrefix(w.text, "\ufeff") {
			hint = "the file starts with a byte order mark: save it without"
		}
		return l.fail(w.at, fmt.Sprintf("%s is not a program's header", quote(l.text)), hint)
	}
	if version == strconv.Itoa(Version) {
		return nil
	}
	if n, err := strconv.ParseUint(version, 10, 32); err == nil && n > Version && version[0] != '0' {
		return l.fail(w.at, fmt.Sprintf("program has format version %d, this lastwake reads %d", n, Version), "a newer lastwake wrote it: use that one")
	}
	return l.fail(w.at, fmt.Sprintf("unknown format version %s", quote(version)), "write "+magic+"1")
}

func (l *line) headerKey(h *Header, seen *uint64) *ParseError {
	w := l.next()
	name, val, hasVal := strings.Cut(w.text, "=")
	k := slices.IndexFunc(keys[:], func(d Operand) bool { return d.Name == name && d.home.holds(h.Target) })
	if name == "faults" {
		k = NumKeys
	}
	if k < 0 {
		return l.fail(w.at, fmt.Sprintf("unknown header key %s", quote(name)), suggest(name, keyNames(h.Target), "the keys are "+strings.Join(keyNames(h.Target), ", ")))
	}
	if *seen&(1<<k) != 0 {
		return l.fail(w.at, fmt.Sprintf("header key %s is given twice", quote(name)))
	}
	*seen |= 1 << k
	if !hasVal {
		return l.fail(w.at, fmt.Sprintf("header key %s has no value", quote(name)), "write "+name+"=VALUE")
	}
	at := w.at + len(name) + 1
	if k == NumKeys {
		return l.faults(h, at, val)
	}
	v, err := l.value(&keys[k], at, val)
	h.Set[k] = v
	return err
}

func (l *line) faults(h *Header, at int, list string) *ParseError {
	for id := range strings.SplitSeq(list, ",") {
		if !validFault(id) {
			return l.fail(at, fmt.Sprintf("%s is not the name of a fault", quote(id)), "write faults=ID,ID")
		}
		if slices.Contains(h.Faults, id) {
			return l.fail(at, fmt.Sprintf("fault %s is named twice", quote(id)))
		}
		h.Faults = append(h.Faults, id)
		at += len(id) + 1
	}
	return nil
}

// validFault reports whether id has the form of a fault's name. Which faults
// exist is not for this package to know.
func validFault(id string) bool {
	for _, c := range []byte(id) {
		if !(c == '-' || c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') {
			return false
		}
	}
	return id != "" && id[0] != '-'
}

// op reads a line with an op.
func (l *line) op() (Op, *ParseError) {
	w := l.next()
	v, ok := VerbOf(w.text)
	if !ok {
		return Op{}, l.unknownVerb(w)
	}
	r := &rows[v]
	op := Op{Verb: v}
	if err := l.object(&op, r); err != nil {
		return Op{}, err
	}
	var seen uint32
	for i := range r.Operands {
		d := &r.Operands[i]
		op.Arg[i] = d.Default
		if !d.Bare {
			continue
		}
		w := l.next()
		val, err := l.bareValue(r, d, w)
		if err != nil {
			return Op{}, err
		}
		op.Arg[i] = val
		seen |= 1 << i
	}
	for len(l.words) > 0 && !strings.HasPrefix(l.peek(), "!") {
		if err := l.operand(&op, r, &seen); err != nil {
			return Op{}, err
		}
	}
	return op, l.modifiers(&op)
}

func (l *line) unknownVerb(w word) *ParseError {
	if w.text == "" {
		return l.fail(w.at, "no op")
	}
	if strings.HasPrefix(w.text, magic) {
		return l.fail(w.at, "a second header", "one program a file")
	}
	return l.fail(w.at, fmt.Sprintf("unknown verb %s", quote(w.text)), suggest(w.text, verbNames(), "lastwake ops lists the verbs"))
}

func (l *line) bareValue(r *Row, d *Operand, w word) (uint32, *ParseError) {
	if i := slices.Index(d.Values, w.text); i >= 0 {
		return uint32(i), nil
	}
	all := "one of " + strings.Join(d.Values, ", ")
	if v, ok := strings.CutPrefix(w.text, d.Name+"="); ok {
		return 0, l.fail(w.at, fmt.Sprintf("a %s is written without its name", d.Name), "write "+r.Name+" "+r.Object.String()+" "+clip(v))
	}
	if w.text == "" || strings.ContainsAny(w.text, "=!") {
		return 0, l.fail(w.at, fmt.Sprintf("%s has no %s", r.Name, d.Name), all)
	}
	return 0, l.fail(w.at, fmt.Sprintf("unknown %s %s", d.Name, quote(w.text)), suggest(w.text, d.Values, all))
}

func (l *line) operand(op *Op, r *Row, seen *uint32) *ParseError {
	w := l.next()
	name, val, hasVal := strings.Cut(w.text, "=")
	i := slices.IndexFunc(r.Operands, func(d Operand) bool { return d.Name == name })
	if i < 0 || r.Operands[i].Bare {
		return l.unknownOperand(r, w, name)
	}
	d := &r.Operands[i]
	if *seen&(1<<i) != 0 {
		return l.fail(w.at, fmt.Sprintf("operand %s is given twice", quote(name)))
	}
	*seen |= 1 << i
	switch {
	case d.Kind == Flag && hasVal:
		return l.fail(w.at, fmt.Sprintf("operand %s is a flag and takes no value", quote(name)), "write "+name+" alone, or leave it out")
	case d.Kind == Flag:
		op.Arg[i] = 1
		return nil
	case !hasVal:
		return l.fail(w.at, fmt.Sprintf("operand %s has no value", quote(name)), "write "+name+"=VALUE")
	}
	v, err := l.value(d, w.at+len(name)+1, val)
	op.Arg[i] = v
	return err
}

func (l *line) unknownOperand(r *Row, w word, name string) *ParseError {
	msg := fmt.Sprintf("unknown operand %s of %s", quote(name), r.Name)
	if looksLikeObject(w.text) {
		return l.fail(w.at, fmt.Sprintf("%s has a second object %s", r.Name, quote(w.text)), "an op acts on one object")
	}
	names := operandNames(r)
	if len(names) == 0 {
		return l.fail(w.at, msg, r.Name+" takes none")
	}
	return l.fail(w.at, msg, suggest(name, names, r.Name+" takes "+strings.Join(names, ", ")))
}

// modifiers reads what may stand at the end of an op.
func (l *line) modifiers(op *Op) *ParseError {
	if len(l.words) == 0 {
		return nil
	}
	w := l.next()
	val, ok := strings.CutPrefix(w.text, "!alloc=")
	if !ok {
		return l.fail(w.at, fmt.Sprintf("unknown modifier %s", quote(w.text)), "the only one is !alloc=N")
	}
	n, err := l.number("!alloc", w.at+len("!alloc="), val, 1, MaxAlloc)
	if err != nil {
		return err
	}
	op.Alloc = uint8(n)
	if len(l.words) > 0 {
		return l.fail(l.words[0].at, fmt.Sprintf("%s stands behind the modifier", quote(l.peek())), "!alloc=N is the last word of an op")
	}
	return nil
}
