//go:build asan && linux

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/shadow/judge"
	"github.com/lastwake/lastwake/harness/shadow/judge/internal/said"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
	"github.com/lastwake/lastwake/harness/target/model/plain"
)

// playMux plays the jobs on in, a JSON line each, on the plain model, and
// writes what AddressSanitizer and the oracles said of each.
func playMux(in io.Reader, out io.Writer) error {
	s, err := plain.Mux().NewSession()
	if err != nil {
		return err
	}
	on := &session{Session: s.(*model.Session)}
	saboteur := &said.Saboteur{Inspector: on, Arena: on.Arena()}
	r := exec.New(saboteur)
	dec, w := json.NewDecoder(in), bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	for {
		var j said.Job
		switch err := dec.Decode(&j); {
		case errors.Is(err, io.EOF):
			return w.Flush()
		case err != nil:
			return err
		}
		p, err := program.Parse("job", []byte(j.Program))
		if err != nil {
			return err
		}
		faults, err := fault.Parse(j.Faults)
		if err != nil {
			return err
		}
		saboteur.Sabotage = j.Sabotage
		if err := errors.Join(enc.Encode(on.play(r, saboteur, p, faults)), w.Flush()); err != nil {
			return err
		}
	}
}

// A session is the plain model with AddressSanitizer in the place of the
// shadow: it answers the questions about a bad access from its report. The
// stack of the access is that of the panic, and those of the object are what
// the arena kept.
type session struct {
	*model.Session
	report judge.Report // of the last run
	late   bool         // the access of a report was not made
}

// play plays p, and once more with code locked when that is the only way to
// stop where the report was.
func (s *session) play(r *exec.Runner, saboteur *said.Saboteur, p *program.Program, faults fault.Set) said.Said {
	s.late = false
	x := said.Of(r, p, faults)
	if s.late {
		shadow.LockCode(true)
		x = said.Of(r, p, faults)
		shadow.LockCode(false)
	}
	return x
}

// Step implements target.Session.
func (s *session) Step(op program.Op) target.Event {
	e := s.Session.Step(op)
	if _, ok := shadow.TakeReport(); ok {
		panic(shadow.ErrLate)
	}
	return e
}

// Stopped implements target.Inspector.
func (s *session) Stopped(v any, stop *target.Stop) (uint64, bool) {
	text, ok := shadow.TakeReport()
	if !ok {
		s.late = s.late || v == shadow.ErrLate
		return s.Session.Stopped(v, stop)
	}
	a := s.Arena()
	s.report = judge.ParseASan(text.Text)
	if t, stack, _ := shadow.TrapOf(v); t.Fault && !shadow.FaultedFor(t.Addr, stack, text) {
		s.late = true // what faulted is another access to the locked page
		return 0, false
	}
	variable(a, &s.report)
	stop.Kind = target.StopTrap
	switch s.report.Class {
	case shadow.ClassDoubleFree:
		stop.Kind, stop.BadFree = target.StopBadFree, target.FreeTwice
	case shadow.ClassBadFree:
		stop.Kind, stop.BadFree = target.StopBadFree, target.FreeNotBase
	}
	stop.Size, stop.Write = uint8(min(s.report.Size, 255)), s.report.Access == "WRITE"
	stop.Addr, stop.InArena = s.report.Addr, true
	return 0, true
}

// Address implements target.Inspector: Stopped knew it.
func (s *session) Address(_ []uint64, stop *target.Stop) bool {
	stop.Code = map[string]byte{
		shadow.ClassUseAfterFree: 0xfd, shadow.ClassUseAfterScope: 0xf8, shadow.ClassOverflow: 0xfa,
	}[s.report.Class]
	return stop.Code != 0
}

// Life implements target.Inspector, for the region that was reported.
func (s *session) Life(uint64) (target.Life, bool) {
	a := s.Arena()
	c, alloc, free, ok := a.HostChunk(uintptr(s.report.Start))
	if !ok {
		return target.Life{}, false
	}
	l := target.Life{
		Type: mux.Types()[c.Kind].Name, Size: s.report.Region, Seq: int(c.Seq), Start: uint64(c.Addr),
		Where: s.report.Where, Offset: s.report.Offset,
		AllocOp: int(c.AllocOp), FreeOp: int(c.FreeOp), Alloc: s.Frames(alloc), Free: s.Frames(free),
	}
	if l.Where == "inside" {
		l.Field = a.FieldAt(c.Kind, uintptr(l.Offset))
	}
	return l, true
}

// Shadow implements target.Inspector. There is none.
func (s *session) Shadow(uint64) []string { return nil }

// Leaked implements target.Inspector: all that is live.
func (s *session) Leaked() []target.Leak {
	var ls []target.Leak
	s.Arena().EachLive(func(c shadow.Chunk) bool {
		_, alloc, _, _ := s.Arena().HostChunk(c.Addr)
		ls = append(ls, target.Leak{Life: target.Life{
			Type: mux.Types()[c.Kind].Name, Size: int(c.Size), Seq: int(c.Seq), Start: uint64(c.Addr),
			AllocOp: int(c.AllocOp), FreeOp: -1, Alloc: s.Frames(alloc),
		}})
		return true
	})
	return ls
}
