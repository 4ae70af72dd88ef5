//go:build linux

package guardian_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/target/live/guardian"
)

// holdVar makes this test binary a program that starts a server and waits to
// be killed.
const holdVar = "LASTWAKE_TEST_HOLD"

func TestMain(m *testing.M) {
	if os.Getenv(guardian.Var) != "" {
		guardian.Main()
	}
	if dir := os.Getenv(holdVar); dir != "" {
		p, err := guardian.Start(guardian.Spec{Command: family, Dir: dir})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(2)
		}
		fmt.Println(p.Guardian())
		select {}
	}
	os.Exit(m.Run())
}

// family is a server that makes it hard to be rid of: a child in a session of
// its own, an orphan, and one that ignores what can be ignored. Each writes
// down its process id.
const family = `echo $$ >> pids
(trap "" TERM INT HUP; echo $$ > /dev/null; exec sleep 300) & echo $! >> pids
setsid sh -c 'echo $$ >> pids; sleep 300 & echo $! >> pids; wait' &
sh -c 'setsid sleep 300 & echo $! >> pids' 
while :; do sleep 300; done`

func pids(t *testing.T, dir string) []int {
	t.Helper()
	text, _ := os.ReadFile(filepath.Join(dir, "pids"))
	var all []int
	for _, f := range strings.Fields(string(text)) {
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// until waits for what does not depend on time.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 1500 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: it does not come to that", what)
}

func gone(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(text), ") Z ")
}

// Killed, whoever started a server leaves nothing of it behind.
func TestKilledStarter(t *testing.T) {
	kills := 5
	if s := os.Getenv("LASTWAKE_KILLS"); s != "" {
		kills, _ = strconv.Atoi(s)
	}
	for range kills {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), holdVar+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		keeper, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("it says %q", line)
		}
		until(t, "the family", func() bool { return len(pids(t, dir)) == 5 })
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for _, p := range append(pids(t, dir), keeper) {
			until(t, fmt.Sprintf("the end of process %d", p), func() bool { return gone(p) })
		}
		if _, err := os.Stat(filepath.Join(dir, guardian.ExitFile)); err == nil {
			t.Error("a server that was killed is said to have ended by itself")
		}
	}
	t.Logf("killed %d times", kills)
}

// Stop leaves nothing either, and says nothing of an end by itself.
func TestStop(t *testing.T) {
	dir := t.TempDir()
	p, err := guardian.Start(guardian.Spec{Command: family, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the family", func() bool { return len(pids(t, dir)) == 5 })
	if u := p.Usage(); u.Processes < 5 || u.Memory == 0 || u.Descriptors < 15 {
		t.Errorf("usage %+v", u)
	}
	p.Stop()
	for _, pid := range pids(t, dir) {
		if !gone(pid) {
			t.Errorf("process %d is left", pid)
		}
	}
	if _, err := p.Status(); err == nil {
		t.Error("a server that was stopped has a status of its own")
	}
}

// How a server ends is known, also to whoever only finds its folder.
func TestStatus(t *testing.T) {
	for command, want := range map[string]guardian.Status{
		"exit 3 ; :":       {Code: 3},
		"sh -c 'exit 4'":   {Code: 4},
		"(kill -6 $$) ; :": {Code: 134, Signal: 6},
		"true":             {},
		"kill -9 $$; :":    {Code: 137, Signal: 9},
		"echo no; exit 1":  {Code: 1},
	} {
		dir := t.TempDir()
		p, err := guardian.Start(guardian.Spec{Command: command, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Status()
		if got.Core = false; err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", command, got, err, want)
		}
		if text, _ := os.ReadFile(filepath.Join(dir, guardian.ExitFile)); !strings.Contains(string(text), fmt.Sprintf(`"code":%d`, want.Code)) {
			t.Errorf("%s: the file says %s", command, text)
		}
		p.Stop()
	}
}

// An order reaches the whole group, and a core lies in the folder.
func TestAbortLeavesCore(t *testing.T) {
	pattern, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
	dir := t.TempDir()
	p, err := guardian.Start(guardian.Spec{Command: "exec sleep 300", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	until(t, "sleep", func() bool { return p.Usage().Processes == 1 })
	if err := p.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	s, err := p.Status()
	if err != nil || s.Signal != int(syscall.SIGABRT) {
		t.Errorf("%v, %v", s, err)
	}
	if strings.HasPrefix(string(pattern), "core") && s.Core != (guardian.Core(dir) != "") {
		t.Errorf("%v, and the core is %q", s, guardian.Core(dir))
	}
}

// What a server listens on is read from the kernel.
func TestListens(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 to listen")
	}
	dir := t.TempDir()
	p, err := guardian.Start(guardian.Spec{Dir: dir, Command: python + ` -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True); time.sleep(300)'`})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	until(t, "the port", func() bool { return strings.HasSuffix(string(p.Log(0, 100)), "\n") })
	want := netip.MustParseAddrPort("127.0.0.1:" + strings.TrimSpace(string(p.Log(0, 100))))
	if got := p.Listens(); len(got) != 1 || got[0] != want {
		t.Errorf("listens on %v, want %v", got, want)
	}
}
