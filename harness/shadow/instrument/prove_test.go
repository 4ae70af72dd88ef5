package instrument

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The proof does not trust the rewriter: with any of its rules switched off,
// Generate fails.
func TestProofSeesBrokenRules(t *testing.T) {
	tests := []struct {
		name string
		rule rule
		body string
		want string
	}{
		{"load", ruleLoad, "_ = p.flags", "x.go:3: an address *uint32 that no check takes"},
		{"load of a chain", ruleLoad, "p.peer.free(w)", "x.go:3: an address **item that no check takes"},
		{"load of an element", ruleLoad, "w.n = int(p.slots[1])", "x.go:3: an address *uint16 that no check takes"},
		{"load through a star", ruleLoad, "w.n = int((*p).id)", "x.go:3: an address *uint64 that no check takes"},
		{"store", ruleStore, "p.wait.events = 1", "x.go:3: an address *uint32 that no check takes"},
		{"op-assign", ruleOp, "p.id += 2", "x.go:3: an address *uint64 that no check takes"},
		{"inc", ruleInc, "p.slots[2]++", "x.go:3: an address *uint16 that no check takes"},
		{"address", ruleAddress, "_ = &p.slots[1]", "cannot take address"},
		{"range", ruleRange, "for range p.slots {}", "x.go:3: an address *[4]uint16 that no check takes"},
	}
	seen := map[rule]bool{}
	for _, tt := range tests {
		seen[tt.rule] = true
		t.Run(tt.name, func(t *testing.T) {
			ar := &txtar.Archive{Files: []txtar.File{{
				Name: "x.go",
				Data: []byte("package m\n\nfunc f(w *World, p *item) { " + tt.body + " }\n"),
			}}}
			if _, err := generate(t, ar, func(c *Config) { c.trust = true }); err != nil {
				t.Fatalf("with the rule on: %v", err)
			}
			_, err := generate(t, ar, func(c *Config) { c.skip, c.trust = tt.rule, true })
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			var proof *ProofError
			if tt.rule != ruleAddress && !errors.As(err, &proof) {
				t.Errorf("got a %T, want a *ProofError", err)
			}
		})
	}
	for r := rule(1); r < numRules; r++ {
		if !seen[r] {
			t.Errorf("rule %d is never broken", r)
		}
	}
}

// The proof looks at sizes too: a check of the wrong size is no check.
func TestProofSeesWrongSizes(t *testing.T) {
	ar := &txtar.Archive{Files: []txtar.File{{
		Name: "x.go",
		Data: []byte(`package m

import "github.com/lastwake/lastwake/harness/shadow"

func f(p *item) {
	shadow.Ld4(&p.flags)
	shadow.Ld8(&p.flags)
	shadow.St2(&p.slots[1], 0)
	shadow.St4(&p.slots[1], 0)
	n := uint32(0)
	shadow.Ld4(&n)
}
`)}}}
	_, err := generate(t, ar, func(c *Config) { c.trust = true })
	want := `the twin is not proved:
m/x.go:7: an address *uint32 that no check takes
m/x.go:9: an address *uint16 that no check takes
m/x.go:11: a check of memory that is in no managed object`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
