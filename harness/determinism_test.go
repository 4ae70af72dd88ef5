package harness

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lastwake/lastwake/corpus"
	driver "github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target/model"
)

// histories returns the hash of what all seeds and known crashes do, with
// their faults on.
func histories(t *testing.T, r *driver.Runner) string {
	t.Helper()
	seeds, err := corpus.Embedded().Seeds(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	var programs []*program.Program
	for _, s := range seeds {
		programs = append(programs, s.Program)
	}
	for _, c := range crashes {
		programs = append(programs, c.Program)
	}
	var all strings.Builder
	for _, p := range programs {
		faults, err := fault.Parse(strings.Join(p.Header.Faults, ","))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := r.Record(p, faults)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(driver.Text(&p.Header, lines))
	}
	return driver.Hash(all.String())
}

// hashVar makes the test binary print the hash and nothing else.
const hashVar = "LASTWAKE_TEST_HASH"

// One history: in a thousand runs on one session, in another process, and where
// the arena's wanted place is taken.
func TestDeterminism(t *testing.T) {
	if os.Getenv(hashVar) == "taken" {
		take(t)
	}
	s := session(t, model.Mux{})
	r := driver.New(s)
	want := histories(t, r)
	if os.Getenv(hashVar) != "" {
		t.Logf("hash %s", want)
		return
	}
	repeats := 1000
	if testing.Short() {
		repeats = 20
	}
	for i := range repeats {
		if got := histories(t, r); got != want {
			t.Fatalf("run %d gives the hash %s, the first one %s", i+1, got, want)
		}
	}
	for _, how := range []string{"free", "taken"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDeterminism$", "-test.v")
		cmd.Env = append(os.Environ(), hashVar+"="+how)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !strings.Contains(string(out), "hash "+want) {
			t.Errorf("another process, the arena's place %s: want the hash %s, got\n%s", how, want, out)
		}
	}
}

// take maps something where the arena would like to lie.
func take(t *testing.T) {
	t.Helper()
	at := uintptr(shadow.DefaultBase)
	p, err := unix.MmapPtr(-1, 0, *(*unsafe.Pointer)(unsafe.Pointer(&at)), 1<<16, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	if uintptr(p) != at {
		t.Logf("the arena's place was taken already")
	}
}
