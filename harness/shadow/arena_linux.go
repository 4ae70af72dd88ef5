//go:build amd64 || arm64

package shadow

import (
	"golang.org/x/sys/unix"
)

// reserve maps n bytes at addr that nobody may touch, or reports that the
// place is taken. A kernel older than 4.17 takes the address as a hint only.
func reserve(addr, n uintptr) error {
	p, err := unix.MmapPtr(-1, 0, pointer(addr), n, unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED_NOREPLACE)
	if err != nil {
		return err
	}
	if uintptr(p) != addr {
		_ = unix.MunmapPtr(p, n)
		return unix.EEXIST
	}
	return nil
}

// zero makes all of [addr, addr+n) read 0 and gives its pages back.
func zero(addr, n uintptr) error {
	return unix.Madvise(view(pointer(addr), n), unix.MADV_DONTNEED)
}
