package live

import (
	"context"
	"fmt"
	"time"

	"github.com/lastwake/lastwake/harness/program"
)

// A Report is what a Run came to.
type Report struct {
	// Programs counts those that were searched through, Runs all that were
	// played, replays and candidates included.
	Programs int           `json:"programs"`
	Runs     int           `json:"runs"`
	Starts   int           `json:"starts"` // of the server
	Took     time.Duration `json:"took"`
	Findings []*Finding    `json:"-"`
	// Answers are the abnormal answers, by kind, with what explains them.
	Answers []AnswerCount `json:"answers"`
	// Features counts the kinds of answers and lines of the server's output
	// that were seen.
	Features int `json:"features"`
	// Alive: the server answers in the end, with no finding or after it.
	Alive bool `json:"alive"`
}

// Unexplained counts the abnormal answers that nothing explains.
func (r *Report) Unexplained() int {
	n := 0
	for _, a := range r.Answers {
		if a.Why == "" {
			n += a.Count
		}
	}
	return n
}

// Run plays what c asks for and returns what it found. A *NotReadyError or a
// *NotLoopbackError says that there is nothing to play on. When ctx ends, what
// was found is returned.
func Run(ctx context.Context, c Config) (*Report, error) {
	w, err := newWitness(ctx, &c)
	if err != nil {
		return nil, err
	}
	defer w.close()
	s := &search{witness: w, book: newExplainer(), report: &Report{}, start: time.Now()}
	rescued, err := w.recover(ctx)
	s.report.Findings = rescued
	if err == nil {
		err = w.alive(ctx, false)
	}
	if err == nil {
		err = s.run(ctx)
	}
	s.report.Runs, s.report.Starts, s.report.Took = w.played, w.starts, time.Since(s.start)
	s.report.Answers, s.report.Features = s.book.counts(), len(s.features)
	if err == nil {
		s.report.Alive = w.alive(context.WithoutCancel(ctx), false) == nil
	}
	if ctx.Err() != nil {
		err = nil // an interrupt is no error
	}
	return s.report, err
}

// A search is a Run.
type search struct {
	*witness
	report   *Report
	book     *explainer
	features map[string]bool
	start    time.Time
	ops      int // that were played
	pool     []*program.Program
	recent   []*program.Program // what the server has lived through last
}

// run plays the programs that are given, then what lies around From, then what
// is made up.
func (s *search) run(ctx context.Context) error {
	s.features = map[string]bool{}
	for _, p := range s.Play {
		if err := s.program(ctx, p); err != nil || s.done(ctx) {
			return err
		}
	}
	if s.From != nil {
		if err := s.around(ctx); err != nil || s.done(ctx) {
			return err
		}
	}
	return s.hunt(ctx)
}

// done reports whether enough was found, or somebody has interrupted.
func (s *search) done(ctx context.Context) bool {
	return ctx.Err() != nil || s.Until > 0 && len(s.report.Findings) >= s.Until
}

// program plays one program and follows up what it shows.
func (s *search) program(ctx context.Context, p *program.Program) error {
	g, err := s.look(ctx, p)
	if err != nil {
		return err
	}
	s.report.Programs++
	s.ops += len(g.play.Lines)
	s.book.explain(p, g.play)
	if s.novel(g) {
		s.pool = append(s.pool, p)
	}
	if g.symptom != nil {
		if err := s.follow(ctx, p, g); err != nil {
			return err
		}
	}
	if s.recent = append(s.recent, p); len(s.recent) > recentMost {
		s.recent = s.recent[1:]
	}
	return nil
}

// recentMost is how many programs can be to blame for a death.
const recentMost = 4

// follow files what was seen at once, then finds out how often it comes and
// the shortest program that shows it.
func (s *search) follow(ctx context.Context, p *program.Program, g *sighting) error {
	s.say("program %d: %s: %s", s.report.Programs, g.symptom.Class, g.symptom.Detail)
	e, err := s.collect(ctx, g.symptom)
	if err != nil {
		return err
	}
	f := &Finding{Program: p, original: p, From: len(p.Ops), Runs: s.report.Programs, Ops: s.ops, Seconds: time.Since(s.start).Seconds(), symptom: g.symptom, play: g.play, linger: g.after.Seconds()}
	s.name(f, e)
	fresh, err := s.file(f, e)
	s.close()
	if err != nil || !fresh {
		return err
	}
	s.report.Findings = append(s.report.Findings, f)
	if err := s.blame(ctx, f); err != nil {
		return err
	}
	if err := s.shrink(ctx, f); err != nil {
		return err
	}
	s.close()
	if err := s.update(f); err != nil {
		return err
	}
	s.say("%s: %d of %d runs, %d ops of %d, %s", f.Record.Signature, f.Kills, f.Replays, len(f.Program.Ops), f.From, f.Folder)
	if s.Found != nil {
		return s.Found(f)
	}
	return nil
}

// blame replays f, and when it does not come again the programs before it: a
// server may die late.
func (s *search) blame(ctx context.Context, f *Finding) error {
	suspects := []*program.Program{f.Program}
	for i := len(s.recent) - 1; i >= 0; i-- {
		suspects = append(suspects, s.recent[i])
	}
	if len(s.recent) > 0 {
		suspects = append(suspects, joined(append(append([]*program.Program(nil), s.recent...), f.Program)))
	}
	for _, p := range suspects {
		g := *f
		g.Program = p
		most := 0
		if p == f.Program {
			most = insist * s.Replays
		}
		if err := s.replays(ctx, &g, most); err != nil || ctx.Err() != nil {
			return err
		}
		if g.Kills > 0 || p == f.Program {
			*f = g
			f.From = len(p.Ops)
		}
		if f.Kills > 0 {
			break
		}
	}
	return s.update(f)
}

// insist is how many times as often a program is played that has not shown
// again what it was seen with, before others are suspected.
const insist = 5

// joined is one program that does what several do, one after the other.
func joined(ps []*program.Program) *program.Program {
	all := ps[len(ps)-1].Clone()
	all.Ops, all.Notes = nil, nil
	for i, p := range ps {
		if i > 0 {
			all.Ops = append(all.Ops, program.Op{Verb: program.PeerClose}, program.Op{Verb: program.NetOpen})
		}
		all.Ops = append(all.Ops, p.Ops...)
	}
	all.Ops = all.Ops[max(0, len(all.Ops)-program.MaxOps):]
	return all
}

// say tells whoever watches.
func (w *witness) say(format string, args ...any) {
	if w.Progress != nil {
		fmt.Fprintf(w.Progress, format+"\n", args...)
	}
}
