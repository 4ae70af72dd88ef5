package judge

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
)

// A Program is what the machine of package cases plays, in Go and in C.
type Program struct {
	Number int
	// Masked: objects begin as zeroes. Leaks: a run that comes to its end is
	// searched for leaks, in C, where that takes milliseconds.
	Masked, Leaks bool
	Ops           []cases.Op
}

// verbNames are the verbs in a program's text.
var verbNames = [cases.NumVerbs]string{
	"alloc", "free", "realloc", "load", "store", "fill", "copy", "push", "pop", "init", "append", "unlink", "walk", "null", "wild",
	"add", "dec",
}

// operands are the places in which an op has its operands, in the order of
// its text.
func operands(o *cases.Op) []operand {
	v, w := operand{u: &o.V}, operand{u: &o.W}
	k, k2 := operand{u: &o.K}, operand{u: &o.K2}
	off, woff, n := operand{i: &o.Off}, operand{i: &o.WOff}, operand{i: &o.N}
	switch o.Verb {
	case cases.Alloc:
		return []operand{v, k}
	case cases.Free:
		return []operand{v, off, k}
	case cases.Realloc:
		return []operand{v, k, k2}
	case cases.Load, cases.Store, cases.Fill, cases.Add, cases.Dec:
		return []operand{v, off, n}
	case cases.Copy:
		return []operand{v, off, w, woff, n}
	case cases.Append:
		return []operand{v, w}
	case cases.Pop:
		return nil
	}
	return []operand{v}
}

type operand struct {
	u *uint8
	i *int32
}

func (x operand) get() int64 {
	if x.u != nil {
		return int64(*x.u)
	}
	return int64(*x.i)
}

func (x operand) set(n int64) {
	if x.u != nil {
		*x.u = uint8(n)
	} else {
		*x.i = int32(n)
	}
}

// KindsLine is the line that tells the machine in C the sizes of the kinds.
func KindsLine() string {
	s := "kinds"
	for _, k := range cases.Kinds {
		s += fmt.Sprintf(" %d", k.Size)
	}
	return s + "\n"
}

// String is p's text.
func (p *Program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "program %d", p.Number)
	if p.Masked {
		b.WriteString(" masked")
	}
	if p.Leaks {
		b.WriteString(" leaks")
	}
	b.WriteByte('\n')
	for i := range p.Ops {
		o := p.Ops[i]
		b.WriteString(verbNames[o.Verb])
		for _, x := range operands(&o) {
			fmt.Fprintf(&b, " %d", x.get())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// ReadPrograms reads the programs in a file. What follows # is a comment, and
// a line of kinds is none of their business.
func ReadPrograms(file string) ([]*Program, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var ps []*Program
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line, _, _ := strings.Cut(s.Text(), "#")
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "kinds" {
			continue
		}
		if f[0] == "program" && len(f) > 1 {
			ps = append(ps, &Program{Number: number(f[1]), Masked: slices.Contains(f, "masked"), Leaks: slices.Contains(f, "leaks")})
			continue
		}
		o, err := parseOp(f)
		if err != nil || len(ps) == 0 {
			return nil, fmt.Errorf("%s:%d: %q is no op of a program: %v", file, n, line, err)
		}
		p := ps[len(ps)-1]
		p.Ops = append(p.Ops, o)
	}
	return ps, s.Err()
}

func parseOp(f []string) (cases.Op, error) {
	i := slices.Index(verbNames[:], f[0])
	if i < 0 {
		return cases.Op{}, fmt.Errorf("unknown verb %q", f[0])
	}
	o := cases.Op{Verb: cases.Verb(i)}
	xs := operands(&o)
	if len(f) != 1+len(xs) {
		return o, fmt.Errorf("%s has %d operands, want %d", f[0], len(f)-1, len(xs))
	}
	for i, x := range xs {
		n, err := strconv.ParseInt(f[1+i], 10, 32)
		if err != nil {
			return o, err
		}
		x.set(n)
	}
	if o.V >= cases.NumVars || o.W >= cases.NumVars || int(o.K) >= len(cases.Kinds) || int(o.K2) >= len(cases.Kinds) {
		return o, fmt.Errorf("no such variable or kind")
	}
	return o, nil
}
