package quicgo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/quicgo/lab"
	"github.com/lastwake/lastwake/harness/target/quicgo/wire"
)

// A Session is a target.Player on one worker at a time.
type Session struct {
	Whole
	target  *Target
	boxName string
	w       *worker
	record  bool
	sample  bool
	reply   wire.Reply
	version string
	// Saved is the file with the last program that had to be ended.
	Saved string
}

// Play implements target.Player.
func (s *Session) Play(p *program.Program, settle bool, h *target.History) {
	err := s.play(p, settle)
	r := &s.reply
	h.Ops, h.Events = append(h.Ops, r.Ops...), append(h.Events, r.Events...)
	h.Disputes = append(h.Disputes, r.Disputes...)
	h.Settle, h.Settled = r.Settle, r.Settled
	var d *death
	switch {
	case err == nil:
	case errors.As(err, &d):
		s.died(p, settle, d, h)
	default:
		h.Stop = target.Stop{Kind: target.StopHarness, Cond: err.Error()}
	}
}

// play has a worker play p; s.reply is what it says.
func (s *Session) play(p *program.Program, settle bool) error {
	s.reply = wire.Reply{}
	q := &wire.Request{Program: p, Settle: settle, Tape: s.record, Misuse: s.target.Misuse, Qlog: s.target.Qlog}
	if err := s.ask(q, &s.reply, s.watch()); err != nil {
		return err
	}
	s.version = s.reply.Version
	if s.reply.Rest == 0 || len(s.reply.Disputes) > 0 || s.sample && !Sampled(p) {
		return nil
	}
	var m wire.Reply
	if err := s.ask(&wire.Request{Program: p, Rest: s.reply.Rest}, &m, MemoryWatch*s.watch()); err != nil {
		return err
	}
	s.reply.Disputes = m.Disputes
	return nil
}

// ask has a worker answer q.
func (s *Session) ask(q *wire.Request, r *wire.Reply, limit time.Duration) error {
	if err := s.begin(); err != nil {
		return err
	}
	err := s.w.ask(q, r, limit, func() { s.save(q.Program) })
	if err != nil || r.Last {
		s.w.end()
		s.w = nil
	}
	if err == nil && r.Err != "" {
		return errors.New(r.Err)
	}
	return err
}

func (s *Session) watch() time.Duration {
	if s.target.Watch > 0 {
		return s.target.Watch
	}
	return WatchDefault
}

// save writes p down before its worker is ended.
func (s *Session) save(p *program.Program) {
	if s.target.Save == nil {
		return
	}
	if name, err := s.target.Save(p); err == nil {
		s.Saved = name
	} else {
		fmt.Fprintln(os.Stderr, "lastwake: the program that hangs could not be saved:", err)
	}
}

// begin starts a worker unless there is one.
func (s *Session) begin() error {
	if s.w != nil {
		return nil
	}
	w, err := start(s.target, s.boxName)
	s.w = w
	return err
}

// Version is what the worker says it plays on, "" before the first program.
func (s *Session) Version() string { return s.version }

// Record implements target.Player.
func (s *Session) Record(on bool) { s.record = on }

// Played implements target.Player.
func (s *Session) Played() target.Played {
	if s.target.Misuse {
		return target.Played{On: s.version, Rules: []string{"none: it was played with --misuse"}}
	}
	return target.Played{On: s.version, Rules: lab.Rules}
}

// Sample implements target.Player.
func (s *Session) Sample(on bool) { s.sample = on }

// Events implements target.Player.
func (s *Session) Events(yield func(op int, text string) bool) {
	for _, l := range s.reply.Lines {
		if !yield(l.Op, l.Text) {
			return
		}
	}
}

// Script is what the driver did in the last run, if it was recorded, up to and
// with op number last.
func (s *Session) Script(last int) []string {
	var lines []string
	for _, l := range s.reply.Script {
		if l.Op <= last {
			lines = append(lines, l.Text)
		}
	}
	return lines
}

// Close ends the worker.
func (s *Session) Close() error {
	if s.w != nil {
		s.w.end()
		s.w = nil
	}
	if err := os.Remove(s.boxName); err != nil && !errors.Is(err, syscall.ENOENT) {
		return err
	}
	return nil
}

// died makes what is known of a worker's death a history: what came before the
// op in which it died is played once more, and ends.
func (s *Session) died(p *program.Program, settle bool, d *death, h *target.History) {
	op, call, settled, err := s.box(len(p.Ops))
	if err != nil {
		h.Stop = target.Stop{Kind: target.StopHarness, Cond: fmt.Sprintf("%v; %s", err, d.Error())}
		return
	}
	side, api, _ := bytes.Cut([]byte(call), []byte(" "))
	if len(side) == 0 {
		side, api = []byte("-"), []byte("-")
	}
	ops := append(append([]program.Op(nil), p.Ops...), settled...)
	if !d.ours() {
		op = min(op, len(ops)-1)
		s.before(p, ops[:max(0, op)], h)
	}
	h.Ops = append(h.Ops[:0], ops[:op+1]...)
	h.Events = h.Events[:min(len(h.Events), max(0, op))]
	h.Settle = min(len(p.Ops), len(h.Ops))
	h.Stop.Kind = target.StopDied
	if d.ours() {
		h.Stop = target.Stop{Kind: target.StopHarness, Cond: d.Error()}
		return
	}
	h.Disputes = append(h.Disputes[:0], target.Dispute{Oracle: d.oracle, Side: string(side), Stream: "-", Field: d.place(), Call: string(api),
		Op: op, Seen: op + 1, Text: d.text(), Report: d.dump})
}

// before plays the ops that came to their end, for their outcomes.
func (s *Session) before(p *program.Program, ops []program.Op, h *target.History) {
	q := &program.Program{Header: p.Header, Ops: ops}
	if err := s.play(q, false); err == nil {
		h.Events = append(h.Events[:0], s.reply.Events...)
	}
}

func (s *Session) box(ops int) (int, string, []program.Op, error) {
	b, err := wire.OpenBox(s.boxName)
	if err != nil {
		return 0, "", nil, err
	}
	defer b.Close() // it was only read
	return b.Read(ops)
}
