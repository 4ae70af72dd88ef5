package program

import "testing"

// Programs of the process target survive text and bytes, and hold nothing that
// belongs to a connection.
func TestProcessProgramsRoundTrip(t *testing.T) {
	r, old := NewRand(6), New(Process)
	for range 2000 {
		p := New(Process)
		Generate(r, p, Limits{})
		for range r.Intn(8) {
			Mutate(r, p, old, Limits{})
		}
		old = p
		if err := p.Validate(); err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		for _, o := range p.Ops {
			if o.Verb < EnvSet {
				t.Fatalf("%s in a program of the process target", o.Verb)
			}
		}
		if q := mustParse(t, p.String()); !q.Equal(p) {
			t.Fatalf("as text\n%s\nbecomes\n%s", p, q)
		}
		q := New(Process)
		if DecodeInto(q, Encode(p)); !q.Equal(p) {
			t.Fatalf("as bytes\n%s\nbecomes\n%s", p, q)
		}
	}
}

// The words of the two tables can be written down.
func TestEnvTables(t *testing.T) {
	seen := map[string]bool{}
	words, texts := EnvValues()
	for i, n := range EnvNames() {
		if seen[n] || seen[words[i]] || n == "" || words[i] == "" {
			t.Errorf("row %d: %q, %q is there twice or not at all", i, n, words[i])
		}
		seen[n], seen[words[i]] = true, true
	}
	if texts[0] != "" {
		t.Error("the default is not the empty value")
	}
}
