package program

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// The transcripts in testdata/transcripts show what a person sees. Commands:
//
//	parse [quoted]   the canonical text, or the error with its hint; quoted
//	                 reads each line of the input as the inside of a Go string
//	op               the same for a single op
//	bytes            the byte form of a program, a record a line
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata/transcripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			text := d.Input + "\n"
			if d.HasArg("quoted") {
				text = unquoteLines(t, d)
			}
			switch d.Cmd {
			case "parse":
				p, err := Parse("x.prog", []byte(text))
				return answer(t, p, err)
			case "op":
				o, err := ParseOp(d.Input)
				return answer(t, o, err)
			case "bytes":
				p, err := Parse("x.prog", []byte(text))
				if err != nil {
					return answer(t, nil, err)
				}
				return dump(t, p)
			}
			d.Fatalf(t, "unknown command %q", d.Cmd)
			return ""
		})
	})
}

func unquoteLines(t *testing.T, d *datadriven.TestData) string {
	s, err := strconv.Unquote(`"` + strings.ReplaceAll(d.Input, "\n", "") + `"`)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	return s
}

func answer(t *testing.T, v fmt.Stringer, err error) string {
	t.Helper()
	if err == nil {
		return strings.TrimSuffix(v.String(), "\n") + "\n"
	}
	var pe *ParseError
	if !errors.As(err, &pe) {
		t.Fatalf("%T is no *ParseError: %v", err, err)
	}
	s := pe.Error() + "\n"
	if pe.Hint != "" {
		s += "hint: " + pe.Hint + "\n"
	}
	return s
}

func dump(t *testing.T, p *Program) string {
	t.Helper()
	b := Encode(p)
	if q := Decode(b); !equalButFaults(q, p) {
		t.Fatalf("decodes to another program:\n%s", q)
	}
	f := layoutOf(p)
	s := fmt.Sprintf("% x\n% x\n", f.mark, b[len(f.mark):f.head()])
	for b = b[f.head():]; len(b) > 0; b = b[recordLen:] {
		s += fmt.Sprintf("% x\n", b[:recordLen])
	}
	return s
}

func equalButFaults(p, q *Program) bool {
	p = p.Clone()
	p.Header.Faults = q.Header.Faults
	return p.Equal(q)
}
