package player

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/process"
)

// A fuzzed is a model with the package that fuzzes it, and a fault that a known
// crash of it shows.
type fuzzed struct {
	target     target.Target
	name, pkg  string // FuzzMux, ./fuzz/mux
	knownFault string
}

// each runs check for every model.
func each(t *testing.T, check func(t *testing.T, m fuzzed)) {
	for _, m := range []fuzzed{
		{model.Mux{}, "FuzzMux", "./fuzz/mux", "HAPROXY-bd384a359"},
		{process.Process{}, "FuzzProcess", "./fuzz/process", "HAPROXY-40d1c84bf"},
	} {
		t.Run(m.target.Name(), func(t *testing.T) { check(t, m) })
	}
}

// with returns a player for these faults, whatever the environment says.
func (m fuzzed) with(t *testing.T, faults, known string) *Player {
	t.Helper()
	t.Setenv(faultsVar, faults)
	t.Setenv(knownVar, known)
	p, err := New(m.target, m.pkg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// Every known crash still gives exactly its signature, with its faults and
// without settle; a fixed one gives nothing with them off.
func TestKnownCrashesFire(t *testing.T) { each(t, knownCrashesFire) }

func knownCrashesFire(t *testing.T, m fuzzed) {
	p := m.with(t, "none", "")
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
func TestSeedsAreSilent(t *testing.T) { each(t, seedsAreSilent) }

func seedsAreSilent(t *testing.T, m fuzzed) {
	p := m.with(t, "none", "")
	seeds, err := corpus.Embedded().Seeds(m.target.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		f, _, err := p.Play(program.Encode(s.Program))
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
func TestExcuse(t *testing.T) { each(t, excuse) }

func excuse(t *testing.T, m fuzzed) {
	id := m.knownFault
	data := m.crashOf(t, id).Data
	for _, c := range []struct {
		faults, known  string
		found, excused bool
	}{
		{id, "", true, true},
		{id, "none", true, false},
		{"none", "", false, false},
	} {
		p := m.with(t, c.faults, c.known)
		f, excuse, err := p.Play(data)
		if err != nil {
			t.Fatal(err)
		}
		if (f != nil) != c.found || (excuse != nil) != c.excused {
			t.Errorf("faults %s, known %q: found %t, excused %t, want %t, %t", c.faults, c.known, f != nil, excuse != nil, c.found, c.excused)
		}
	}
	if _, ok := corpus.Excused(m.corpusOf(t), m.crashOf(t, id).Signature, fault.Set{}); ok {
		t.Error("a signature is excused although its fault is off: a regression would pass")
	}
}

func (m fuzzed) corpusOf(t *testing.T) []*corpus.Crash {
	t.Helper()
	all, err := corpus.Embedded().Crashes(m.target.Name())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (m fuzzed) crashOf(t *testing.T, id string) *corpus.Crash {
	t.Helper()
	all := m.corpusOf(t)
	i := slices.IndexFunc(all, func(c *corpus.Crash) bool { return c.Fault == id })
	if i < 0 {
		t.Fatalf("no known crash of %s", id)
	}
	return all[i]
}

// What a failing run leaves behind is whole: it reads back, it bears the
// signature, its program is small, and both reproduce lines name what is there.
func TestFailureIsWrittenDown(t *testing.T) { each(t, failureIsWrittenDown) }

func failureIsWrittenDown(t *testing.T, m fuzzed) {
	id := m.knownFault
	p := m.with(t, id, "none")
	f, _, err := p.Play(m.crashOf(t, id).Data)
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	root := t.TempDir()
	c, err := p.Save(f, root)
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
	if got, want := p.Again(m.name+"/0123"), "LASTWAKE_FAULTS="+id+" LASTWAKE_KNOWN=none go test "+m.pkg+" -run '"+m.name+"/0123'"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The counts of several processes add up.
func TestTally(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1": "5 programs\n9 ops\n2 a | b | c | d\n1 e | f | g | h\n", "2": "40 a | b | c | d\n", "3": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := PrintTally(&out, dir); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "played: 5 programs, 9 ops\nexcused: 42 x a | b | c | d\nexcused: 1 x e | f | g | h\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The hot path allocates nothing: engines run it millions of times.
func TestPlayAllocatesNothing(t *testing.T) { each(t, playAllocatesNothing) }

func playAllocatesNothing(t *testing.T, m fuzzed) {
	p := m.with(t, "none", "")
	inputs, err := p.Seeds()
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		for _, data := range inputs {
			if f, _, err := p.Play(data); f != nil || err != nil {
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
func TestAnyBytes(t *testing.T) { each(t, anyBytes) }

func anyBytes(t *testing.T, m fuzzed) {
	p := m.with(t, "none", "")
	r := program.NewRand(1)
	for range 2000 {
		data := make([]byte, r.Intn(600))
		for i := range data {
			data[i] = byte(r.Uint64())
		}
		if _, _, err := p.Play(data); err != nil {
			t.Fatalf("%x: %v", data, err)
		}
	}
}
