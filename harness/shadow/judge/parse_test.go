package judge_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/shadow/judge"
)

// What the judges print, without stacks and shadow, and how it is read. The
// words of newer versions are read like those of gcc 12.
func TestParseASan(t *testing.T) {
	tests := []struct{ text, want string }{
		{`==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x604000000014 at pc 0x5 bp 0x7 sp 0x7
READ of size 4 at 0x604000000014 thread T0
0x604000000014 is located 4 bytes inside of 48-byte region [0x604000000010,0x604000000040)`,
			"heap-use-after-free, READ of 4, 4 inside 48"},
		{`==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60600000001f at pc 0x5 bp 0x7 sp 0x7
WRITE of size 1 at 0x60600000001f thread T0
0x60600000001f is located 1 bytes to the left of 64-byte region [0x606000000020,0x606000000060)`,
			"heap-buffer-overflow, WRITE of 1, 1 before 64"},
		{`==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x606000000060 at pc 0x5 bp 0x7 sp 0x7
WRITE of size 1 at 0x606000000060 thread T0
0x606000000060 is located 0 bytes after 64-byte region [0x606000000020,0x606000000060)`,
			"heap-buffer-overflow, WRITE of 1, 0 after 64"},
		{`==1==ERROR: AddressSanitizer: attempting double-free on 0x604000000010 in thread T0:
0x604000000010 is located 0 bytes inside of 48-byte region [0x604000000010,0x604000000040)`,
			"double-free, 0 inside 48"},
		{`==1==ERROR: AddressSanitizer: attempting free on address which was not malloc()-ed: 0x55acb1bf4ce0 in thread T0
0x55acb1bf4ce0 is located 0 bytes inside of global variable 'g' defined in 'a.c:28:17' (0x55acb1bf4ce0) of size 16`,
			"bad-free, 0 inside 16"},
		{`==1==ERROR: AddressSanitizer: new-delete-type-mismatch on 0x604000000050 in thread T0:
0x604000000050 is located 0 bytes inside of 48-byte region [0x604000000050,0x604000000080)`,
			"new-delete-type-mismatch, 0 inside 48"},
		{`==1==ERROR: AddressSanitizer: stack-use-after-scope on address 0x7ffc875ad7a4 at pc 0x5 bp 0x7 sp 0x7
READ of size 4 at 0x7ffc875ad7a4 thread T0
Address 0x7ffc875ad7a4 is located in stack of thread T0 at offset 36 in frame
    [32, 48) 'x' (line 20) <== Memory access at offset 36 is inside this variable`,
			"stack-use-after-scope, READ of 4, 4 inside 16"},
		{`==1==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000004 (pc 0x5 bp 0x7 sp 0x7 T0)
==1==The signal is caused by a READ memory access.`,
			"null-dereference, READ"},
		{`==1==ERROR: LeakSanitizer: detected memory leaks
SUMMARY: AddressSanitizer: 96 byte(s) leaked in 2 allocation(s).`,
			"leak, 96 bytes in 2"},
		{"Hello, world\n", "nothing"},
	}
	for _, test := range tests {
		if got := judge.ParseASan(test.text).Verdict.String(); got != test.want {
			t.Errorf("got %q, want %q of\n%s", got, test.want, test.text)
		}
	}
}

func TestParseMemcheck(t *testing.T) {
	tests := []struct{ text, want string }{
		{`==1== Invalid read of size 4
==1==    at 0x109C12: uaf_read (use_after_free.c:8)
==1==  Address 0x4a40044 is 4 bytes inside a block of size 48 free'd
==1==    at 0x484417B: free
==1== 
==1== Invalid write of size 8
`, "heap-use-after-free, READ of 4, 4 inside 48"},
		{`==1== Invalid free() / delete / delete[] / realloc()
==1==  Address 0x4a40040 is 0 bytes inside a block of size 48 free'd
`, "double-free, 0 inside 48"},
		{`==1== Invalid write of size 1
==1==  Address 0x4a40080 is 0 bytes after a block of size 64 alloc'd
`, "heap-buffer-overflow, WRITE of 1, 0 after 64"},
		{`==1== Conditional jump or move depends on uninitialised value(s)
==1==    at 0x109ACC: uninit_branch (uninitialised.c:7)
`, "use-of-uninitialized-value"},
		{`==1== Invalid read of size 4
==1==  Address 0x0 is not stack'd, malloc'd or (recently) free'd
`, "null-dereference, READ of 4"},
		{`==1== 48 bytes in 1 blocks are indirectly lost in loss record 1 of 2
==1== 
==1== 96 (48 direct, 48 indirect) bytes in 1 blocks are definitely lost in loss record 2 of 2
`, "leak, 96 bytes in 2"},
		{"", "nothing"},
	}
	for _, test := range tests {
		if got := judge.ParseMemcheck(test.text).String(); got != test.want {
			t.Errorf("got %q, want %q of\n%s", got, test.want, test.text)
		}
	}
}

func TestParseVerdictRefuses(t *testing.T) {
	for _, s := range []string{"", "uaf, 4 of READ", "leak, some bytes in 2", "uaf, READ of 4, -1 inside 48x"} {
		if v, err := judge.ParseVerdict(s); err == nil {
			t.Errorf("%q is read as %q", s, v)
		}
	}
}

// A program's text is the program.
func TestProgramText(t *testing.T) {
	var want []*judge.Program
	var text strings.Builder
	text.WriteString(judge.KindsLine())
	for n := range 200 {
		p := judge.Random(rand.Uint64(), n)
		want = append(want, p)
		text.WriteString("# a comment\n" + p.String())
	}
	file := filepath.Join(t.TempDir(), "programs.txt")
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := judge.ReadPrograms(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-written +read\n%s", diff)
	}
}

// Every function that the overlay hooks is where it was, and keeps its line.
func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	if _, err := judge.Overlay("..", dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, f := range files {
		hooked, plain := funcLines(t, f), funcLines(t, filepath.Join("..", filepath.Base(f)))
		if !slices.Equal(hooked[:len(plain)], plain) {
			t.Errorf("%s: functions have moved", f)
		}
	}
}

func funcLines(t *testing.T, file string) (lines []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(b), "\n") {
		if head, _, ok := strings.Cut(line, "{"); ok && strings.HasPrefix(line, "func ") {
			lines = append(lines, fmt.Sprintf("%d %s", i, head))
		}
	}
	return lines
}

func ExampleParseASan() {
	r := judge.ParseASan(`==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x604000000014 at pc 0x5 bp 0x7 sp 0x7
READ of size 4 at 0x604000000014 thread T0
0x604000000014 is located 4 bytes inside of 48-byte region [0x604000000010,0x604000000040)`)
	fmt.Println(r.Verdict)
	// Output: heap-use-after-free, READ of 4, 4 inside 48
}
