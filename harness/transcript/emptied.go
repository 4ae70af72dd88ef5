package transcript

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/cmap"
)

// failures are the cases that fail when the body of a function is emptied. In
// those that are Seen an event or a line that the case shows is another one; in
// the others it is only what is left after settling.
type failures struct{ Failed, Seen []string }

// childVar is the file that the process which emptyEach starts writes to.
const childVar = "LASTWAKE_EMPTIED"

// eachEmptied returns, for each function of the package in the working directory
// that models a C function, what happens when its body is emptied. It builds the
// package's tests with a switch in every function: one build holds all variants,
// and one process, in which the package's TestEmptiedChild calls Child, plays all
// cases for each. That is done once in a process.
//
// The package's tests have a variable "emptied", the number from 1 of the
// function whose body does nothing.
func eachEmptied(t *testing.T) []failures {
	t.Helper()
	if emptiedAll == nil {
		emptiedAll = emptyEach(t, cmap.Funcs(t))
	}
	return emptiedAll
}

var emptiedAll []failures

func emptyEach(t *testing.T, funcs []cmap.Func) []failures {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "emptied.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", writeOverlay(t, dir, funcs), "-o", bin, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	result := filepath.Join(dir, "result")
	child := exec.Command(bin, "-test.run=^TestEmptiedChild$", "-test.timeout=9m")
	child.Env = append(os.Environ(), childVar+"="+result, "GODEBUG=invalidptr=0")
	out, err := child.CombinedOutput()
	f, openErr := os.Open(result)
	if openErr != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	defer f.Close()
	var all []failures
	for dec := json.NewDecoder(f); ; {
		var one failures
		if dec.Decode(&one) != nil {
			break
		}
		all = append(all, one)
	}
	if err != nil && len(all) < len(funcs) {
		t.Fatalf("%s emptied: the process ends: %v\n%.2000s", funcs[len(all)].Name, err, out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return all
}

// Needed complains of functions whose body can be emptied and no case fails: they
// would not have to be there.
func Needed(t *testing.T) {
	t.Helper()
	funcs := cmap.Funcs(t)
	for n, f := range eachEmptied(t) {
		if len(f.Failed) == 0 {
			t.Errorf("%s (%s): its body can be emptied and no transcript fails", funcs[n].Name, funcs[n].C)
		}
	}
}

// writeOverlay writes the sources with their switches to dir, and the overlay
// that puts them in place of the real ones. The tests outside of the package
// stay out: they would have to be linked with all they import.
func writeOverlay(t *testing.T, dir string, funcs []cmap.Func) string {
	t.Helper()
	replace := map[string]string{}
	abs := func(name string) string {
		path, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	read := func(name string) string {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(src)
	}
	tests, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tests {
		if outside.MatchString(read(name)) {
			replace[abs(name)] = ""
		}
	}
	for _, name := range cmap.Sources(t) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(withSwitches(name, read(name), funcs)), 0o666); err != nil {
			t.Fatal(err)
		}
		replace[abs(name)] = path
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// outside finds the package clause of a test that is outside of its package.
var outside = regexp.MustCompile(`(?m)^package \w+_test$`)

// withSwitches returns a file in which each modelled function asks whether it
// is the one that is emptied. Numbers count from 1.
func withSwitches(name, src string, funcs []cmap.Func) string {
	var b strings.Builder
	from := 0
	for n, f := range funcs {
		if f.File != name {
			continue
		}
		b.WriteString(src[from:f.Brace])
		fmt.Fprintf(&b, " if emptied == %d { %s };", n+1, f.Zero)
		from = f.Brace
	}
	b.WriteString(src[from:])
	return b.String()
}

// Child is what the process that emptyEach starts does: it writes the cases that
// fail for each function, a line each. Empty says which function is the emptied
// one.
func Child(t *testing.T, cases []*Case, w Player, empty func(n int)) {
	t.Helper()
	path := os.Getenv(childVar)
	if path == "" {
		t.Skip("TestEmptied runs this")
	}
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	enc := json.NewEncoder(out)
	debug.SetGCPercent(-1)
	for _, c := range cases {
		if got := c.Play(w); got != c.Want {
			t.Fatalf("%s fails with no body emptied:\n%s", c, got)
		}
	}
	for n := range cmap.Funcs(t) {
		empty(n + 1)
		var f failures
		for _, c := range cases {
			got := c.Play(w)
			if got != c.Want {
				f.Failed = append(f.Failed, c.String())
			}
			if shown(got) != shown(c.Want) {
				f.Seen = append(f.Seen, c.String())
			}
		}
		if err := enc.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
}

// shown is a result without what is left after settling.
func shown(result string) string {
	for text := range strings.Lines(result) {
		for _, word := range [...]string{"left:", "sums:", "dangling:", "wrong:", "never at rest", "stopped:"} {
			if strings.HasPrefix(text, word) {
				return result[:strings.Index(result, text)]
			}
		}
	}
	return result
}

// MostTelling returns, for each function, the case that is most about it: one
// that shows something else when the function is emptied, from a transcript at
// home in its file, and of those the one that the fewest functions change. Homes
// are the transcripts that are about a source file; where none of them tells,
// any other does.
func MostTelling(t *testing.T, homes map[string][]string) []string {
	t.Helper()
	funcs, all := cmap.Funcs(t), eachEmptied(t)
	changes := map[string]int{}
	for _, f := range all {
		for _, c := range f.Seen {
			changes[c]++
		}
	}
	best := make([]string, len(all))
	for n, f := range all {
		cases := f.Seen
		if cases == nil {
			cases = f.Failed
		}
		away := func(c string) int {
			file, _, _ := strings.Cut(c, "/")
			if slices.Contains(homes[funcs[n].File], file) {
				return 0
			}
			return 1
		}
		if len(cases) > 0 {
			best[n] = slices.MinFunc(cases, func(a, b string) int {
				return cmp.Or(cmp.Compare(away(a), away(b)), cmp.Compare(changes[a], changes[b]))
			})
		}
	}
	return best
}
