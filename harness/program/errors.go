package program

import (
	"fmt"
	"strconv"
)

// A ParseError says what is wrong with a text, and where.
type ParseError struct {
	File string // as given to Parse; may be empty
	Line int    // from 1
	Col  int    // from 1, in bytes
	Msg  string // quotes the offender
	Hint string // what to do about it; may be empty
}

// Error returns the position and the message, without the hint.
func (e *ParseError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// Nearest returns the name that a person who wrote s most likely meant, or
// nothing if none is near: at most a third of its letters differ, or s is the
// beginning of exactly one.
func Nearest(s string, names []string) string {
	best, bestDist, prefixed, count := "", 1<<30, "", 0
	for _, n := range names {
		if d := editDistance(s, n); d < bestDist {
			best, bestDist = n, d
		}
		if len(s) >= 2 && len(n) > len(s) && n[:len(s)] == s {
			prefixed = n
			count++
		}
	}
	switch {
	case bestDist <= max(1, (len(best)+2)/3) && bestDist < len(best):
		return best
	case count == 1:
		return prefixed
	}
	return ""
}

// suggest returns a hint: the name that s is near to, or what otherwise says.
func suggest(s string, names []string, otherwise string) string {
	if n := Nearest(s, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return otherwise
}

// quote quotes an offender, and the beginning of one that is too long to read.
func quote(s string) string {
	if len(s) > maxName {
		return strconv.Quote(s[:maxName]) + "..."
	}
	return strconv.Quote(s)
}

// clip returns s, or the beginning of one that is too long to read.
func clip(s string) string {
	if len(s) > maxName {
		return s[:maxName] + "..."
	}
	return s
}

// maxName bounds the work of editDistance on a hostile text.
const maxName = 64

// editDistance counts the letters to insert, remove, replace, or swap with
// their neighbour to make b from a.
func editDistance(a, b string) int {
	if len(a) > maxName || len(b) > maxName {
		return 1 << 20
	}
	var rows [3][maxName + 1]int
	prev2, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := range len(a) {
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cur[j+1] = min(cur[j+1], prev2[j-1]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
