package quicgo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const servedVersion = "v0.48.2" // all that proxy has

// On a machine that has never built the old version, its source is fetched, and
// the copy waits as later versions do.
func TestTickingDownloads(t *testing.T) {
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy(t)))
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw") // or t.TempDir could not be removed
	t.Setenv("GONOSUMDB", "*")
	user, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(user, "go.mod"), "module worker\n\ngo 1.26.0\n\nrequire "+quicModule+" v0.65.0\n\nreplace "+quicModule+" => "+quicModule+" "+servedVersion+"\n")
	write(t, filepath.Join(user, "main.go"), "package main\n\nimport _ \""+quicModule+"\"\n\nfunc main() {}\n")
	write(t, filepath.Join(user, "go.sum"), "")
	flags, err := ticking(t.Context(), user, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(flags, " "), servedVersion) {
		t.Errorf("the worker is not told that it is on %s: %q", servedVersion, flags)
	}
	text, err := os.ReadFile(filepath.Join(dir, "quic-go", "connection.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "!timeout.After(now)") {
		t.Errorf("the copy still misses its own timeouts:\n%s", text)
	}
}

// proxy returns a folder that serves one module, in the layout of GOPROXY.
func proxy(t *testing.T) string {
	source, served := t.TempDir(), t.TempDir()
	write(t, filepath.Join(source, "go.mod"), "module "+quicModule+"\n")
	write(t, filepath.Join(source, "connection.go"), "package quic\n\nimport \"time\"\n\nfunc late(timeout, now time.Time) bool { return timeout.Before(now) }\n")
	at := filepath.Join(served, quicModule, "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(at, servedVersion+".info"), `{"Version": "`+servedVersion+`"}`)
	write(t, filepath.Join(at, servedVersion+".mod"), "module "+quicModule+"\n")
	archive, err := os.Create(filepath.Join(at, servedVersion+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if err := zip.CreateFromDir(archive, module.Version{Path: quicModule, Version: servedVersion}, source); err != nil {
		t.Fatal(err)
	}
	return served
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
