package guardian

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// descendants are the processes below pid that have not ended.
func descendants(pid int) []int {
	parent := map[int]int{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		p, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if state, of, ok := stat(p); ok && state != "Z" {
			parent[p] = of
		}
	}
	var below []int
	for p := range parent {
		for q, n := p, 0; q > 1 && n < len(parent); q, n = parent[q], n+1 {
			if parent[q] == pid {
				below = append(below, p)
				break
			}
		}
	}
	slices.Sort(below)
	return below
}

// stat returns the state of a process and its parent.
func stat(pid int) (state string, parent int, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, false
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(f) < 2 {
		return "", 0, false
	}
	parent, err = strconv.Atoi(f[1])
	return f[0], parent, err == nil
}

// A Usage is what the processes of a server hold together.
type Usage struct {
	Processes   int   `json:"processes"`
	Memory      int64 `json:"memory"` // resident bytes
	Descriptors int   `json:"descriptors"`
}

// Usage looks at what the server's processes hold now.
func (p *Process) Usage() Usage {
	var u Usage
	for _, pid := range p.pids() {
		entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		text, merr := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		f := strings.Fields(string(text))
		if err != nil || merr != nil || len(f) < 2 {
			continue // it has just ended
		}
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		u.Processes++
		u.Descriptors += len(entries)
		u.Memory += pages * int64(os.Getpagesize())
	}
	return u
}

// Dumping reports whether one of the server's processes is writing its core: it
// is there, and answers nobody any more.
func (p *Process) Dumping() bool {
	return slices.ContainsFunc(p.pids(), dumping)
}

func dumping(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && strings.Contains(string(text), "\nCoreDumping:\t1")
}

// Executables are the files that the server's processes run, each once.
func (p *Process) Executables() []string {
	var all []string
	for _, pid := range p.pids() {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && !slices.Contains(all, exe) {
			all = append(all, exe)
		}
	}
	return all
}

// Listens are the addresses on which the server's processes take UDP.
func (p *Process) Listens() []netip.AddrPort {
	inodes := map[string]bool{}
	for _, pid := range p.pids() {
		names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid)) // the pattern is a good one
		for _, n := range names {
			if to, err := os.Readlink(n); err == nil && strings.HasPrefix(to, "socket:[") {
				inodes[strings.Trim(to, "socket:[]")] = true
			}
		}
	}
	var all []netip.AddrPort
	for _, file := range []string{"/proc/net/udp", "/proc/net/udp6"} {
		text, _ := os.ReadFile(file)
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) < 10 || !inodes[f[9]] {
				continue
			}
			if a, ok := address(f[1]); ok && !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// address reads an address as /proc/net/udp spells it: words in the order of
// this machine, in hexadecimal.
func address(s string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(s, ":")
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil || len(host) != 8 && len(host) != 32 {
		return netip.AddrPort{}, false
	}
	var b []byte
	for i := 0; i < len(host); i += 8 {
		w, err := strconv.ParseUint(host[i:i+8], 16, 32)
		if err != nil {
			return netip.AddrPort{}, false
		}
		b = append(b, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
	}
	ip, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), ok
}
