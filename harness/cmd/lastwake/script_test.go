package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lastwake/lastwake/harness/target/live/guardian"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
	"github.com/lastwake/lastwake/harness/target/quicgo/worker"
)

func TestMain(m *testing.M) {
	if os.Getenv(guardian.Var) != "" {
		guardian.Main()
	}
	if os.Getenv(wire.WorkerVar) != "" {
		worker.Main() // a test that runs a command in this process started it
	}
	testscript.Main(m, map[string]func(){"lastwake": main})
}

// TestScripts is the contract of the command line, a script for each part of
// it. Beside testscript's own commands there is
//
//	exits N program args...   run it, and want exit status N
//	seed name                 copy corpus/seed/mux/name.prog here
//
// the variables $ADDR and $ELSEWHERE, addresses of loopback that are free, and
// the conditions [mounts]: this machine lets us mount in a namespace of our
// own; [walking]: these are the tests of the copy that walk.txt has made;
// [whole]: LASTWAKE_WALK=whole asks it to run them all.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			for _, v := range []string{"ADDR", "ELSEWHERE"} {
				e.Setenv(v, freeAddr(t))
			}
			for _, v := range []string{"HOME", "GOCACHE", "GOMODCACHE", "GOFLAGS"} {
				out, err := exec.Command("go", "env", v).Output()
				if v == "HOME" {
					out = []byte(os.Getenv(v))
				}
				if err != nil {
					return err
				}
				e.Setenv(v, strings.TrimSpace(string(out)))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"seed":  seed,
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "mounts":
				return canMount(t), nil
			case "walking":
				return os.Getenv("LASTWAKE_WALKING") != "", nil
			case "whole":
				return os.Getenv("LASTWAKE_WALK") == "whole", nil
			}
			return false, errors.New("unknown condition")
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		e, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func seed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: seed name")
	}
	text, err := os.ReadFile(filepath.Join(ts.Getenv("ROOT"), "corpus/seed/mux", args[0]+".prog"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".prog"), text, 0o644))
}

// freeAddr is an address of loopback on which nobody takes UDP.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.LocalAddr().String()
}

func canMount(t *testing.T) bool {
	return exec.Command("unshare", "-r", "-m", "mount", "-t", "tmpfs", "none", t.TempDir()).Run() == nil
}
