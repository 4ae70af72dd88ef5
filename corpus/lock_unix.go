//go:build unix

package corpus

import (
	"os"
	"path/filepath"
	"syscall"
)

// lock waits until no other process has the lock called name, and takes it.
// The system gives it back when the process dies.
func lock(name string) (unlock func(), err error) {
	name = filepath.Join(filepath.Dir(name), "."+filepath.Base(name))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, &WriteError{Path: name, Err: err}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, &WriteError{Path: name, Err: err}
	}
	return func() { _ = f.Close() }, nil
}
