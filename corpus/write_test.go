package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/program"
)

// contents returns what a folder holds, by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	for _, text := range []string{"old", "new", ""} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"x": text}, contents(t, dir)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v; want what a file in git has", info.Mode(), err)
	}
	t.Chdir(dir)
	if err := WriteFile("here", nil); err != nil {
		t.Errorf("a name without a folder: %v", err)
	}
}

// A failure of any step leaves the old file as it was, and nothing else.
func TestWriteFileFails(t *testing.T) {
	broken := errors.New("broken")
	steps := map[string]func(*writer, *brokenFile){
		"create": func(w *writer, _ *brokenFile) {
			w.create = func(string, string) (tempFile, error) { return nil, broken }
		},
		"write":  func(_ *writer, f *brokenFile) { f.write = broken },
		"chmod":  func(_ *writer, f *brokenFile) { f.chmod = broken },
		"sync":   func(_ *writer, f *brokenFile) { f.sync = broken },
		"close":  func(_ *writer, f *brokenFile) { f.close = broken },
		"rename": func(w *writer, _ *brokenFile) { w.rename = func(string, string) error { return broken } },
	}
	for name, spoil := range steps {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "x.txtar")
			if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			w, f := disk, &brokenFile{}
			w.create = func(dir, pattern string) (tempFile, error) {
				real, err := os.CreateTemp(dir, pattern)
				f.File = real
				return f, err
			}
			spoil(&w, f)
			err := w.write(path, []byte("new"))
			if e, ok := errors.AsType[*WriteError](err); !ok || !errors.Is(err, broken) || e.Path != path {
				t.Errorf("got %v, want a *WriteError for %s around %v", err, path, broken)
			}
			if diff := cmp.Diff(map[string]string{"x.txtar": "old"}, contents(t, dir)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Once the new file has its place it is there: an error of the last step does
// not say otherwise.
func TestWriteFileCannotSyncFolder(t *testing.T) {
	dir := t.TempDir()
	w, broken := disk, errors.New("broken")
	w.syncDir = func(string) error { return broken }
	err := w.write(filepath.Join(dir, "x"), []byte("new"))
	if _, ok := errors.AsType[*WriteError](err); ok || !errors.Is(err, broken) {
		t.Errorf("got %v, want an error that is no *WriteError", err)
	}
	if diff := cmp.Diff(map[string]string{"x": "new"}, contents(t, dir)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

type brokenFile struct {
	*os.File
	write, chmod, sync, close error
}

func (f *brokenFile) Write(b []byte) (int, error) {
	if f.write != nil {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, f.write
	}
	return f.File.Write(b)
}

func (f *brokenFile) Chmod(mode os.FileMode) error { return errors.Join(f.chmod, f.File.Chmod(mode)) }
func (f *brokenFile) Sync() error                  { return errors.Join(f.sync, f.File.Sync()) }
func (f *brokenFile) Close() error                 { return errors.Join(f.close, f.File.Close()) }

// One line says what happened, another what to do.
func TestWriteErrorsAreClear(t *testing.T) {
	const path = "corpus/crash/mux/x.txtar"
	wrap := func(err error) error {
		return &fs.PathError{Op: "open", Path: "corpus/crash/mux/.x.txtar.1234", Err: err}
	}
	tests := []struct {
		err        error
		want, hint string
	}{
		{wrap(syscall.ENOSPC), "write " + path + ": no space left on device",
			"nothing was changed; free some space in corpus/crash/mux or name another folder"},
		{wrap(syscall.EROFS), "write " + path + ": read-only file system", "nothing was changed; corpus/crash/mux cannot be written to, name another folder"},
		{wrap(syscall.EACCES), "write " + path + ": permission denied", "nothing was changed; corpus/crash/mux cannot be written to, name another folder"},
		{wrap(syscall.ENOENT), "write " + path + ": no such file or directory", "nothing was changed; corpus/crash/mux is no folder"},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EIO}, "write " + path + ": input/output error", "nothing was changed"},
	}
	for _, tt := range tests {
		err := &WriteError{Path: path, Err: tt.err}
		if err.Error() != tt.want || err.Hint() != tt.hint {
			t.Errorf("got  %v; %s\nwant %s; %s", err, err.Hint(), tt.want, tt.hint)
		}
	}
}

// findings returns two crashes with one signature and one with another whose
// file would have the same name.
func findings(t *testing.T) (first, shorter, other *Crash) {
	t.Helper()
	first = crash2494(t)
	first.Status = New
	p := first.Program.Clone()
	p.Ops = p.Ops[1:]
	shorter = NewCrash(first.Title, first.Signature, p, first.Report)
	other = NewCrash("another", strings.Replace(signature2494, "qcc_release", "qmux_wake", 1), p, strings.Replace(first.Report, "qcc_release", "qmux_wake", 1))
	return first, shorter, other
}

func TestSave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "crashes")
	first, shorter, other := findings(t)
	name := filepath.Join(dir, "heap-use-after-free-qc_stream_buf_free")
	steps := []struct {
		what string
		c    *Crash
		path string
		ops  int // that the file then has
	}{
		{"the first finding makes the folder", first, name + ".txtar", 9},
		{"the same finding again, shorter, takes its place", shorter, name + ".txtar", 8},
		{"another finding stands beside it", other, name + "-2.txtar", 8},
		{"and has its own place too", other, name + "-2.txtar", 8},
	}
	for _, s := range steps {
		path, err := Save(dir, s.c)
		if err != nil || path != s.path || s.c.File != s.path {
			t.Fatalf("%s: %s, %v; want %s", s.what, path, err, s.path)
		}
		if f, err := ReadFile(path); err != nil || len(f.Program.Ops) != s.ops || f.Crash.Signature != s.c.Signature {
			t.Errorf("%s: %v, want %d ops", s.what, err, s.ops)
		}
	}
}

// A search that finds a known crash again does not undo what a person decided.
func TestSaveKeepsDecisions(t *testing.T) {
	dir := t.TempDir()
	decided := crash2494(t)
	path, err := Save(dir, decided)
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	_, shorter, _ := findings(t)
	if got, err := Save(dir, shorter); err != nil || got != path {
		t.Fatalf("Save = %s, %v; want %s", got, err, path)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("the decided crash was changed:\n%s", diff)
	}
	decided.Status = Fixed
	if _, err := Save(dir, decided); err != nil {
		t.Fatal(err)
	}
	if f, err := ReadFile(path); err != nil || f.Crash.Status != Fixed {
		t.Errorf("a new decision was not written: %v", err)
	}
}

// A file that cannot be read is nobody's to overwrite.
func TestSaveLeavesStrangersAlone(t *testing.T) {
	dir := t.TempDir()
	stranger := filepath.Join(dir, FileName(signature2494))
	if err := os.WriteFile(stranger, []byte("notes"), 0o644); err != nil {
		t.Fatal(err)
	}
	path, err := Save(dir, crash2494(t))
	if err != nil || path == stranger {
		t.Fatalf("Save = %s, %v", path, err)
	}
	if got := contents(t, dir)[FileName(signature2494)]; got != "notes" {
		t.Errorf("the stranger holds %q now", got)
	}
}

// A crash that contradicts itself is not written at all.
func TestSaveRefusesContradictions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	c := crash2494(t)
	c.Report = "of something else\n"
	if _, err := Save(dir, c); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}

// The folder is read as strictly as its files.
func TestStore(t *testing.T) {
	write := func(t *testing.T, dir, name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	decided, fresh := crash2494(t), crash2494(t)
	fresh.Status = New
	good := FileName(signature2494)
	tests := map[string]struct {
		file, text string
		want       string // the error, after the folder's name
	}{
		"a stray file":       {"crash/mux/notes.md", "x", "/crash/mux/notes.md:1:1: only files whose names end with .txtar belong here"},
		"a stray folder":     {"crash/mux/old/" + good, format(t, decided), "/crash/mux/old:1:1: only files whose names end with .txtar belong here"},
		"another class":      {"crash/mux/leak-x.txtar", format(t, decided), `/crash/mux/leak-x.txtar:1:1: the file of a heap-use-after-free has the name "leak-x.txtar"`},
		"undecided":          {"crash/mux/" + good, format(t, fresh), "/crash/mux/" + good + ":1:1: nobody has decided about this crash"},
		"another target":     {"seed/mux/a.prog", "lastwake/1 live\n", "/seed/mux/a.prog:1:1: a program for live stands in the folder of mux"},
		"a malformed seed":   {"seed/mux/a.prog", "lastwake/1 mux\nrun.mxu c0\n", `/seed/mux/a.prog:2:1: unknown verb "run.mxu"`},
		"a temporary file":   {"crash/mux/.x.txtar.123", "half", ""},
		"as it should be":    {"crash/mux/" + good, format(t, decided), ""},
		"no folder at all":   {"README", "", ""},
		"an unknown fault":   {"seed/mux/a.prog", "lastwake/1 mux faults=HAPROXY-0\n", `/seed/mux/a.prog:1:23: unknown fault "HAPROXY-0"`},
		"a seed as an input": {"seed/mux/a.prog", "go test fuzz v1\n", `/seed/mux/a.prog:1:1: "go test fuzz v1" is not a program's header`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tt.file, tt.text)
			_, err := Dir(dir).Crashes(program.Mux)
			if err == nil {
				_, err = Dir(dir).Seeds(program.Mux)
			}
			got := ""
			if err != nil {
				got = strings.TrimPrefix(err.Error(), dir)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func ExampleSave() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	p, err := program.Parse("", []byte("lastwake/1 mux\nrun.mux c0\n"))
	if err != nil {
		panic(err)
	}
	const signature = "leak | qcs | - | - | qcs_new"
	path, err := Save(dir, NewCrash("a stream is left", signature, p, "signature: "+signature+"\n"))
	fmt.Println(filepath.Base(path), err)
	// Output: leak-qcs_new.txtar <nil>
}
