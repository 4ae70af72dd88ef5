package process

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
)

// FuzzProcess lets Go's engine look for programs that break the process model.
func FuzzProcess(f *testing.F) {
	p := start(f)
	seeds, err := p.seeds()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range seeds {
		f.Add(s)
	}
	dir := campaign(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		finding, excuse, err := p.play(data)
		switch {
		case err != nil:
			t.Fatalf("%v\n%s", err, p.prog)
		case finding != nil && excuse == nil:
			p.report(t, finding, nameOf(t, data, seeds))
		case finding != nil || p.programs%tallyEvery == 0:
			if err := p.writeTally(dir); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// campaign returns the folder in which programs and excused findings are
// counted. The process that is not a worker makes it, and prints the sums in
// the end.
func campaign(f *testing.F) string {
	if dir := os.Getenv(tallyVar); dir != "" {
		return dir
	}
	dir := f.TempDir()
	f.Setenv(tallyVar, dir)
	f.Cleanup(func() {
		if err := printTally(os.Stdout, dir); err != nil {
			f.Error(err)
		}
	})
	return dir
}

// start makes the player; a variable that makes no sense ends the run.
func start(tb testing.TB) *player {
	tb.Helper()
	p, err := newPlayer()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.close(); err != nil {
			tb.Error(err)
		}
	})
	return p
}

// report writes the finding down and fails the test with what it is and the
// commands that show it again.
func (p *player) report(t *testing.T, f *exec.Finding, name string) {
	c, err := p.save(f, "../..")
	if c == nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Log(err) // the finding is told, if not kept
	}
	t.Fatalf("\n%s\nreproduce: %s\nreproduce: go tool lastwake run %s\n", digest(c.Report), p.again(name), c.File)
}

// nameOf is what "go test -run" calls an input. The engine's workers do not
// know it.
func nameOf(t *testing.T, data []byte, seeds [][]byte) string {
	if strings.Contains(t.Name(), "/") {
		return t.Name()
	}
	for i, s := range seeds {
		if bytes.Equal(s, data) {
			return fmt.Sprintf("%s/seed#%d", t.Name(), i)
		}
	}
	return t.Name() + "/" + fileName(data)
}
