package witness

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/model/plain"
)

// A fixture is a recording with its program.
type fixture struct {
	name string
	rec  *Recording
	text string // of the program
	prog *program.Program
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatal("no recordings", err)
	}
	var all []fixture
	for _, log := range logs {
		all = append(all, load(t, log, strings.TrimSuffix(log, ".log")+".prog"))
	}
	return all
}

func load(t *testing.T, log, prog string) fixture {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := ParseRecording(log, string(text))
	if err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(prog); err != nil {
		t.Fatal(err)
	}
	p, err := program.Parse(prog, text)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{strings.TrimSuffix(filepath.Base(log), ".log"), rec, string(text), p}
}

// TestRecordings wants each recording of a real server from the model as it was
// shipped, event by event.
func TestRecordings(t *testing.T) {
	uses := map[string]int{}
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			events, err := Run(f.prog, f.rec.Faults())
			if err != nil {
				t.Fatal(err)
			}
			if d := Diff(f.rec, f.prog, events); d != "" {
				t.Errorf("- the recording, + the model\n%s", d)
			}
		})
		for _, text := range f.rec.Events {
			_, rules := Reduce(text)
			for _, r := range rules {
				uses[r]++
			}
		}
	}
	t.Logf("%-4s | uses | %s", "rule", "reason")
	page, err := os.ReadFile("../docs/recordings.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules {
		t.Logf("%-4s | %4d | %s", r.Name, uses[r.Name], r.Reason)
		if row := fmt.Sprintf("| %s | %d | %s |\n", r.Name, uses[r.Name], r.Reason); !strings.Contains(string(page), row) {
			t.Errorf("recordings.md lacks the row\n%s", row)
		}
	}
}

// TestPrograms wants programs in the canonical form, of which every op is
// played, with the faults that the recording's header names.
func TestPrograms(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			if got := f.prog.String(); got != f.text {
				t.Errorf("not canonical:\n%s", cmp.Diff(f.text, got))
			}
			if got, want := strings.Join(f.prog.Header.Faults, ","), strings.Join(fault.Names(f.rec.Faults()), ","); got != want {
				t.Errorf("faults=%s, but the recording is of faults=%s", got, want)
			}
			_, h, err := run(model.Mux{}, target.Shipped, f.prog, f.rec.Faults())
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range h.Events {
				if e.Outcome != program.Done {
					t.Errorf("op %d: %s: %s", i, h.Ops[i], e.Outcome)
				}
			}
		})
	}
}

// TestPlain wants the same events from the plain model, up to the wake of a
// freed tasklet: its objects are not overwritten when they are freed, so the
// tasklet's canary stops that wake.
func TestPlain(t *testing.T) {
	for _, f := range fixtures(t) {
		events, err := Run(f.prog, f.rec.Faults())
		if err != nil {
			t.Fatal(err)
		}
		plain, h, err := run(plain.Mux(), target.Stacks, f.prog, f.rec.Faults())
		if err != nil {
			t.Fatal(err)
		}
		want, got := Texts(events), Texts(plain)
		if h.Stop.Kind == target.StopBug && strings.HasPrefix(got[len(got)-1], "wake qcc_tasklet FREED") {
			want = want[:len(got)]
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: - as shipped, + plain\n%s", f.name, d)
		}
	}
}

// TestNoTrap plays the programs with every fault off on the twin, and settles
// them: what the real server did is no violation.
func TestNoTrap(t *testing.T) {
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := exec.New(s)
	for _, f := range fixtures(t) {
		h := r.Run(f.prog, fault.Set{})
		if h.Stop.Kind != target.StopNone || h.Settled != target.SettleDone {
			t.Errorf("%s: stopped in op %d: %+v", f.name, len(h.Ops)-1, h.Stop)
		}
	}
}

var (
	recording = flag.String("recording", "", "a recording to compare with -program")
	prog      = flag.String("program", "", "the program for -recording")
)

// TestOne compares the recording and the program of the flags:
//
//	go test ./harness/witness -run TestOne -recording x.log -program x.prog
func TestOne(t *testing.T) {
	if *recording == "" || *prog == "" {
		t.Skip("no -recording and -program")
	}
	f := load(t, *recording, *prog)
	events, err := Run(f.prog, f.rec.Faults())
	if err != nil {
		t.Fatal(err)
	}
	if d := Diff(f.rec, f.prog, events); d != "" {
		t.Errorf("- the recording, + the model\n%s", d)
	}
}
