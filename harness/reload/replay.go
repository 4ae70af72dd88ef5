//go:build linux

package reload

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// How long a start or a reload may take before it is a hang, and how often one
// looks.
const (
	patience = 10 * time.Second
	glance   = 20 * time.Millisecond
)

// Replay drives o.Binary through the environments. An error is one of the
// replay itself: no binary, no port, no folder.
func Replay(ctx context.Context, o Options) (*Report, error) {
	dir, err := filepath.Abs(o.Dir) // a master works in a folder of its own
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	version, err := exec.CommandContext(ctx, o.Binary, "-v").Output()
	if err != nil {
		return nil, fmt.Errorf("%s -v: %w", o.Binary, err)
	}
	first, _, _ := strings.Cut(string(version), "\n")
	rep := &Report{Version: first, Reloads: o.Reloads}
	envs, err := choose(o.Only)
	if err != nil {
		return nil, err
	}
	shares := share(envs, o.Reloads)
	for i, env := range envs {
		if ctx.Err() != nil {
			break
		}
		r, left, err := round(ctx, &o, env, shares[i])
		if err != nil {
			return rep, err
		}
		rep.Rounds = append(rep.Rounds, *r)
		rep.Done += r.Reloads
		rep.LeftBehind += left
		if o.Progress != nil {
			fmt.Fprintf(o.Progress, "%-13s %3d of %3d reloads  %s\n", env.Name, r.Reloads, shares[i], strings.Join(r.words(), "; "))
		}
	}
	return rep, ctx.Err()
}

// share deals the reloads out to the environments that let a master work.
func share(envs []Environment, reloads int) []int {
	shares := make([]int, len(envs))
	works := func(e Environment) bool { return !e.Wait }
	if !slices.ContainsFunc(envs, works) {
		return shares
	}
	for i := 0; reloads > 0; i = (i + 1) % len(envs) {
		if works(envs[i]) {
			shares[i]++
			reloads--
		}
	}
	return shares
}

// words are what there is to say of a round.
func (r *Round) words() []string {
	var all []string
	for _, s := range []string{r.Death, r.Hang, r.Leak} {
		if s != "" {
			all = append(all, s)
		}
	}
	return append(all, r.Oddities...)
}

// round starts one master, reloads it and ends it. left counts the processes
// that stayed.
func round(ctx context.Context, o *Options, env Environment, reloads int) (r *Round, left int, err error) {
	dir := filepath.Join(o.Dir, env.Name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, 0, err
	}
	port, err := freePort()
	if err != nil {
		return nil, 0, err
	}
	m, err := startMaster(o.Binary, dir, port, env.Strings)
	if err != nil {
		return nil, 0, err
	}
	r = &Round{Environment: env.Name}
	m.drive(ctx, r, env, reloads)
	left = m.end()
	if r.Death != "" {
		if r.Backtrace = backtrace(ctx, o.Binary, dir); r.Backtrace == "" {
			r.Death += "; " + whyNoCore(dir)
		}
	}
	return r, left, nil
}

// drive waits for the first worker, then reloads.
func (m *master) drive(ctx context.Context, r *Round, env Environment, reloads int) {
	if !m.until(ctx, m.serves) {
		r.Oddities = append(r.Oddities, m.notStarted(r, env))
		if r.Bad() || !m.alive() || !env.Wait {
			return
		}
	}
	r.Started = true
	r.Oddities = append(r.Oddities, m.oddities(env)...)
	seen := map[string]bool{}
	for i := range reloads {
		generation := m.executed()
		lost := m.reload(ctx)
		if lost > 0 && !seen["lost"] {
			seen["lost"] = true
			r.Oddities = append(r.Oddities, "SIGUSR2 right after the start of a worker is lost, and has to be sent again")
		}
		ok := m.until(ctx, func() bool { return m.executed() != generation && m.serves() && m.settled() })
		if ctx.Err() != nil {
			return
		}
		switch {
		case !m.alive():
			r.Death = fmt.Sprintf("reload %d: the master ended: %s", i+1, m.status())
			return
		case m.crashed() != "":
			r.Death = fmt.Sprintf("reload %d: %s", i+1, m.crashed())
			return
		case !ok:
			r.Hang = fmt.Sprintf("reload %d: no worker of a new generation serves within %s; %s", i+1, patience, m.log())
			return
		}
		r.Reloads++
		r.Descriptors = append(r.Descriptors, m.descriptors())
		for _, odd := range m.oddities(env) {
			if odd = "after a reload " + odd; !seen[odd] {
				seen[odd] = true
				r.Oddities = append(r.Oddities, odd)
			}
		}
	}
	r.Leak = leak(r.Descriptors)
}

// leak says that descriptors grow: that none of the last third of the counts is
// as low as one of the first third. What the master holds goes up and down by a
// few, for workers come and go.
func leak(counts []int) string {
	third := len(counts) / 3
	if third == 0 {
		return ""
	}
	most, fewest := slices.Max(counts[:third]), slices.Min(counts[len(counts)-third:])
	if fewest <= most {
		return ""
	}
	return fmt.Sprintf("the master's descriptors grow: %d", counts)
}

// notStarted says why there is no worker. Wait mode and a start that HAProxy
// refuses with a message are oddities, anything else goes into r.
func (m *master) notStarted(r *Round, env Environment) string {
	switch {
	case m.crashed() != "":
		r.Death = "at the start: " + m.crashed()
		return "it does not start"
	case !m.alive():
		return "it refuses to start: " + m.status() + "; " + m.log()
	case env.Wait:
		return "it starts in wait mode and serves nothing until it is reloaded"
	}
	r.Hang = "at the start: no worker serves; " + m.log()
	return "it does not serve"
}

// until looks for a condition until it holds, the master is gone, or patience
// ends.
func (m *master) until(ctx context.Context, holds func() bool) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(glance) {
		if holds() {
			return true
		}
		if !m.alive() || m.crashed() != "" {
			return false
		}
	}
	return false
}

// serves reports whether a worker answers on the port.
func (m *master) serves() bool {
	c, err := net.DialTimeout("tcp", m.addr, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Second))
	fmt.Fprint(c, "GET / HTTP/1.0\r\n\r\n")
	var answer [16]byte
	n, _ := c.Read(answer[:])
	return strings.HasPrefix(string(answer[:n]), "HTTP/1.")
}

// backtrace has gdb look at a core in dir and returns the file with what it
// says, for lastwake triage; "" when there is no core.
func backtrace(ctx context.Context, binary, dir string) string {
	cores, _ := filepath.Glob(filepath.Join(dir, "core*"))
	if len(cores) == 0 {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	text, err := exec.CommandContext(ctx, "gdb", "-batch", "-ex", "bt full", "-ex", "x/40s *(char **)environ", binary, cores[0]).CombinedOutput()
	if err != nil {
		text = append(text, fmt.Sprintf("\ngdb: %v\n", err)...)
	}
	name := filepath.Join(dir, "backtrace.txt")
	if os.WriteFile(name, text, 0o666) != nil {
		return cores[0]
	}
	return name
}

// whyNoCore says where a core may be that is not in dir.
func whyNoCore(dir string) string {
	pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if err != nil {
		return "there is no core in " + dir
	}
	return fmt.Sprintf("there is no core in %s: kernel.core_pattern is %q", dir, strings.TrimSpace(string(pattern)))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
