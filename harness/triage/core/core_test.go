package core_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lastwake/lastwake/harness/triage/core"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// dying is a program that dies with secrets in its environment, its arguments,
// its memory and a local.
const dying = `
#include <stdlib.h>
#include <string.h>
struct stream { int id; };
__attribute__((noinline)) int stream_notify(struct stream *s, const char *token) { return s->id + token[0]; }
__attribute__((noinline)) int conn_release(struct stream *s) {
	char token[32];
	strcpy(token, "local-");
	strcat(token, "s3cr3t");
	int n = stream_notify(s, token);
	return n + token[1];
}
int main(int argc, char **argv) {
	char *copy = strdup(getenv("API_TOKEN"));
	return conn_release(0) + copy[0] + argv[1][0];
}
`

// dump compiles source and returns a core of it and the executable.
func dump(t *testing.T, source string) (coreFile, exe string) {
	t.Helper()
	for _, tool := range []string{"gcc", "gdb"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	dir := t.TempDir()
	c := filepath.Join(dir, "dying.c")
	exe, coreFile = filepath.Join(dir, "dying"), filepath.Join(dir, "core.1")
	if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-g", "-O1", "-Wl,--build-id", "-o", exe, c).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	cmd := exec.Command("gdb", "-nx", "-batch", "-ex", "run", "-ex", "generate-core-file "+coreFile, "--args", exe, "argument-s3cr3t")
	cmd.Env = append(os.Environ(), "API_TOKEN=environment-s3cr3t")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gdb: %v\n%s", err, out)
	}
	if _, err := os.Stat(coreFile); err != nil {
		t.Skipf("gdb cannot make a core here: %v", err)
	}
	return coreFile, exe
}

// The stack of a core is read, nothing is asked of the network, and no secret
// of the process is in what is kept of it.
func TestStack(t *testing.T) {
	coreFile, exe := dump(t, dying)
	var asked atomic.Int32
	server := listen(t, &asked)
	t.Setenv("DEBUGINFOD_URLS", "http://"+server)
	var doc *trace.Document
	err := core.Stack(context.Background(), core.Options{Core: coreFile, Exe: exe, Note: func(s string) { t.Error(s) }}, func(r io.Reader) (err error) {
		doc, err = trace.Read(coreFile, r, trace.Limits{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Reports) != 1 || len(doc.Reports[0].Use) != 3 || doc.Reports[0].Use[0].Name != "stream_notify" {
		t.Fatalf("reports %+v", doc.Reports)
	}
	for _, f := range doc.Reports[0].Use {
		if strings.Contains(f.Func+f.File, "s3cr3t") {
			t.Errorf("a secret in frame %+v", f)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the server that DEBUGINFOD_URLS names was asked %d times", n)
	}
}

// listen counts the connections to a server of this machine.
func listen(t *testing.T, asked *atomic.Int32) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

// A core of another build is refused, and both build-ids are named.
func TestMismatch(t *testing.T) {
	coreFile, _ := dump(t, dying)
	_, other := dump(t, dying+"int another_build;\n")
	err := core.Stack(context.Background(), core.Options{Core: coreFile, Exe: other}, func(io.Reader) error {
		t.Error("gdb was run")
		return nil
	})
	m, ok := errors.AsType[*core.MismatchError](err)
	if !ok || len(m.CoreID) != 40 || len(m.ExeID) != 40 || m.CoreID == m.ExeID {
		t.Errorf("error %v", err)
	}
}

// What is no core, and what is not there, is said.
func TestBadFiles(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no core\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []core.Options{{Core: text, Exe: self}, {Core: self, Exe: self}, {Core: self, Exe: text}, {Core: "/nowhere", Exe: self}} {
		err := core.Stack(context.Background(), o, func(io.Reader) error { return nil })
		if err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}
