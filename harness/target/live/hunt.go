package live

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

// hunt makes programs up until there are enough: mutations of those after
// which the server said something new.
func (s *search) hunt(ctx context.Context) error {
	r := program.NewRand(s.Seed)
	lim := program.Limits{Ops: s.Ops, Actors: Actors}
	deadline := time.Now().Add(s.Budget)
	for n := 0; s.Programs == 0 && s.Budget > 0 || n < s.Programs; n++ {
		if s.done(ctx) || s.Budget > 0 && time.Now().After(deadline) {
			return nil
		}
		if err := s.program(ctx, s.next(r, lim)); err != nil {
			return err
		}
		if (n+1)%25 == 0 {
			s.say("%d programs, %d kinds of answers and lines, %d findings", n+1, len(s.features), len(s.report.Findings))
		}
	}
	return nil
}

// next makes one program up. It leaves out what a live target does not play.
func (s *search) next(r *program.Rand, lim program.Limits) *program.Program {
	var p *program.Program
	if len(s.pool) == 0 || r.Chance(3) {
		p = program.New(program.Live)
		program.Generate(r, p, lim)
		p.Ops = append(preamble(&p.Header), p.Ops...)
	} else {
		p = s.pool[r.Intn(len(s.pool))].Clone()
		program.Mutate(r, p, s.pool[r.Intn(len(s.pool))], lim)
	}
	kept := p.Ops[:0]
	for _, o := range p.Ops {
		if plays(o.Verb) {
			o.Alloc = 0
			if o.Verb == program.TimePass {
				o.Arg[program.PassMS] = min(o.Arg[program.PassMS], huntPass)
			}
			if o.Verb == program.PeerRequest {
				o.Arg[program.RequestCount] = min(o.Arg[program.RequestCount], huntStreams)
			}
			kept = append(kept, o)
		}
	}
	p.Ops = kept
	return p
}

// huntPass is the longest time that one op of a made-up program lets pass, in
// ms: there is more to find out in many short programs.
const huntPass = 100

// huntStreams is the most requests that one op of a made-up program sends: more
// than any quota of a server, and no flood.
const huntStreams = 64

// preamble is what a client of HTTP/3 sends first.
func preamble(h *program.Header) []program.Op {
	if h.Set[program.KeyApp] == 1 {
		return nil
	}
	o := program.Op{Verb: program.PeerStream, Obj: 2}
	o.Arg[program.PeerStreamKind] = program.KindControl
	return []program.Op{o}
}

// novel reports whether a run showed something that none before it did: a kind
// of answer, an outcome, a line of the server's output.
func (s *search) novel(g *sighting) bool {
	before := len(s.features)
	for _, a := range g.play.Answers {
		s.features["answer "+a.kind()] = true
	}
	for _, l := range g.play.Lines {
		s.features[fmt.Sprintf("op %s %s", l.Op.Verb, l.Outcome)] = true
	}
	for line := range strings.Lines(string(g.log)) {
		if len(s.features) < featuresMost {
			s.features["line "+plain(line)] = true
		}
	}
	return len(s.features) > before
}

// featuresMost bounds what is remembered, however much a server says.
const featuresMost = 20_000

// plain is a line of output without what differs each time: numbers, and what
// looks like one in hexadecimal.
func plain(line string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(line) {
		if strings.ContainsAny(word, "0123456789") {
			word = "#"
		}
		if b.Len() < 200 {
			b.WriteString(word)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
