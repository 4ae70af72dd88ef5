package judge_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/cases"
)

// Shrink keeps what the disagreement needs, and does not slip to another one.
func TestShrink(t *testing.T) {
	try := func(ps []*judge.Program) ([]judge.Trial, error) {
		var trials []judge.Trial
		for _, p := range ps {
			x := judge.Trial{Program: p}
			has := func(v cases.Verb) bool {
				return slices.ContainsFunc(p.Ops, func(o cases.Op) bool { return o.Verb == v })
			}
			switch {
			case has(cases.Alloc) && has(cases.Free):
				x.Err = errors.New("they disagree")
				x.Ours.Class = shadow.ClassDoubleFree
			case has(cases.Walk):
				x.Err = errors.New("they disagree about something else")
				x.Ours.Class = shadow.ClassWild
			}
			trials = append(trials, x)
		}
		return trials, nil
	}
	var p *judge.Program
	for n := 0; p == nil; n++ {
		q := judge.Random(5, n)
		if trials, _ := try([]*judge.Program{q}); len(q.Ops) > 10 && trials[0].Ours.Class == shadow.ClassDoubleFree {
			p = q
		}
	}
	trials, _ := try([]*judge.Program{p})
	x, err := judge.Shrink(trials[0], try)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Program.Ops) != 2 || x.Err == nil || x.Ours.Class != shadow.ClassDoubleFree {
		t.Errorf("shrunk to %v in\n%s", x.Err, x.Program)
	}
}
