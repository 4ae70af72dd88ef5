package shadow_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/shadow"
)

var modes = map[string]shadow.Mode{
	"plain": shadow.Plain, "sanitize": shadow.Sanitize, "as-shipped": shadow.AsShipped, "page": shadow.Page,
}

// TestTranscripts plays the scripts of testdata/scripts, each of them on two arenas in
// different slots: what is printed must not tell them apart.
func TestTranscripts(t *testing.T) {
	first := &player{a: newArena(t, shadow.Options{})}
	second := &player{a: newArena(t, shadow.Options{})}
	if first.a.Base() == second.a.Base() {
		t.Fatalf("two arenas at %#x", first.a.Base())
	}
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			mode, ok := modes[d.Cmd]
			if !ok {
				d.Fatalf(t, "no mode %s", d.Cmd)
			}
			script := strings.Split(d.Input, "\n")
			got := transcript(first, mode, script)
			if diff := cmp.Diff(got, transcript(second, mode, script)); diff != "" {
				d.Fatalf(t, "the slots differ (-first +second):\n%s", diff)
			}
			return got
		})
	})
}

func transcript(p *player, mode shadow.Mode, script []string) string {
	s := p.play(mode, script)
	lines := p.said
	if s != nil {
		lines = append(lines, p.verdict(mode, s, script))
	}
	if len(lines) == 0 {
		return "ok\n"
	}
	return strings.Join(lines, "\n") + "\n"
}
