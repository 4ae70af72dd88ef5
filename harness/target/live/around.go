package live

import (
	"context"

	"github.com/lastwake/lastwake/harness/program"
)

// around plays the translation of From and what lies around it: other delays,
// counts and sizes.
func (s *search) around(ctx context.Context) error {
	first, err := Translate(s.From)
	if err != nil {
		return err
	}
	r := program.NewRand(s.Seed)
	seen := map[[2]uint64]bool{}
	for n, p := 0, first; n < s.Runs && !s.done(ctx); n++ {
		seen[p.Hash()] = true
		if err := s.program(ctx, p); err != nil {
			return err
		}
		for range 16 {
			if p = vary(r, first, n); !seen[p.Hash()] {
				break
			}
		}
	}
	return nil
}

// vary returns a variation of p: at first each kind of it alone, then any of
// them together.
func vary(r *program.Rand, p *program.Program, n int) *program.Program {
	q := p.Clone()
	kinds := []func(*program.Rand, *program.Op){moreStreams, otherDelay, otherShape, otherEnd}
	if n < len(kinds) {
		kinds = kinds[n : n+1]
	}
	for i := range q.Ops {
		for _, change := range kinds {
			if n < 4 || r.Chance(2) {
				change(r, &q.Ops[i])
			}
		}
	}
	return q
}

func moreStreams(r *program.Rand, o *program.Op) {
	if o.Verb != program.PeerRequest {
		return
	}
	c := &o.Arg[program.RequestCount]
	*c = min(program.MaxRequests, *c+[...]uint32{1, 4, *c / 3, *c}[r.Intn(4)])
}

func otherDelay(r *program.Rand, o *program.Op) {
	if o.Verb != program.TimePass {
		return
	}
	ms := &o.Arg[program.PassMS]
	*ms = min(uint32(passMost.Milliseconds()), [...]uint32{*ms * 2, *ms / 2, *ms / 10, 5}[r.Intn(4)])
}

func otherShape(r *program.Rand, o *program.Op) {
	if o.Verb != program.PeerRequest {
		return
	}
	o.Arg[program.RequestShape] = uint32(r.Intn(program.ShapeSink + 1))
}

// otherEnd lets the peer vanish instead of closing, or reset instead of ending.
func otherEnd(r *program.Rand, o *program.Op) {
	switch o.Verb {
	case program.PeerClose:
		if r.Chance(2) {
			*o = program.Op{Verb: program.NetFatal, Conn: o.Conn}
		}
	case program.PeerRequest:
		o.Arg[program.RequestFin] ^= uint32(r.Intn(2))
	}
}
