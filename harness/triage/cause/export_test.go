package cause

import (
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// Shared is the most functions of a set that one reference has.
func (b *Book) Shared(names map[string]bool) int {
	most := 0
	for _, ref := range b.refs {
		in := map[string]bool{}
		for _, s := range slices.Concat(ref.use, ref.free, ref.alloc) {
			if names[s.name] {
				in[s.name] = true
			}
		}
		most = max(most, len(in))
	}
	return most
}

// Innermost reports whether a reference's use begins with names, helpers
// aside.
func (b *Book) Innermost(names []string) bool {
	return slices.ContainsFunc(b.refs, func(ref *reference) bool {
		i := 0
		for _, s := range ref.use {
			if i < len(names) && trace.KindOf(s.name) == trace.Plain {
				if s.name != names[i] {
					return false
				}
				i++
			}
		}
		return i == len(names)
	})
}

// Callers are the functions below name in a process.
func Callers(name string) []string { return callers[name] }

// LoadHalf is Load with one half or the other of the lines of stacks.txt.
func LoadHalf(store *corpus.Store, in func(line string) bool) (*Book, error) {
	var text strings.Builder
	for line := range strings.Lines(stacksText) {
		if in(line) {
			text.WriteString(line)
		}
	}
	return load(store, text.String()+symptomsText)
}
