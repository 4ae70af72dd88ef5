package bench

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// ReadWords calls line with the words of each line of a text. What follows a #
// is left out, and lines without words are passed over. An error of line's is
// told with the name of the text and the number of the line.
func ReadWords(name string, text []byte, line func(words []string) error) error {
	n := 0
	for raw := range bytes.Lines(text) {
		n++
		said, _, _ := strings.Cut(string(raw), "#")
		words := strings.Fields(said)
		if len(words) == 0 {
			continue
		}
		if err := line(words); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return nil
}

// ReadCount reads a number of ops or programs: a whole one above 0 that a
// float64 holds exactly.
func ReadCount(word string) (uint64, error) {
	n, err := strconv.ParseUint(word, 10, 53)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is no number above 0", word)
	}
	return n, nil
}
