package program

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/lastwake/lastwake/harness/program"
)

// Fuzz checks one input as bytes and as text. It panics if a property does not
// hold and returns 1 for an input that is worth more mutations: one with ops.
func Fuzz(data []byte) int {
	if err := errors.Join(checkBytes(data), checkText(data)); err != nil {
		panic(err)
	}
	if len(program.Decode(data).Ops) > 0 {
		return 1
	}
	return 0
}

// checkBytes checks that data decodes to a valid program of bounded length,
// and that its text and its own bytes give that program again.
func checkBytes(data []byte) error {
	p := program.Decode(data)
	if err := p.Validate(); err != nil {
		return fmt.Errorf("decoded program is not valid: %w", err)
	}
	q, err := program.Parse("", []byte(p.String()))
	if err != nil {
		return fmt.Errorf("text of decoded program: %w\n%s", err, p)
	}
	if !q.Equal(p) {
		return fmt.Errorf("decoded\n%s\nread back from text\n%s", p, q)
	}
	b := program.Encode(p)
	if program.DecodeInto(q, b); !q.Equal(p) {
		return fmt.Errorf("decoded\n%s\nencoded and decoded again\n%s", p, q)
	}
	if again := program.Encode(q); !bytes.Equal(b, again) {
		return fmt.Errorf("encoded to %x, then to %x", b, again)
	}
	return nil
}

// checkText checks that text is rejected with a position inside it, or read
// without loss: its canonical form is a fixed point, and bytes carry all of it
// but faults and notes.
func checkText(text []byte) error {
	p, err := program.Parse("f", text)
	if err != nil {
		return checkError(text, err)
	}
	if err := p.Validate(); err != nil {
		return fmt.Errorf("parsed program is not valid: %w", err)
	}
	canonical := p.String()
	q, err := program.Parse("f", []byte(canonical))
	if err != nil {
		return fmt.Errorf("canonical text: %w\n%s", err, canonical)
	}
	if !q.Equal(p) || q.String() != canonical {
		return fmt.Errorf("canonical text\n%s\nreads as\n%s", canonical, q)
	}
	p.Header.Faults = p.Header.Faults[:0]
	if program.DecodeInto(q, program.Encode(p)); !q.Equal(p) {
		return fmt.Errorf("parsed\n%s\nencoded and decoded\n%s", p, q)
	}
	return nil
}

// maxMessage is more than the longest message and hint need, hints that list
// all keys included: an error must not repeat its input.
const maxMessage = 600

func checkError(text []byte, err error) error {
	var pe *program.ParseError
	if !errors.As(err, &pe) {
		return fmt.Errorf("%T is no *ParseError: %w", err, err)
	}
	if pe.File != "f" || pe.Msg == "" || len(pe.Msg)+len(pe.Hint) > maxMessage || !utf8.ValidString(pe.Error()) {
		return fmt.Errorf("unclear error %q, hint %q", pe.Error(), pe.Hint)
	}
	lines := bytes.Split(text, []byte("\n"))
	if pe.Line < 1 || pe.Line > len(lines) || pe.Col < 1 || pe.Col > len(lines[pe.Line-1])+1 {
		return fmt.Errorf("error points outside of the text: %w", err)
	}
	return nil
}

// checkMinimize minimises the program of data for a predicate that is as
// irregular as a hash, and checks what the proof says.
func checkMinimize(data []byte, salt uint64) error {
	p := program.Decode(data)
	start := p.Hash()
	keep := func(q *program.Program) bool {
		h := q.Hash()
		return h == start || (h[0]^salt)%16 == 0
	}
	best, proof := program.Minimize(p, keep, program.MinimizeOptions{Budget: 3000, Exhaustive: 64})
	if err := best.Validate(); err != nil {
		return fmt.Errorf("minimised program is not valid: %w", err)
	}
	if !proof.Kept || !keep(best) || len(best.Ops) > len(p.Ops) || proof.Tried > 3000 {
		return fmt.Errorf("%s (%+v)\n%s\nbecame\n%s", proof, proof, p, best)
	}
	if proof.Minimal == (proof.Stop != "") {
		return fmt.Errorf("minimal and stopped, or neither: %+v", proof)
	}
	for i := range best.Ops {
		q := best.Clone()
		if q.Ops = append(q.Ops[:i], q.Ops[i+1:]...); proof.Minimal && keep(q) {
			return fmt.Errorf("op %d can go from a minimal program\n%s", i, best)
		}
	}
	return nil
}
