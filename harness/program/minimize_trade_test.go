package program

import "testing"

// An op goes together with the value that it makes necessary: the number of the
// allocation that fails counts those of the op, or a header key does the same.
func TestMinimizeTrades(t *testing.T) {
	count := func(p *Program, v Verb) (n int) {
		for _, o := range p.Ops {
			if o.Verb == v {
				n++
			}
		}
		return n
	}
	tests := []struct {
		name, from, want string
		keep             func(*Program) bool
	}{
		{"allocation", "lastwake/1 mux\npeer.stop c0/s0\npeer.stop c0/s4\nrun.all !alloc=3\n", "lastwake/1 mux\nrun.all !alloc=1\n",
			func(p *Program) bool {
				n := len(p.Ops)
				return n > 0 && p.Ops[n-1].Verb == RunAll && int(p.Ops[n-1].Alloc) == count(p, PeerStop)+1
			}},
		{"key", "lastwake/1 mux\nnet.fatal c0\nrun.all\n", "lastwake/1 mux start=closed\nrun.all\n",
			func(p *Program) bool {
				return count(p, RunAll) == 1 && (p.Header.Set[KeyStart] == 1) != (count(p, NetFatal) == 1)
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, proof := Minimize(mustParse(t, test.from), test.keep, MinimizeOptions{})
			if got.String() != test.want || !proof.Minimal {
				t.Errorf("got %q, minimal %t; want %q", got, proof.Minimal, test.want)
			}
		})
	}
}
