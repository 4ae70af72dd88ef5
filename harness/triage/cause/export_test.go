package cause

import "slices"

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

// Callers are the functions below name in a process.
func Callers(name string) []string { return callers[name] }
