package instrument

import (
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// A counter is written as a comment first, so that the text around it can be
// formatted: gofmt would put a statement on a line of its own.
func counterText(id int) string { return fmt.Sprintf("/*w.cov[%d]++*/", id) }

var counterComment = regexp.MustCompile(`/\*(w\.cov\[\d+\]\+\+)\*/([ \t]*)(.?.?)`)

// formatDecl returns the text of a declaration as gofmt would have it, with
// counters as statements. Where gofmt would move something to another line, as
// it does with a function in one line that has become too long, the text stays
// as it is.
func formatDecl(text string) string {
	if b, err := format.Source([]byte(text)); err == nil && slices.Equal(tokens(text), tokens(string(b))) {
		text = string(b)
	}
	return counterComment.ReplaceAllStringFunc(text, func(s string) string {
		m := counterComment.FindStringSubmatch(s)
		counter, gap, next := m[1], m[2], m[3]
		if next == "" || next == "//" {
			return counter + gap + next
		}
		if next[0] == '}' {
			return counter + " " + next
		}
		return counter + "; " + next
	})
}

// tokens lists the tokens of a text and their lines.
func tokens(text string) []string {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), nil, scanner.ScanComments)
	var list []string
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return list
		}
		if tok != token.SEMICOLON || lit == ";" {
			list = append(list, fmt.Sprint(file.Line(pos), tok, strings.TrimSpace(lit)))
		}
	}
}
