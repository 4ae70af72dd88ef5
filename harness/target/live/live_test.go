//go:build linux

package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/live"
	"github.com/lastwake/lastwake/harness/target/live/guardian"
	"github.com/lastwake/lastwake/reports"
)

// sessionVar makes this test binary a session that is going to be killed: it
// hunts as the variable, a JSON live.Config, says.
const sessionVar = "LASTWAKE_TEST_SESSION"

func TestMain(m *testing.M) {
	if os.Getenv(guardian.Var) != "" {
		guardian.Main()
	}
	if text := os.Getenv(sessionVar); text != "" {
		os.Exit(session(text))
	}
	var err error
	if built, err = os.MkdirTemp("", "misbehave-*"); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	status := m.Run()
	_ = os.RemoveAll(built) // the system's folder for such things
	os.Exit(status)
}

// built is the folder for the server that dies on command.
var built string

func session(text string) int {
	var c live.Config
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		fmt.Println(err)
		return 2
	}
	if _, err := live.Run(context.Background(), c); err != nil {
		fmt.Println(err)
		return 2
	}
	return 0
}

// misbehave builds the server that dies on command.
var misbehave = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(built, "misbehave")
	out, err := exec.Command("go", "build", "-o", bin, "./cmd/misbehave").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

// config is a run against a server that misbehaves as flags say.
func config(t *testing.T, flags string) live.Config {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a real server")
	}
	bin, err := misbehave()
	if err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	return live.Config{Server: bin + " --addr " + addr + " " + flags, Ready: "^ready", Addr: addr, Out: t.TempDir(),
		Again: "go tool lastwake live", Linger: 400 * time.Millisecond}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.LocalAddr().String()
}

// envCount is how often a test is done: once, or as a variable says.
func envCount(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// The ways to die, with what each is found as, and whether a core is left.
var deaths = []struct {
	kind, on string
	class    string
	where    string
	core     bool
}{
	{"crash", "reset", live.Signal, "SIGSEGV", true},
	{"abort", "unacked", live.Signal, "SIGABRT", true},
	{"abort", "reset", live.Signal, "SIGABRT", true},
	{"bug-on", "reset", "bug-on", "", true},
	{"exit", "reset", live.Exit, "status 3", false},
	{"hang", "reset", live.Hang, "", true},
	{"leak-memory", "reset", live.MemoryGrowth, "", true},
	{"leak-descriptors", "reset", live.DescriptorGrowth, "", true},
	{"late", "reset", live.Signal, "SIGSEGV", true},
	{"asan", "reset", "heap-use-after-free", "misbehave_stream_wake", true},
}

// Every kind of death is found from nothing, shrunk, stated as k of n, and
// filed. LASTWAKE_TRIES is how often for each kind; 20 is what is promised. A
// plain run tries two kinds.
func TestDeaths(t *testing.T) {
	tries := envCount("LASTWAKE_TRIES", 0)
	for i, d := range deaths {
		n := tries
		if tries == 0 && i < 2 {
			n = 1
		}
		if only := os.Getenv("LASTWAKE_KIND"); only != "" && only != d.kind {
			continue
		}
		for try := range n {
			t.Run(fmt.Sprintf("%s/%s/%d", d.kind, d.on, try), func(t *testing.T) {
				c := config(t, "--die "+d.kind+" --on "+d.on)
				c.Seed, c.Programs, c.Until, c.Replays, c.ShrinkRuns = uint64(envCount("LASTWAKE_SEED", 1)+try), 400, 1, 3, 20
				if d.on == "unacked" { // what HAProxy #2494's program in the corpus says
					c.From, c.Runs, c.Programs = crash(t, "heap-use-after-free-qc_stream_buf_free"), 10, 0
				}
				rep, err := live.Run(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if len(rep.Findings) != 1 {
					t.Fatalf("%d findings in %d programs", len(rep.Findings), rep.Programs)
				}
				f := rep.Findings[0]
				t.Logf("found by program %d, %d of %d, %d ops of %d, %.1f s in all", f.Runs, f.Kills, f.Replays, len(f.Program.Ops), f.From, rep.Took.Seconds())
				if f.Record.Class != d.class || !strings.HasPrefix(f.Record.Invariant, d.where) {
					t.Errorf("found as %s", f.Record.Signature)
				}
				if f.Kills == 0 || f.Replays < 3 || len(f.Program.Ops) > f.From || f.Record.Proof == nil {
					t.Errorf("%d of %d; %d ops; proof %+v", f.Kills, f.Replays, len(f.Program.Ops), f.Record.Proof)
				}
				filed(t, f.Folder, d.core)
				nobody(t, c.Out)
			})
		}
	}
}

func crash(t *testing.T, name string) *program.Program {
	t.Helper()
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range crashes {
		if strings.HasSuffix(c.File, "/"+name+".txtar") {
			return c.Program
		}
	}
	t.Fatalf("no crash %s", name)
	return nil
}

// filed checks that a finding's folder is whole.
func filed(t *testing.T, dir string, core bool) {
	t.Helper()
	for _, name := range []string{"program.live", "original.live", "record.json", "report.txt", "finding.json", "server.log", "backtrace.txt", "cause.txt"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(text) == 0 && name != "cause.txt" {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		switch name {
		case "record.json":
			var r reports.Record
			if err := json.Unmarshal(text, &r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case "program.live", "original.live":
			if _, err := program.Parse(name, text); err != nil {
				t.Error(err)
			}
		case "backtrace.txt":
			if core && !strings.Contains(string(text), "#0 ") {
				t.Errorf("%s has no stack: %.200s", name, text)
			}
		}
	}
	if i, err := os.Stat(filepath.Join(dir, "core")); (err == nil && i.Size() > 0) != core {
		t.Errorf("core: %v, want one: %t", err, core)
	}
	if q, _ := filepath.Glob(filepath.Join(dir, "*.sqlog")); len(q) == 0 {
		t.Error("no qlog")
	}
}

// processes are those whose command line or folder has to do with dir.
func processes(dir string) []string {
	var all []string
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range names {
		line, _ := os.ReadFile(p + "/cmdline")
		cwd, _ := os.Readlink(p + "/cwd")
		state, _ := os.ReadFile(p + "/stat")
		if (strings.Contains(string(line), dir) || strings.HasPrefix(cwd, dir)) && !strings.Contains(string(state), ") Z ") {
			all = append(all, p+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return all
}

// nobody checks that no process is left that has to do with dir, and no folder
// of a server.
func nobody(t *testing.T, dir string) {
	t.Helper()
	for _, p := range processes(dir) {
		t.Errorf("%s is left", p)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// Killed in the middle, a session leaves no process behind and loses no
// finding: the next one files what it finds. LASTWAKE_KILLS is how often; 50 is
// what is promised.
func TestKilled(t *testing.T) {
	kinds := []string{"crash", "abort", "bug-on", "exit", "asan", "late", "hang", "leak-descriptors"}
	died := 0
	for i := range envCount("LASTWAKE_KILLS", 2) {
		c := config(t, "")
		note := filepath.Join(c.Out, "deaths")
		c.Server += "--die " + kinds[i%len(kinds)] + " --note " + note
		c.Play, c.Until, c.Replays, c.ShrinkRuns = []*program.Program{deadly(t)}, 1, 3, 8
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), sessionVar+"="+string(text))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(15 * time.Second))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for range 500 {
			if len(processes(c.Out)) == 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		for _, p := range processes(c.Out) {
			t.Errorf("kill %d: %s is left", i, p)
		}
		deaths, _ := os.ReadFile(note)
		c.Server, c.Play[0] = strings.Replace(c.Server, "--die "+kinds[i%len(kinds)], "", 1), program.New(program.Live)
		if _, err := live.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		found, _ := filepath.Glob(filepath.Join(c.Out, "*", "record.json"))
		// What grows or hangs or dies late has to be seen before it is a finding.
		if sudden := i%len(kinds) < 5; sudden && len(deaths) > 0 && len(found) == 0 {
			t.Errorf("kill %d: a server has died of %s and there is no finding", i, deaths)
		}
		for _, f := range found {
			wholeFolder(t, filepath.Dir(f))
			died++
		}
		_ = os.Remove(note)
		nobody(t, c.Out)
	}
	t.Logf("%d findings were there", died)
}

// deadly is a program at which misbehave dies.
func deadly(t *testing.T) *program.Program {
	t.Helper()
	p, err := program.Parse("deadly.live", []byte("lastwake/1 live\npeer.stream c0/s2 control\npeer.request c0/s0 small\ntime.pass ms=20\npeer.reset c0/s0\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wholeFolder checks a folder that may have been filed and no more.
func wholeFolder(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"program.live", "record.json", "report.txt", "server.log", "backtrace.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	text, _ := os.ReadFile(filepath.Join(dir, "record.json"))
	var r reports.Record
	if err := json.Unmarshal(text, &r); err != nil {
		t.Errorf("%s: %v", dir, err)
	}
}
