package native

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/fuzz/player"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/target"
)

// Fuzz lets Go's engine look for programs that break model. pkg is the package
// of the test, as go test takes it; the root of the module is two folders above
// it.
func Fuzz(f *testing.F, model target.Target, pkg string) {
	p := start(f, model, pkg)
	seeds, err := p.Seeds()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range seeds {
		f.Add(s)
	}
	dir := campaign(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		finding, excuse, err := p.Play(data)
		switch {
		case err != nil:
			t.Fatalf("%v\n%s", err, p.Program())
		case finding != nil && excuse == nil:
			report(t, p, finding, nameOf(t, data, seeds))
		case finding != nil || p.TallyDue():
			if err := p.WriteTally(dir); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// campaign returns the folder in which programs and excused findings are
// counted. The process that is not a worker makes it, and prints the sums in
// the end.
func campaign(f *testing.F) string {
	if dir := os.Getenv(player.TallyVar); dir != "" {
		return dir
	}
	dir := f.TempDir()
	f.Setenv(player.TallyVar, dir)
	f.Cleanup(func() {
		if err := player.PrintTally(os.Stdout, dir); err != nil {
			f.Error(err)
		}
	})
	return dir
}

// start makes the player; a variable that makes no sense ends the run.
func start(tb testing.TB, t target.Target, pkg string) *player.Player {
	tb.Helper()
	p, err := player.New(t, pkg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Close(); err != nil {
			tb.Error(err)
		}
	})
	return p
}

// report writes the finding down and fails the test with what it is and the
// commands that show it again.
func report(t *testing.T, p *player.Player, f *exec.Finding, name string) {
	c, err := p.Save(f, "../..")
	if c == nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Log(err) // the finding is told, if not kept
	}
	t.Fatalf("\n%s\nreproduce: %s\nreproduce: go tool lastwake run %s\n", player.Digest(c.Report), p.Again(name), c.File)
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
	return t.Name() + "/" + corpus.InputName(data)
}
