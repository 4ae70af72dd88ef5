package harness

import (
	"os"
	"os/exec"
	"slices"
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

// programs returns all seeds and known crashes.
func programs(t *testing.T) []*program.Program {
	t.Helper()
	seeds, err := corpus.Embedded().Seeds(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	crashes, err := corpus.Embedded().Crashes(program.Mux)
	if err != nil {
		t.Fatal(err)
	}
	var all []*program.Program
	for _, s := range seeds {
		all = append(all, s.Program)
	}
	for _, c := range crashes {
		all = append(all, c.Program)
	}
	return all
}

// histories returns the hash of what programs do, with their faults on.
func histories(t *testing.T, r *driver.Runner, programs []*program.Program) string {
	t.Helper()
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

// One history: in a thousand runs of #2494 on one session and some of every
// program, in another process, and where the arena's wanted place is taken.
func TestDeterminism(t *testing.T) {
	if os.Getenv(hashVar) == "taken" {
		take(t)
	}
	r := driver.New(session(t, model.Mux{}))
	all := programs(t)
	want := histories(t, r, all)
	if os.Getenv(hashVar) != "" {
		t.Logf("hash %s", want)
		return
	}
	repeated := func(times int, programs []*program.Program) {
		first := histories(t, r, programs)
		for i := range times {
			if got := histories(t, r, programs); got != first {
				t.Fatalf("run %d of %d programs gives the hash %s, the first one %s", i+1, len(programs), got, first)
			}
		}
	}
	repeated(20, all)
	seed := slices.IndexFunc(all, func(p *program.Program) bool { return slices.Contains(p.Header.Faults, "HAPROXY-bd384a359") })
	repeated(1000, all[seed:seed+1])
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
