package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A WriteError says that a file was not written. What stood there before is as
// it was, and nothing half-written is left.
type WriteError struct {
	Path string
	Err  error
}

// Error names the file and the reason.
func (e *WriteError) Error() string {
	reason := e.Err
	if inner, ok := errors.AsType[*fs.PathError](reason); ok {
		reason = inner.Err
	} else if inner, ok := errors.AsType[*os.LinkError](reason); ok {
		reason = inner.Err
	}
	return fmt.Sprintf("write %s: %v", e.Path, reason)
}

// Unwrap returns the reason.
func (e *WriteError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *WriteError) Hint() string {
	dir := filepath.Dir(e.Path)
	switch {
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT):
		return "nothing was changed; free some space in " + dir + " or name another folder"
	case errors.Is(e.Err, syscall.EROFS), errors.Is(e.Err, fs.ErrPermission):
		return "nothing was changed; " + dir + " cannot be written to, name another folder"
	case errors.Is(e.Err, fs.ErrNotExist), errors.Is(e.Err, syscall.ENOTDIR):
		return "nothing was changed; " + dir + " is no folder"
	}
	return "nothing was changed"
}

// WriteFile makes data the content of the file at path. Whoever reads path,
// at whatever moment the machine stops, finds the old content or the new one,
// whole: data goes to a new file beside it, to the disk, and then takes its
// place. A *WriteError says that it did not come to that.
func WriteFile(path string, data []byte) error { return disk.write(path, data) }

// Save writes c to dir, which it makes if need be, and returns the path. The
// file is named after the signature; a crash with the same signature is
// replaced, except that a New one never replaces one that somebody has decided
// about. c.File is set to the path.
func Save(dir string, c *Crash) (string, error) {
	path, keep, err := place(dir, c)
	if err != nil {
		return "", err
	}
	c.File = path
	if keep {
		return path, nil
	}
	file, err := c.Format()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", &WriteError{Path: path, Err: err}
	}
	if err := WriteFile(path, file); err != nil {
		return "", err
	}
	return path, nil
}

// place finds the path for c: that of a file with its signature, or a free
// one. With keep, the file that is there stays.
func place(dir string, c *Crash) (path string, keep bool, err error) {
	name := strings.TrimSuffix(FileName(c.Signature), suffix)
	for n := 1; ; n++ {
		path = filepath.Join(dir, name+suffix)
		if n > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d%s", name, n, suffix))
		}
		old, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, false, nil
		}
		if err != nil {
			return "", false, &WriteError{Path: path, Err: err}
		}
		there, err := ParseCrash(path, old)
		if err == nil && there.Signature == c.Signature {
			return path, there.Status != New && c.Status == New, nil
		}
	}
}

// A writer is what WriteFile does to the disk, so that a test can make each
// step fail.
type writer struct {
	create  func(dir, pattern string) (tempFile, error)
	rename  func(from, to string) error
	remove  func(name string) error
	syncDir func(dir string) error
}

type tempFile interface {
	Name() string
	Write([]byte) (int, error)
	Chmod(os.FileMode) error
	Sync() error
	Close() error
}

var disk = writer{
	create:  func(dir, pattern string) (tempFile, error) { return os.CreateTemp(dir, pattern) },
	rename:  os.Rename,
	remove:  os.Remove,
	syncDir: syncDir,
}

func (w writer) write(path string, data []byte) error {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	// The dot keeps readers of the folder from taking it for a file of theirs,
	// should the machine stop before it is gone.
	temp, err := w.create(dir, "."+base+".*")
	if err != nil {
		return &WriteError{Path: path, Err: err}
	}
	if err := fill(temp, data); err != nil {
		return &WriteError{Path: path, Err: errors.Join(err, w.remove(temp.Name()))}
	}
	if err := w.rename(temp.Name(), path); err != nil {
		return &WriteError{Path: path, Err: errors.Join(err, w.remove(temp.Name()))}
	}
	if err := w.syncDir(dir); err != nil {
		return fmt.Errorf("write %s: the file is there, but may not survive a power cut: %w", path, err)
	}
	return nil
}

// fill writes data to f and to the disk, and closes f.
func fill(f tempFile, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes the new name in dir last. Some file systems cannot, and need
// not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
