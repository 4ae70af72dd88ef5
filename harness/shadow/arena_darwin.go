//go:build arm64

package shadow

import (
	"golang.org/x/sys/unix"
)

// reserve maps n bytes at addr that nobody may touch, or reports that the
// place is taken. Darwin has no MAP_FIXED_NOREPLACE: the address is a hint,
// and another answer means no.
func reserve(addr, n uintptr) error {
	p, err := unix.MmapPtr(-1, 0, pointer(addr), n, unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return err
	}
	if uintptr(p) != addr {
		_ = unix.MunmapPtr(p, n)
		return unix.EEXIST
	}
	return nil
}

// zero makes all of [addr, addr+n) read 0 and gives its pages back. Darwin's
// MADV_DONTNEED keeps the content, so the arena's own pages are mapped again.
func zero(addr, n uintptr) error {
	_, err := unix.MmapPtr(-1, 0, pointer(addr), n, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED)
	return err
}
