package instrument

import (
	"bytes"
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
)

// counterText is the statement that counts an edge, with what may follow it.
func counterText(id int) string { return fmt.Sprintf("w.cov[%d]++;", id) }

// maxPasses bounds how often a file is formatted: a directive can move what
// stands beside it, once.
const maxPasses = 4

// tidy returns a file as gofmt has it. Counters get lines of their own, so what
// comes behind them is given its line in the plain source by a directive; no
// token of the source bears another line than before. A text that is no Go is
// returned as it is: the proof will say what is wrong with it.
func tidy(src []byte, name string) []byte {
	want := codeTokens(src)
	text := src
	for range maxPasses {
		plain, err := format.Source(withoutDirectives(text))
		if err != nil {
			return src
		}
		text = withDirectives(plain, want, name)
		if formatted, err := format.Source(text); err == nil && bytes.Equal(formatted, text) {
			return text
		} else if err == nil {
			text = formatted
		}
	}
	return text
}

// A codeToken is a token that is neither a comment nor a semicolon.
type codeToken struct {
	tok  token.Token
	lit  string
	line int  // as line directives have it
	raw  int  // as the text has it
	says bool // a directive stands before it
}

func codeTokens(src []byte) []codeToken {
	fset := token.NewFileSet()
	file := fset.AddFile("twin", fset.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	var list []codeToken
	for {
		pos, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return list
		case token.SEMICOLON:
			continue
		}
		at := file.Position(pos)
		list = append(list, codeToken{tok, lit, at.Line, file.PositionFor(pos, false).Line, at.Filename != "twin"})
	}
}

var lineDirective = []byte("//line ")

func withoutDirectives(src []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(src) {
		if !bytes.HasPrefix(line, lineDirective) {
			b.Write(line)
		}
	}
	return b.Bytes()
}

// withDirectives puts a directive before each line of text whose first token
// would bear another line than it has in want, which holds the same tokens. A
// counter on its own has no line in the source, and a brace needs none.
func withDirectives(text []byte, want []codeToken, name string) []byte {
	first := map[int]int{} // the line's first token
	got := codeTokens(text)
	for i := len(got) - 1; i >= 0; i-- {
		first[got[i].raw] = i
	}
	var b bytes.Buffer
	raw, shift, known := 0, 0, false
	for line := range bytes.Lines(text) {
		raw++
		i, ok := first[raw]
		if ok && i < len(want) && want[i].says && !bare(got[i:], raw) && (!known || raw+shift != want[i].line) {
			fmt.Fprintf(&b, "%s%s:%d\n", lineDirective, name, want[i].line)
			shift, known = want[i].line-raw, true
		}
		b.Write(line)
	}
	return b.Bytes()
}

// bare reports whether a line, given by its first tokens, holds a closing brace
// or a counter and nothing else.
func bare(tokens []codeToken, raw int) bool {
	n := 0
	for n < len(tokens) && tokens[n].raw == raw {
		n++
	}
	switch {
	case n == 1:
		return tokens[0].tok == token.RBRACE
	case n == 7:
		return tokens[0].lit == "w" && tokens[2].lit == "cov" && tokens[6].tok == token.INC
	}
	return false
}
