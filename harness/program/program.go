package program

import (
	"fmt"
	"slices"
)

// Limits on a program.
const (
	MaxOps  = 4096    // ops
	MaxText = 1 << 20 // bytes of text
)

// A Program is a header and the ops to play, in order.
type Program struct {
	Header Header
	Ops    []Op
	// Notes are the comments and blank lines of the text that the program was
	// parsed from, in order of their lines. They mean nothing to a target and
	// never reach bytes.
	Notes []Note
}

// A Header says on what the ops are played.
type Header struct {
	// Target names the target that the program was written for, such as "mux".
	Target string
	// Set holds a value for each key, by the constants KeyApp to KeyEra. What
	// the key's row says holds for its value: an enumeration is an index.
	Set [NumKeys]uint32
	// Faults names the faults that are on when whoever runs the program says
	// nothing else. Bytes do not carry them.
	Faults []string
}

// A Note is a comment or a blank line.
type Note struct {
	// Op is the index of the op that the note stands before, or, with Inline,
	// behind. It is len(Ops) for notes that follow the last op, and -1 for the
	// note behind the header.
	Op     int
	Inline bool
	// Text is the comment with its "#", or nothing for a blank line.
	Text string
}

// NewHeader returns the header of target in which every key has its default.
func NewHeader(target string) Header {
	h := Header{Target: target}
	for k := range keys {
		h.Set[k] = keys[k].Default
	}
	return h
}

// New returns the program without ops for target.
func New(target string) *Program { return &Program{Header: NewHeader(target)} }

// Clone returns a copy of p that shares nothing with it.
func (p *Program) Clone() *Program {
	q := new(Program)
	q.CopyFrom(p)
	return q
}

// CopyFrom makes p a copy of q, in the memory that p has where it suffices.
func (p *Program) CopyFrom(q *Program) {
	faults := append(p.Header.Faults[:0], q.Header.Faults...)
	p.Header = q.Header
	p.Header.Faults = faults
	p.Ops = append(p.Ops[:0], q.Ops...)
	p.Notes = append(p.Notes[:0], q.Notes...)
}

// Equal reports whether p and q are the same but for notes.
func (p *Program) Equal(q *Program) bool {
	return p.Header.Target == q.Header.Target && p.Header.Set == q.Header.Set &&
		slices.Equal(p.Header.Faults, q.Header.Faults) && slices.Equal(p.Ops, q.Ops)
}

// Validate returns an error if p cannot be written as text that parses to p:
// an unknown verb, a value out of range, too many ops.
func (p *Program) Validate() error {
	if err := p.Header.validate(); err != nil {
		return err
	}
	if len(p.Ops) > MaxOps {
		return fmt.Errorf("program has %d ops, more than %d", len(p.Ops), MaxOps)
	}
	for i := range p.Ops {
		if err := p.Ops[i].Validate(); err != nil {
			return fmt.Errorf("op %d: %w", i, err)
		}
	}
	return p.validateNotes()
}

func (h *Header) validate() error {
	if !knownTarget(h.Target) {
		return fmt.Errorf("unknown target %q", h.Target)
	}
	for k, v := range h.Set {
		switch {
		case k >= int(numKeys) && v != 0:
			return fmt.Errorf("header key number %d is not in use", k)
		case k < int(numKeys) && v != keys[k].Default && !keys[k].home.holds(h.Target):
			return fmt.Errorf("target %s has no header key %s", h.Target, keys[k].Name)
		case k < int(numKeys) && !keys[k].valid(v):
			return fmt.Errorf("%s=%d is out of range %d to %d", keys[k].Name, v, keys[k].Min, keys[k].Max)
		}
	}
	for i, id := range h.Faults {
		if !validFault(id) {
			return fmt.Errorf("fault %q is not a name", id)
		}
		if slices.Contains(h.Faults[:i], id) {
			return fmt.Errorf("fault %q is named twice", id)
		}
	}
	return nil
}

// Validate returns an error if o is not an op of the table with values in
// range. Fields that the row does not use must be 0.
func (o Op) Validate() error {
	if !o.Verb.Valid() {
		return fmt.Errorf("unknown verb number %d", o.Verb)
	}
	r := &rows[o.Verb]
	if o.Conn > MaxConn || o.Conn != 0 && !r.Object.hasConn() {
		return fmt.Errorf("%s: connection number %d is out of range", r.Name, o.Conn)
	}
	if lo, hi := r.Object.objRange(); o.Obj < lo || o.Obj > hi {
		return fmt.Errorf("%s: object number %d is out of range %d to %d", r.Name, o.Obj, lo, hi)
	}
	for i, v := range o.Arg {
		switch {
		case i >= len(r.Operands) && v != 0:
			return fmt.Errorf("%s: operand number %d is not in use", r.Name, i)
		case i < len(r.Operands) && !r.Operands[i].valid(v):
			return fmt.Errorf("%s: %s=%d is out of range %d to %d", r.Name, r.Operands[i].Name, v, r.Operands[i].Min, r.Operands[i].Max)
		}
	}
	return nil
}

func (p *Program) validateNotes() error {
	last := Note{Op: -1}
	for i, n := range p.Notes {
		if n.Op < -1 || n.Op > len(p.Ops) || n.Inline && n.Op == len(p.Ops) || n.Op == -1 && !n.Inline {
			return fmt.Errorf("note %d stands at op %d of %d", i, n.Op, len(p.Ops))
		}
		if n.Op < last.Op || n.Op == last.Op && last.Inline {
			return fmt.Errorf("note %d is out of order", i)
		}
		if !validNote(n) {
			return fmt.Errorf("note %d is not a comment: %q", i, n.Text)
		}
		last = n
	}
	return nil
}
