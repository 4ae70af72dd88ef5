//go:build unix

package nightly

import (
	"os"
	"syscall"
)

// exclusive takes the lock on f, or says at once that another process has it.
func exclusive(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
