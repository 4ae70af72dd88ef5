package shadow_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// goTool runs the go command, or skips the test where there is none.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to build with: ", err)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestCanary builds a program without bounds checks, in this package or in its
// own: both are builds in which use after free would pass, and both are told.
func TestCanary(t *testing.T) {
	const pkg = "github.com/lastwake/lastwake/harness/shadow"
	for _, c := range []struct{ name, gcflags, want string }{
		{"checked", "", "checked\n"},
		{"unchecked arena", pkg + "=-B", "new: shadow: the checks are compiled out: build without -gcflags=-B\n"},
		{"unchecked model", "-B", "here: the checks are compiled out: build without -gcflags=-B\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin := filepath.Join(t.TempDir(), "canary")
			goTool(t, "build", "-gcflags="+c.gcflags, "-o", bin, "./testdata/canary")
			got, err := exec.Command(bin).Output()
			if err != nil || string(got) != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// budgets are the inlining costs that the checks may have. The compiler's
// limit is 80 for a function with all that is inlined into it, and model
// functions are small because these are.
var budgets = map[string]int{
	"Ld1": 17, "Ld2": 17, "Ld4": 17, "Ld8": 17,
	"St1": 29, "St2": 29, "St4": 29, "St8": 29,
}

// TestInlining asks the compiler what the checks cost.
func TestInlining(t *testing.T) {
	out := goTool(t, "build", "-gcflags=-m=2", ".")
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`can inline (\w+)\[[^\]]*\] with cost (\d+) `).FindAllStringSubmatch(out, -1) {
		name := m[1]
		cost, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		if budget, ok := budgets[name]; ok {
			seen[name] = true
			if cost > budget {
				t.Errorf("%s costs %d, its budget is %d", name, cost, budget)
			}
		}
	}
	for name := range budgets {
		if !seen[name] {
			t.Errorf("%s does not inline", name)
		}
	}
}

// TestUnsafeStaysHome keeps what goes around Go's types in the arena_ files.
// Elsewhere unsafe.Pointer is a word to pass on.
func TestUnsafeStaysHome(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	trick := regexp.MustCompile(`unsafe\.[A-Z]\w*`)
	for _, name := range files {
		if strings.HasPrefix(name, "arena_") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range trick.FindAllString(string(src), -1) {
			if use != "unsafe.Pointer" {
				t.Errorf("%s uses %s", name, use)
			}
		}
	}
}
