package corpus

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/program"
)

// What is remembered of a crash does not contradict its file.
func TestStatesOfTheCorpus(t *testing.T) {
	all, err := Embedded().States()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*Crash{}
	for _, target := range program.Targets() {
		crashes, err := Embedded().Crashes(target)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range crashes {
			files[c.Target()+c.Signature] = c
			if s := all.Find(c.Target(), c.Signature); s != nil && s.State != string(c.Status) && s.State != StateGone {
				t.Errorf("%s: it is %s, and %s says %s: lastwake corpus accept sets both", c.File, c.Status, StateFile, s.State)
			}
		}
	}
	for _, s := range all {
		if files[s.Target+s.Signature] == nil && s.State != StateNew && s.State != StateGone {
			t.Errorf("%s: %s is %s, and has no file", StateFile, s.Signature, s.State)
		}
	}
}

func TestStates(t *testing.T) {
	file := filepath.Join(t.TempDir(), StateFile)
	p, err := program.Parse("x", []byte("lastwake/1 mux\nrun.mux c0\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := NewCrash("title", "leak | buffer | - | - | f", p, "signature: leak | buffer | - | - | f\n")
	c.File = "out/leak-f.txtar"
	see := func(state, today string) {
		t.Helper()
		if err := UpdateStates(file, func(all *States) { all.Seen(c, state, today) }); err != nil {
			t.Fatal(err)
		}
	}
	see("", "2026-11-20")
	see("known", "2026-11-22")
	see("", "2026-11-21")
	see(StateGone, "2026-11-30")
	if err := UpdateStates(file, func(all *States) {
		want := State{Target: "mux", Signature: c.Signature, State: StateGone, First: "2026-11-20", Last: "2026-11-22", File: "leak-f.txtar"}
		if len(*all) != 1 || (*all)[0] != want {
			t.Errorf("states %+v, want %+v", *all, want)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestBadStates(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"mux known", "1 fields, want 6"},
		{"mux\tknwon\t2026-11-20\t2026-11-20\tf\tleak | a | - | f", `unknown state "knwon"`},
		{"mux\tknown\t2026-11-21\t2026-11-20\tf\tleak | a | - | f", "are no two days"},
		{"mux\tknown\t2026-11-20\t2026-11-20\tf\tleak", "is not a signature"},
		{"mux\tknown\t2026-11-20\t2026-11-20\tf\tleak | a | - | f\nmux\tnew\t2026-11-20\t2026-11-20\tf\tleak | a | - | f", "a second line"},
		{"\xff", "is not UTF-8"},
	} {
		_, err := ParseStates("state.txt", []byte(test.text))
		if p, ok := errors.AsType[*program.ParseError](err); !ok || !strings.Contains(p.Error(), test.want) {
			t.Errorf("%q: error %v, want %q", test.text, err, test.want)
		}
	}
}
