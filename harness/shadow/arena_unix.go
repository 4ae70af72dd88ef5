//go:build (linux && (amd64 || arm64)) || (darwin && arm64)

package shadow

import "golang.org/x/sys/unix"

// supported returns why no arena can work here, if so.
func supported() error { return nil }

// unlock lets [addr, addr+n) be read and written.
func unlock(addr, n uintptr) error {
	return unix.Mprotect(view(pointer(addr), n), unix.PROT_READ|unix.PROT_WRITE)
}

// lock forbids every access to [addr, addr+n).
func lock(addr, n uintptr) error {
	return unix.Mprotect(view(pointer(addr), n), unix.PROT_NONE)
}

// release unmaps [addr, addr+n).
func release(addr, n uintptr) error { return unix.MunmapPtr(pointer(addr), n) }

// pageSize is the granularity of lock and unlock.
func pageSize() uintptr { return uintptr(unix.Getpagesize()) }
