package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

var newline = []byte("\n")

// flaw returns the error for what is wrong on line, at col.
func flaw(line, col int, msg, hint string) *program.ParseError {
	return &program.ParseError{Line: line, Col: col, Msg: msg, Hint: hint}
}

// faultFlaw returns the error for a fault that is not in the catalogue.
func faultFlaw(line, col int, err error) *program.ParseError {
	f := flaw(line, col, err.Error(), "")
	if unknown, ok := errors.AsType[*fault.UnknownError](err); ok {
		f.Hint = unknown.Hint()
	}
	return f
}

// didYouMean returns a hint for the unknown word s: the name that is near, or
// otherwise.
func didYouMean(s string, names []string, otherwise string) string {
	if n := program.Nearest(s, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return otherwise
}

// clip returns s, or the beginning of one that is too long to read.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// checkText returns an error if data is too long or no text.
func checkText(data []byte) *program.ParseError {
	if len(data) > MaxFile {
		return flaw(1, 1, fmt.Sprintf("the file is %d bytes long, more than %d", len(data), MaxFile), "")
	}
	for line, rest := 1, data; len(rest) > 0; line++ {
		var this []byte
		this, rest, _ = bytes.Cut(rest, newline)
		if utf8.Valid(this) {
			continue
		}
		col := 1
		for {
			r, n := utf8.DecodeRune(this[col-1:])
			if r == utf8.RuneError && n == 1 {
				return flaw(line, col, fmt.Sprintf("byte 0x%02x is not UTF-8", this[col-1]), "the file is text")
			}
			col += n
		}
	}
	return nil
}

// parseProgram reads a program and checks that the faults of its header exist.
func parseProgram(text []byte) (*program.Program, *program.ParseError) {
	p, err := program.Parse("", text)
	if err != nil {
		f, ok := errors.AsType[*program.ParseError](err)
		if !ok {
			f = flaw(1, 1, err.Error(), "")
		}
		return nil, f
	}
	for _, name := range p.Header.Faults {
		if _, err := fault.Parse(name); err != nil {
			return nil, faultFlaw(1, 1+max(0, bytes.Index(text, []byte(name))), err)
		}
	}
	if _, err := fault.Parse(strings.Join(p.Header.Faults, ",")); err != nil {
		return nil, faultFlaw(1, 1+max(0, bytes.Index(text, []byte("faults="))), err)
	}
	return p, nil
}
