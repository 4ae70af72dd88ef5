package program

import (
	"fmt"
	"strings"
)

// Usage returns how an op of r is written, with what may be left out in
// brackets: "app.send c0/s4 [len=N] [fin]".
func (r Row) Usage() string {
	var b strings.Builder
	b.WriteString(r.Name)
	switch r.Object {
	case ObjNone:
	case ObjPackets:
		b.WriteString(" c0[/p1]")
	default:
		b.WriteString(" " + r.Object.String())
	}
	for _, d := range r.Operands {
		b.WriteString(" " + d.Usage())
	}
	return b.String()
}

// Usage returns how d is written: "data|headers", "[fin]", "[len=N]".
func (d Operand) Usage() string {
	switch {
	case d.Bare && len(d.Values) > fewWords:
		return strings.ToUpper(d.Name)
	case d.Bare:
		return strings.Join(d.Values, "|")
	case d.Kind == Flag:
		return "[" + d.Name + "]"
	case d.Kind == Enum && len(d.Values) > fewWords:
		return "[" + d.Name + "=" + strings.ToUpper(d.Name) + "]"
	case d.Kind == Enum:
		return "[" + d.Name + "=" + strings.Join(d.Values, "|") + "]"
	}
	return "[" + d.Name + "=N]"
}

// fewWords is how many values a usage line spells out.
const fewWords = 12

// Range returns the values that d may have and its default: "64 to 16384
// bytes, default 1252". It is empty for a flag, whose name says it all.
func (d Operand) Range() string {
	switch {
	case d.Kind == Flag:
		return ""
	case d.Bare:
		return strings.Join(d.Values, ", ")
	case d.Kind == Enum:
		return fmt.Sprintf("%s; default %s", strings.Join(d.Values, ", "), d.valueName(d.Default))
	}
	unit := d.Unit
	if unit != "" {
		unit = " " + unit
	}
	if d.Min == 0 && d.Default == 0 {
		return fmt.Sprintf("at most %d%s", d.Max, unit)
	}
	return fmt.Sprintf("%d to %d%s, default %d", d.Min, d.Max, unit, d.Default)
}

// helpColumn is where the explanation of a row begins.
const helpColumn = 32

// Help returns the paragraph on r that the syntax page and "lastwake ops"
// print: how it is written, what it does, and a line for each operand.
func (r Row) Help() string {
	var b strings.Builder
	usage := r.Usage()
	if len(usage) >= helpColumn {
		usage += "\n"
		usage += strings.Repeat(" ", helpColumn-1)
	}
	fmt.Fprintf(&b, "%-*s %s\n", helpColumn-1, usage, r.Doc)
	for _, d := range r.Operands {
		b.WriteString("    " + d.Help())
	}
	return b.String()
}

// Help returns the line on d: its name, what it means, and its range.
func (d Operand) Help() string {
	s := fmt.Sprintf("%-9s %s", d.Name, d.Doc)
	if r := d.Range(); r != "" && (!d.Bare || len(d.Values) > fewWords) {
		s += " (" + r + ")"
	}
	return s + "\n"
}
