package program

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// blanks are the characters that separate words.
const blanks = " \t\r"

// Parse reads a program from its text. It is strict: what it does not know is
// an error, always a *[ParseError]; file is the name that stands in it. Lines
// end with "\n" or "\r\n".
func Parse(file string, text []byte) (*Program, error) {
	p, err := parse(text)
	if err != nil {
		err.File = file
		return nil, err
	}
	return p, nil
}

// ParseOp reads one op, as it stands on a line of a program.
func ParseOp(text string) (Op, error) {
	l := scan(1, text)
	op, err := l.op()
	if err == nil && l.note != "" {
		err = l.fail(len(strings.TrimRight(l.text, blanks)), "an op alone has no comment")
	}
	if err != nil {
		return Op{}, err
	}
	return op, nil
}

func parse(text []byte) (*Program, *ParseError) {
	if len(text) > MaxText {
		return nil, &ParseError{Line: 1, Col: 1, Msg: fmt.Sprintf("program is %d bytes long, more than %d", len(text), MaxText)}
	}
	if err := checkUTF8(text); err != nil {
		return nil, err
	}
	p := new(Program)
	for n, rest := 1, string(text); n == 1 || rest != ""; n++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		l := scan(n, line)
		if err := p.addLine(l); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Program) addLine(l *line) *ParseError {
	at := Note{Op: len(p.Ops), Text: l.note}
	switch {
	case l.n == 1:
		h, err := l.header()
		if err != nil {
			return err
		}
		p.Header = h
		at.Op, at.Inline = -1, true
	case len(l.words) > 0:
		op, err := l.op()
		if err != nil {
			return err
		}
		if len(p.Ops) == MaxOps {
			return l.fail(0, fmt.Sprintf("program has more than %d ops", MaxOps))
		}
		p.Ops = append(p.Ops, op)
		at.Inline = true
	}
	if at.Text != "" || !at.Inline {
		p.Notes = append(p.Notes, at)
	}
	return nil
}

func checkUTF8(text []byte) *ParseError {
	if utf8.Valid(text) {
		return nil
	}
	i := 0
	for i < len(text) {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	start := bytes.LastIndexByte(text[:i], '\n') + 1
	return &ParseError{
		Line: bytes.Count(text[:i], []byte("\n")) + 1, Col: i - start + 1,
		Msg:  fmt.Sprintf("byte 0x%02x is not UTF-8", text[i]),
		Hint: "a program is text; raw fuzzing inputs are read with Decode",
	}
}

// A line is a line of a text, cut into words.
type line struct {
	n     int
	text  string // without the comment
	words []word
	note  string // the comment, with its "#"
}

// A word is a part of a line without blanks; at is its offset there.
type word struct {
	at   int
	text string
}

func scan(n int, text string) *line {
	l := &line{n: n, text: text}
	if i := strings.IndexByte(text, '#'); i >= 0 {
		l.text, l.note = text[:i], strings.TrimRight(text[i:], blanks)
	}
	for i := 0; i < len(l.text); {
		end := i
		for end < len(l.text) && strings.IndexByte(blanks, l.text[end]) < 0 {
			end++
		}
		if end > i {
			l.words = append(l.words, word{i, l.text[i:end]})
		}
		i = max(end, i+1)
	}
	return l
}

// next removes and returns the first word that is left. At the end of the line
// it returns an empty word that stands behind the last one.
func (l *line) next() word {
	if len(l.words) == 0 {
		return word{at: len(strings.TrimRight(l.text, blanks))}
	}
	w := l.words[0]
	l.words = l.words[1:]
	return w
}

// peek returns the text of the first word that is left.
func (l *line) peek() string {
	if len(l.words) == 0 {
		return ""
	}
	return l.words[0].text
}

func (l *line) fail(at int, msg string, hint ...string) *ParseError {
	return &ParseError{Line: l.n, Col: at + 1, Msg: msg, Hint: strings.Join(hint, "")}
}
