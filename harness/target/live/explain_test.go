package live

import (
	"testing"

	"github.com/lastwake/lastwake/harness/program"
)

// An abnormal answer is explained by what the program did on that stream or
// connection, and by nothing else.
func TestExplain(t *testing.T) {
	const settings = "peer.stream c0/s2 control\n"
	for _, c := range []struct {
		name, ops string
		answer    Answer
		explained bool
	}{
		{"its own stop", settings + "peer.request c0/s0 large fin\npeer.stop c0/s0 err=5\n", Answer{What: "reset", Stream: 0, Op: 0, Code: 5}, true},
		{"the stop of another stream", settings + "peer.request c0/s0 large count=2 fin\npeer.stop c0/s4\n", Answer{What: "reset", Stream: 0, Op: 0, Code: 5}, false},
		{"a bad frame", settings + "peer.stream c0/s0 invalid\n", Answer{What: "app-close", Stream: -1, Op: -1, Code: 0x105}, true},
		{"good requests", settings + "peer.request c0/s0 small count=40 fin\n", Answer{What: "app-close", Stream: -1, Op: -1, Code: 0x105}, false},
		{"a good request is malformed", settings + "peer.request c0/s0 small fin\n", Answer{What: "reset", Stream: 0, Op: 0, Code: 0x10e}, false},
		{"its own fault", settings + "peer.request c0/s0 small fin\n", Answer{What: "app-close", Stream: -1, Op: -1, Code: 0x102}, false},
		{"no SETTINGS", "peer.request c0/s0 small fin\n", Answer{What: "app-close", Stream: -1, Op: -1, Code: 0x10a}, true},
		{"SETTINGS", settings + "peer.request c0/s0 small fin\n", Answer{What: "app-close", Stream: -1, Op: -1, Code: 0x10a}, false},
		{"the control stream ends", settings + "peer.reset c0/s2\n", Answer{What: "app-close", Stream: -1, Op: -1, Code: 0x104}, true},
		{"a transport error", settings, Answer{What: "close", Stream: -1, Op: -1, Code: 0x1}, false},
		{"an unknown type", settings + "peer.stream c0/s6 unknown\n", Answer{What: "stop", Stream: 6, Op: 6, Code: 0x103}, true},
		{"the only encoder", settings + "peer.stream c0/s6 encoder\n", Answer{What: "stop", Stream: 6, Op: 6, Code: 0x103}, false},
		{"silence", settings, Answer{What: "silence", Stream: -1, Op: -1}, false},
	} {
		p, err := program.Parse(c.name, []byte("lastwake/1 live\n"+c.ops))
		if err != nil {
			t.Fatal(err)
		}
		x := newExplainer()
		x.explain(p, &Play{Answers: []Answer{c.answer, {What: "end", Stream: 0}}})
		all := x.counts()
		if len(all) != 1 || (all[0].Why != "") != c.explained || (all[0].Example == "") != c.explained {
			t.Errorf("%s: %+v, want it explained: %t", c.name, all, c.explained)
		}
	}
}

// What is made up is played: no op that the target skips, no wait that spends
// the time of a hunt.
func TestNext(t *testing.T) {
	s := &search{features: map[string]bool{}}
	r := program.NewRand(1)
	lim := program.Limits{Ops: OpsDefault, Actors: Actors}
	verbs := map[program.Verb]int{}
	for range 2000 {
		p := s.next(r, lim)
		if len(s.pool) < 50 {
			s.pool = append(s.pool, p)
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, o := range p.Ops {
			if verbs[o.Verb]++; !plays(o.Verb) || o.Verb == program.TimePass && o.Arg[program.PassMS] > huntPass {
				t.Fatalf("%s is made up", o)
			}
		}
	}
	for _, row := range program.Rows() {
		if plays(row.Verb) && verbs[row.Verb] == 0 {
			t.Errorf("%s is never made up", row.Name)
		}
	}
}
