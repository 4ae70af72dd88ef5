package process

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// with returns a player for these faults, whatever the environment says.
func with(t *testing.T, faults, known string) *player {
	t.Helper()
	t.Setenv(faultsVar, faults)
	t.Setenv(knownVar, known)
	return start(t)
}

// Every known crash still gives exactly its signature, with its faults and
// without settle; a fixed one gives nothing with them off.
func TestKnownCrashesFire(t *testing.T) {
	p := with(t, "none", "")
	if len(p.all) == 0 {
		t.Fatal("there is no known crash")
	}
	for _, c := range p.all {
		on, err := fault.Parse(strings.Join(c.Program.Header.Faults, ","))
		if err != nil {
			t.Fatalf("%s: %v", c.File, err)
		}
		f, err := p.runner.ExplainAs(c.Program, on, false)
		if err != nil {
			t.Fatalf("%s: %v", c.File, err)
		}
		if f == nil {
			t.Errorf("%s: nothing found, want %s", c.File, c.Signature)
		} else if got, want := f.Signature(), c.Signature; got != want {
			t.Errorf("%s: got %s, want %s", c.File, got, want)
		}
		if f, err := p.runner.Explain(c.Program, fault.Set{}); c.Fault != "" && (f != nil || err != nil) {
			t.Errorf("%s: still fires with every fault off: %v, %v", c.File, f, err)
		}
	}
}

// A seed is normal life: with every fault off nothing is wrong with it.
func TestSeedsAreSilent(t *testing.T) {
	p := with(t, "none", "")
	seeds, err := corpus.Embedded().Seeds(program.Process)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		f, _, err := p.play(program.Encode(s.Program))
		if err != nil {
			t.Fatalf("%s: %v", s.File, err)
		}
		if f != nil {
			t.Errorf("%s: %s", s.File, f.Signature())
		}
	}
}

// The known-crash rule: only a crash whose fault is on excuses, and only while
// LASTWAKE_KNOWN does not say none.
func TestExcuse(t *testing.T) {
	const id = "HAPROXY-40d1c84bf"
	data := crashOf(t, id).Data
	for _, c := range []struct {
		faults, known  string
		found, excused bool
	}{
		{id, "", true, true},
		{id, "none", true, false},
		{"none", "", false, false},
	} {
		p := with(t, c.faults, c.known)
		f, excuse, err := p.play(data)
		if err != nil {
			t.Fatal(err)
		}
		if (f != nil) != c.found || (excuse != nil) != c.excused {
			t.Errorf("faults %s, known %q: found %t, excused %t, want %t, %t", c.faults, c.known, f != nil, excuse != nil, c.found, c.excused)
		}
	}
	if _, ok := corpus.Excused(corpusOf(t), crashOf(t, id).Signature, fault.Set{}); ok {
		t.Error("a signature is excused although its fault is off: a regression would pass")
	}
}

func corpusOf(t *testing.T) []*corpus.Crash {
	t.Helper()
	all, err := corpus.Embedded().Crashes(program.Process)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func crashOf(t *testing.T, id string) *corpus.Crash {
	t.Helper()
	all := corpusOf(t)
	i := slices.IndexFunc(all, func(c *corpus.Crash) bool { return c.Fault == id })
	if i < 0 {
		t.Fatalf("no known crash of %s", id)
	}
	return all[i]
}

// What a failing run leaves behind is whole: it reads back, it bears the
// signature, its program is small, and both reproduce lines name what is there.
func TestFailureIsWrittenDown(t *testing.T) {
	const id = "HAPROXY-40d1c84bf"
	p := with(t, id, "none")
	f, _, err := p.play(crashOf(t, id).Data)
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	root := t.TempDir()
	c, err := p.save(f, root)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, c.File))
	if err != nil {
		t.Fatal(err)
	}
	again, err := corpus.ParseCrash(c.File, text)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.Signature, f.Signature(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := len(again.Program.Ops); n > 10 {
		t.Errorf("the program has %d ops, want at most 10", n)
	}
	if want := "reproduce: go tool lastwake run " + c.File + "\n"; !strings.HasSuffix(again.Report, want) {
		t.Errorf("the report does not end with %q:\n%s", want, again.Report)
	}
	if got, want := p.again("FuzzProcess/0123"), "LASTWAKE_FAULTS=HAPROXY-40d1c84bf LASTWAKE_KNOWN=none go test ./fuzz/process -run 'FuzzProcess/0123'"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The hot path allocates nothing: engines run it millions of times.
func TestPlayAllocatesNothing(t *testing.T) {
	p := with(t, "none", "")
	inputs, err := p.seeds()
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		for _, data := range inputs {
			if f, _, err := p.play(data); f != nil || err != nil {
				t.Fatal(f, err)
			}
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n != 0 {
		t.Errorf("%v allocations for %d programs, want 0", n, len(inputs))
	}
}

// Any bytes run to an end without a harness fault.
func TestAnyBytes(t *testing.T) {
	p := with(t, "none", "")
	r := program.NewRand(1)
	for range 2000 {
		data := make([]byte, r.Intn(600))
		for i := range data {
			data[i] = byte(r.Uint64())
		}
		if _, _, err := p.play(data); err != nil {
			t.Fatalf("%x: %v", data, err)
		}
	}
}

// Fuzz rates an input by whether it has ops.
func TestFuzz(t *testing.T) {
	t.Setenv(faultsVar, "none")
	if got := Fuzz(nil); got != 0 {
		t.Errorf("no ops: %d, want 0", got)
	}
	one := program.New(program.Process)
	one.Ops = []program.Op{{Verb: program.RingLog}}
	if got := Fuzz(program.Encode(one)); got != 1 {
		t.Errorf("ops: %d, want 1", got)
	}
}
