//go:build unix

package nightly

import (
	"runtime"
	"testing"
)

// sh starts a shell as a child and returns it with its first line.
func sh(t *testing.T, memory uint64, script string) (Child, string) {
	t.Helper()
	c, err := Process("sh", memory)([]string{"-c", script})
	if err != nil {
		t.Fatal(err)
	}
	return c, string(<-c.Lines())
}

// end reads what is left and returns how the child ended.
func end(c Child) End {
	for range c.Lines() {
	}
	return c.Wait()
}

// How a child ended is told apart: by itself, by a signal, not at all.
func TestProcessEnds(t *testing.T) {
	c, line := sh(t, 0, "echo one; echo lastwake: said >&2; exit 2")
	if e := end(c); line != "one" || e.Status != 2 || e.Signal != "" || e.Said != "lastwake: said\n" {
		t.Errorf("%q, %+v", line, e)
	}
	c, _ = sh(t, 0, "echo one; kill -9 $$")
	if e := end(c); e.Signal != "killed" {
		t.Errorf("%+v", e)
	}
	if _, err := Process("/no/such/program", 0)(nil); err == nil {
		t.Error("a program that is not there was started")
	}
}

// Kill ends what a child has started, too: it holds the pipe as well, so its
// end is what end waits for.
func TestProcessGroup(t *testing.T) {
	c, _ := sh(t, 0, "sleep 60 & echo one; wait")
	c.Kill()
	if e := end(c); e.Signal != "killed" {
		t.Errorf("%+v", e)
	}
}

// A child that uses more memory than it may is ended, and that is told.
func TestProcessMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a group is known on Linux only")
	}
	c, _ := sh(t, 1, "echo one; sleep 600")
	if e := end(c); !e.Big {
		t.Errorf("%+v", e)
	}
}
