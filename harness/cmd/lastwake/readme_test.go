package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The session in the README is real: its command, run from nothing in a copy
// of nothing, prints its lines in their order. Numbers, and the ops of the
// program that Go's engine happens to find, may differ.
func TestReadmeSession(t *testing.T) {
	if testing.Short() {
		t.Skip("builds an instrumented target and fuzzes with it")
	}
	command, want := readmeSession(t)
	const session = `LASTWAKE_FAULTS=HAPROXY-bd384a359 LASTWAKE_SEEDS=none LASTWAKE_KNOWN=none ` +
		`go test ./fuzz/mux -run '^$' -fuzz FuzzMux -fuzzminimizetime 1x`
	if command != session {
		t.Fatalf("the README's command is\n%s\nwant\n%s", command, session)
	}
	out := fuzzFromNothing(t)
	rest := out
	for _, line := range want {
		_, after, ok := cut(rest, pattern(line))
		if !ok {
			t.Fatalf("no line like\n%s\nafter the ones before it in\n%s", line, out)
		}
		rest = after
	}
}

// readmeSession returns the command and the output of the README's first
// block.
func readmeSession(t *testing.T) (command string, output []string) {
	t.Helper()
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "\n```\n")
	block, _, ok := strings.Cut(block, "\n```\n")
	lines := strings.Split(block, "\n")
	command, found := strings.CutPrefix(lines[0], "$ ")
	if !ok || !found {
		t.Fatal("the README's first block is no session")
	}
	return command, lines[1:]
}

// fuzzFromNothing is what "go test -fuzz" does, without a cache and with the
// files that it writes in a folder of its own. It returns what was printed.
func fuzzFromNothing(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir, bin := filepath.Join(root, "fuzz", "mux"), filepath.Join(root, "mux.test")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "test", "-c", "-fuzz=FuzzMux", "-o", bin, "./fuzz/mux")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	fuzz := exec.Command(bin, "-test.run=^$", "-test.fuzz=FuzzMux", "-test.fuzzminimizetime=1x", "-test.fuzztime=3m",
		"-test.fuzzcachedir="+filepath.Join(root, "cache"))
	fuzz.Dir = dir
	fuzz.Env = append(os.Environ(), "LASTWAKE_FAULTS=HAPROXY-bd384a359", "LASTWAKE_SEEDS=none", "LASTWAKE_KNOWN=none")
	out, err := fuzz.CombinedOutput()
	if err == nil {
		t.Fatalf("nothing found:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(root, "reports/out/crashes/heap-use-after-free-qc_stream_buf_free.txtar")); err != nil {
		t.Error(err)
	}
	return string(out)
}

var (
	numbers = regexp.MustCompile(`\d+`)
	opText  = regexp.MustCompile(`op \\d\+: .*?  +`)
)

// pattern matches a line like this one.
func pattern(line string) *regexp.Regexp {
	p := numbers.ReplaceAllString(regexp.QuoteMeta(strings.TrimSpace(line)), `\d+`)
	p = opText.ReplaceAllString(p, `op \d+: .*  +`)
	return regexp.MustCompile(`(?m)^\s*` + p + `$`)
}

func cut(s string, sep *regexp.Regexp) (before, after string, found bool) {
	at := sep.FindStringIndex(s)
	if at == nil {
		return s, "", false
	}
	return s[:at[0]], s[at[1]:], true
}
