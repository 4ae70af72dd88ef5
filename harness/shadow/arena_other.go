//go:build !(linux && (amd64 || arm64)) && !(darwin && arm64)

package shadow

import (
	"fmt"
	"runtime"
)

func supported() error {
	return fmt.Errorf("no arena on %s/%s: it needs linux/amd64, linux/arm64 or darwin/arm64", runtime.GOOS, runtime.GOARCH)
}

// None of these is reached.

func reserve(addr, n uintptr) error { return supported() }
func zero(addr, n uintptr) error    { return supported() }
func unlock(addr, n uintptr) error  { return supported() }
func lock(addr, n uintptr) error    { return supported() }
func release(addr, n uintptr) error { return supported() }
func pageSize() uintptr             { return 4096 }
