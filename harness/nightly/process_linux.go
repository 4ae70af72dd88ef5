package nightly

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// dieWithParent has the system end the child when this process dies, even of
// SIGKILL.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }

// resident is the memory in use by the processes of a group, bytes.
func resident(group int) uint64 {
	total := uint64(0)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// After the name in brackets: state, parent, group; resident pages are
		// the 22nd word.
		_, rest, ok := bytes.Cut(text, []byte(") "))
		words := bytes.Fields(rest)
		if !ok || len(words) < 22 || string(words[2]) != strconv.Itoa(group) {
			continue
		}
		pages, _ := strconv.ParseUint(string(words[21]), 10, 64)
		total += pages * uint64(os.Getpagesize())
	}
	return total
}
