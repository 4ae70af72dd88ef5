//go:build linux

package reload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A master is a running "haproxy -W", the leader of a process group.
type master struct {
	pid   int
	dir   string
	addr  string
	ended chan struct{} // closed when it is gone
	state *os.ProcessState
	err   error
}

const config = `global
    stats socket %[1]s/stats.sock level admin
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend f
    bind 127.0.0.1:%[2]d
    http-request return status 200
`

// startMaster starts a master with the given environment, every string as it
// is. It dies when the thread does that started it, so that thread waits for it.
func startMaster(binary, dir string, port int, env []string) (*master, error) {
	cfg := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(cfg, fmt.Appendf(nil, config, dir, port), 0o666); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "haproxy.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	m := &master{dir: dir, addr: fmt.Sprintf("127.0.0.1:%d", port), ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread goes with the master
		p, err := os.StartProcess(binary, []string{binary, "-W", "-f", cfg}, &os.ProcAttr{
			Dir: dir, Env: append([]string{}, env...), Files: []*os.File{nil, log, log},
			Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
		})
		if err != nil {
			started <- fmt.Errorf("start %s: %w", binary, err)
			return
		}
		m.pid = p.Pid
		unlimited := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
		_ = unix.Prlimit(p.Pid, unix.RLIMIT_CORE, &unlimited, nil) // without it a crash leaves no core
		started <- nil
		m.state, m.err = p.Wait()
		close(m.ended)
	}()
	return m, <-started
}

// reload asks for a new generation until the master says that it has heard,
// and returns how many times it did not.
func (m *master) reload(ctx context.Context) (lost int) {
	before := m.said(reloading)
	for ; lost < maxAsks && ctx.Err() == nil && m.alive(); lost++ {
		if syscall.Kill(m.pid, syscall.SIGUSR2) != nil {
			return lost
		}
		for range hearing / glance {
			if m.said(reloading) > before {
				return lost
			}
			time.Sleep(glance)
		}
	}
	return lost
}

// What the master says when it has heard, how long that may take, and how often
// it is asked.
const (
	reloading = "Reloading HAProxy"
	hearing   = 300 * time.Millisecond
	maxAsks   = 5
)

// said counts the lines of the log with text.
func (m *master) said(text string) int {
	log, _ := os.ReadFile(filepath.Join(m.dir, "haproxy.log"))
	return bytes.Count(log, []byte(text))
}

// alive reports whether the master is there.
func (m *master) alive() bool {
	select {
	case <-m.ended:
		return false
	default:
		return true
	}
}

// status is how the master ended.
func (m *master) status() string {
	<-m.ended
	if m.err != nil {
		return m.err.Error()
	}
	return m.state.String()
}

// crashed says which process a signal killed, "" for none.
func (m *master) crashed() string {
	if !m.alive() && m.err == nil {
		if ws, ok := m.state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return "the master was killed by " + ws.Signal().String()
		}
	}
	text, _ := os.ReadFile(filepath.Join(m.dir, "haproxy.log"))
	for line := range strings.Lines(string(text)) {
		for _, sign := range []string{"exited with code 139", "exited with code 134", "exited with code 135", "Segmentation fault"} {
			if strings.Contains(line, sign) {
				return "a worker died: " + strings.TrimSpace(line)
			}
		}
	}
	return ""
}

// log is the end of what the processes have said.
func (m *master) log() string {
	text, _ := os.ReadFile(filepath.Join(m.dir, "haproxy.log"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return "last words: " + lines[len(lines)-1]
}

// executed tells the generations of a master apart: its youngest child, for it
// keeps its own pid when it executes itself.
func (m *master) executed() string {
	kids := m.children()
	if len(kids) == 0 {
		return ""
	}
	return slices.Max(kids)
}

// children are the master's children, as zero-padded numbers.
func (m *master) children() []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", m.pid, m.pid))
	var kids []string
	for _, f := range strings.Fields(string(text)) {
		kids = append(kids, fmt.Sprintf("%010s", f))
	}
	return kids
}

// settled reports whether the workers of older generations are gone.
func (m *master) settled() bool { return len(m.children()) == 1 }

// descriptors is how many descriptors the master has when it is at rest: the
// fewest of several looks.
func (m *master) descriptors() int {
	fewest := 0
	for range 10 {
		entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", m.pid))
		if n := len(entries); fewest == 0 || n < fewest {
			fewest = n
		}
		time.Sleep(glance)
	}
	return fewest
}

// internal are the variables that HAProxy sets by itself.
var internal = []string{"HAPROXY_MWORKER", "HAPROXY_MWORKER_REEXEC", "HAPROXY_MWORKER_WAIT_ONLY", "HAPROXY_PROCESSES",
	"HAPROXY_LOCALPEER", "HAPROXY_CFGFILES", "HAPROXY_STARTUPLOGS_FD", "HAPROXY_HTTP_LOG_FMT", "HAPROXY_TCP_LOG_FMT",
	"HAPROXY_HTTPS_LOG_FMT", "HAPROXY_STARTUP_VERSION", "HAPROXY_MASTER_CLI", "HAPROXY_CLI"}

// oddities compares the environment with which the master was executed last
// with the one that it was started with.
func (m *master) oddities(env Environment) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", m.pid))
	if err != nil {
		return nil
	}
	got := map[string]int{}
	for s := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte{0}), []byte{0}) {
		got[string(s)]++
	}
	var odd []string
	gone := 0
	var more []string
	for _, s := range env.Strings {
		if name, _, ok := strings.Cut(s, "="); ok && slices.Contains(internal, name) {
			continue
		}
		if got[s]--; got[s] < 0 {
			gone++
		}
	}
	for s, n := range got {
		name, _, ok := strings.Cut(s, "=")
		if n > 0 && !(ok && slices.Contains(internal, name)) && s != "" {
			more = append(more, name)
		}
	}
	if gone > 0 {
		odd = append(odd, fmt.Sprintf("%d strings of the environment are gone", gone))
	}
	slices.Sort(more)
	if len(more) > 0 {
		odd = append(odd, fmt.Sprintf("%q is there, which nobody passed", more))
	}
	return odd
}

// end kills the group and waits until it is empty. It returns how many
// processes were still there when patience ended.
func (m *master) end() int {
	_ = syscall.Kill(-m.pid, syscall.SIGKILL)
	<-m.ended
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(glance) {
		if errors.Is(syscall.Kill(-m.pid, 0), syscall.ESRCH) {
			return 0
		}
		_ = syscall.Kill(-m.pid, syscall.SIGKILL)
	}
	return groupSize(m.pid)
}

// groupSize counts the processes of a group that are no zombies.
func groupSize(group int) int {
	n := 0
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(rest); len(f) > 2 && f[2] == strconv.Itoa(group) && f[0] != "Z" {
			n++
		}
	}
	return n
}
