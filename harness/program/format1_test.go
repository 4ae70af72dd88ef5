package program

import (
	"bufio"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// Bytes that were written once keep their meaning. There is no flag that
// updates the file: a row, key or value that would change a line of it belongs
// into byte format 2.
func TestFormat1IsFrozen(t *testing.T) {
	f, err := os.Open("testdata/format1.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	slots := map[byte]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		n++
		code, text, _ := strings.Cut(s.Text(), "\t")
		b, err := hex.DecodeString(code)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Parse("format1.txt", []byte(strings.ReplaceAll(text, "; ", "\n")))
		if err != nil {
			t.Errorf("%v\nin %s", err, text)
			continue
		}
		if got := Decode(b); !got.Equal(want) {
			t.Errorf("%s\nonce meant\n%s\nand now\n%s", code, want, got)
		}
		for i := format1.head(); i+recordLen <= len(b); i += recordLen {
			slots[b[i]] = true
		}
	}
	if n != 1000 || len(slots) != 256 {
		t.Errorf("%d inputs with %d different verb bytes, want 1000 with all 256", n, len(slots))
	}
}
