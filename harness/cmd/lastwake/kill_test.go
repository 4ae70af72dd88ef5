//go:build unix

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lastwake/lastwake/corpus"
)

// Killed at any moment, triage and import lose no crasher and leave no broken
// file, and the next import finishes the work. LASTWAKE_KILLS is how often;
// 200 is what is promised.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	kills := 12
	if s := os.Getenv("LASTWAKE_KILLS"); s != "" {
		kills, _ = strconv.Atoi(s)
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "lastwake")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	pile, made, states := filepath.Join(dir, "pile"), filepath.Join(dir, "made"), filepath.Join(dir, "crash")
	want := crasherFiles(t, pile)
	if err := os.Mkdir(states, 0o777); err != nil {
		t.Fatal(err)
	}
	imports := []string{"corpus", "import", "--runs", "1", "--crashes", made, "--state", filepath.Join(states, corpus.StateFile), pile}
	whole := timed(t, bin, dir, imports)
	r := rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
	for i := range kills {
		args := imports
		if i%4 == 3 {
			args = []string{"triage", pile}
		}
		if i%8 == 0 {
			_ = os.RemoveAll(made)
		}
		cmd := exec.Command(bin, args...)
		cmd.Dir = dir
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Int64N(int64(whole))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		unharmed(t, want, pile, made, states)
	}
	timed(t, bin, dir, imports)
	unharmed(t, want, pile, made, states)
	if files, _ := filepath.Glob(filepath.Join(made, "*.txtar")); len(files) != len(want) {
		t.Errorf("%d crash files at the end, want one for each of %d crashers", len(files), len(want))
	}
	t.Logf("killed %d times", kills)
}

// crasherFiles writes native crashers, one for each of some known crashes.
func crasherFiles(t *testing.T, pile string) map[string][]byte {
	t.Helper()
	crashes, err := corpus.Embedded().Crashes("mux")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(pile, 0o777); err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{}
	for i, c := range crashes {
		if i >= 8 {
			break
		}
		name := filepath.Join(pile, strings.TrimSuffix(filepath.Base(c.File), ".txtar")+".prog")
		want[name] = []byte(c.Prog)
		if err := os.WriteFile(name, want[name], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return want
}

// timed runs the command to its end and returns how long it took.
func timed(t *testing.T, bin, dir string, args []string) time.Duration {
	t.Helper()
	start := time.Now()
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitFinding {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return time.Since(start)
}

// unharmed checks that every crasher is as it was, and every file that was
// written is whole.
func unharmed(t *testing.T, want map[string][]byte, pile, made, states string) {
	t.Helper()
	for name, text := range want {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%s is not as it was: %v", name, err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(made, "*")) // names with a dot are temporary
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := corpus.ParseCrash(name, text); err != nil && !strings.HasPrefix(filepath.Base(name), ".") {
			t.Fatalf("broken: %v", err)
		}
	}
	text, err := os.ReadFile(filepath.Join(states, corpus.StateFile))
	if err == nil {
		_, err = corpus.ParseStates(corpus.StateFile, text)
	}
	if err != nil && !os.IsNotExist(err) {
		t.Fatalf("broken: %v", err)
	}
}
