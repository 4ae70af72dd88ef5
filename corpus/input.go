package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/lastwake/lastwake/harness/program"
)

// inputVersion is the first line of a file that "go test -fuzz" writes; all
// versions begin like inputMagic.
const (
	inputMagic   = "go test fuzz "
	inputVersion = inputMagic + "v1"
)

// FormatInput returns data as "go test -fuzz" writes a corpus file of a target
// with one []byte argument.
func FormatInput(data []byte) []byte {
	return fmt.Appendf(nil, "%s\n[]byte(%q)\n", inputVersion, data)
}

// InputName is the name under which "go test -fuzz" keeps data.
func InputName(data []byte) string {
	sum := sha256.Sum256(FormatInput(data))
	return hex.EncodeToString(sum[:])[:16]
}

// ParseInput reads such a file. A flaw is a *program.ParseError.
func ParseInput(file string, text []byte) ([]byte, error) {
	data, err := parseInput(text)
	if err != nil {
		err.File = file
		return nil, err
	}
	return data, nil
}

func parseInput(text []byte) ([]byte, *program.ParseError) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	lines := bytes.Split(text, newline)
	if first := bytes.TrimSuffix(lines[0], []byte("\r")); string(first) != inputVersion {
		return nil, flaw(1, 1, fmt.Sprintf("unknown encoding %q", clip(string(first))), fmt.Sprintf("the first line is %q", inputVersion))
	}
	hint := `lastwake's fuzz targets take one argument: []byte("…") on a line of its own`
	var data []byte
	values := 0
	for i, line := range lines[1:] {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if values++; values > 1 {
			return nil, flaw(i+2, 1, "a second value", hint)
		}
		var ok bool
		if data, ok = parseBytes(string(line)); !ok {
			return nil, flaw(i+2, 1, fmt.Sprintf("malformed value %s", clip(string(line))), hint)
		}
	}
	if values == 0 {
		return nil, flaw(len(lines), 1, "no value", hint)
	}
	return data, nil
}

// parseBytes reads []byte("…").
func parseBytes(s string) ([]byte, bool) {
	const open, end = "[]byte(", ")"
	if len(s) < len(open)+len(end) || s[:len(open)] != open || s[len(s)-len(end):] != end {
		return nil, false
	}
	literal := s[len(open) : len(s)-len(end)]
	if literal == "" || literal[0] == '\'' {
		return nil, false
	}
	value, err := strconv.Unquote(literal)
	return []byte(value), err == nil
}
