package program

import "testing"

// An op goes together with the value that it makes necessary: the number of the
// allocation that fails counts those of the op, or a header key or an operand
// does the same; two ops become one that does as much, or another one.
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
		{"allocation that others make instead", "lastwake/1 mux\npeer.stop c0/s0\nrun.all !alloc=1\n", "lastwake/1 mux\nrun.all !alloc=3\n",
			func(p *Program) bool {
				n := len(p.Ops)
				return n > 0 && p.Ops[n-1].Verb == RunAll && int(p.Ops[n-1].Alloc)+2*count(p, PeerStop) == 3
			}},
		{"operand", "lastwake/1 mux\nrun.timer c0 pto\napp.send c0/s0\n", "lastwake/1 mux\napp.send c0/s0 ff\n",
			func(p *Program) bool {
				return count(p, AppSend) == 1 && (total(p, AppSend, AppSendFF) == 1) != (count(p, RunTimer) == 1)
			}},
		{"one op with the length of two", "lastwake/1 mux\npeer.stream c0/s0 headers\npeer.stream c0/s0 data len=4000\n", "lastwake/1 mux\npeer.stream c0/s0 headers len=4065\n",
			func(p *Program) bool {
				sum, heads := uint32(0), 0
				for _, o := range p.Ops {
					if o.Verb == PeerStream && o.Arg[PeerStreamKind] == KindHeaders {
						heads++
						if o.Arg[PeerStreamLen] == 0 {
							sum += 65
						}
					}
				}
				return heads > 0 && sum+total(p, PeerStream, PeerStreamLen) >= 4065
			}},
		{"another op in the place of two", "lastwake/1 mux\nnet.block c1\nrun.conn c1 !alloc=2\n", "lastwake/1 mux\nrun.timer c1 idle !alloc=5\n",
			func(p *Program) bool {
				n := len(p.Ops)
				two := n == 2 && p.Ops[0].Verb == NetBlock && p.Ops[1].Verb == RunConn && p.Ops[0].Conn == 1 && p.Ops[1].Conn == 1 && p.Ops[1].Alloc == 2
				return two || n == 1 && p.Ops[0] == Op{Verb: RunTimer, Conn: 1, Arg: [MaxOperands]uint32{TimerIdle}, Alloc: 5}
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

// The numbers of allocations end where a byte does.
func TestAllocsTo(t *testing.T) {
	for _, test := range []struct {
		n           uint8
		more        int
		first, last uint8
	}{{0, 16, 0, 0}, {3, 0, 1, 3}, {3, 2, 1, 5}, {250, 16, 1, 255}, {255, 0, 1, 255}} {
		all := allocsTo(test.n, test.more)
		if all[0] != test.first || all[len(all)-1] != test.last || len(all) != int(test.last-test.first)+1 {
			t.Errorf("allocsTo(%d, %d) = %v", test.n, test.more, all)
		}
	}
}
