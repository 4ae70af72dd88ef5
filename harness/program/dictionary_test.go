package program

import "testing"

// A word of the dictionary is what its name says: decoded, it is that op.
func TestDictionaryWordsAreTheOps(t *testing.T) {
	seen := map[Verb]bool{}
	words := Dictionary(Mux)
	for _, w := range words[1:] {
		if w.Data[0] == literalSlot {
			continue
		}
		p := Decode(append(words[0].Data[:len(words[0].Data):len(words[0].Data)], w.Data...))
		if len(p.Ops) != 1 || p.Ops[0].Verb != Verb(w.Data[0]) || len(w.Name) < len(p.Ops[0].Verb.String()) {
			t.Errorf("%s: % x is %v", w.Name, w.Data, p.Ops)
			continue
		}
		seen[p.Ops[0].Verb] = true
	}
	for v := Verb(1); v < bornWith1; v++ {
		if rows[v].home.holds(Mux) && !seen[v] {
			t.Errorf("%s has no word", v)
		}
	}
}
