//go:build unix && !linux

package nightly

import "syscall"

// dieWithParent does nothing: this system cannot. A child whose parent was
// killed ends with its slice.
func dieWithParent(*syscall.SysProcAttr) {}

// resident is not known on this system.
func resident(int) uint64 { return 0 }
