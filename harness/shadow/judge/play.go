package judge

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/lastwake/lastwake/harness/shadow"
)

// A Judged is a verdict of the shadow, with the address that it is about.
type Judged struct {
	Verdict
	// Addr is the first refused byte, an absolute address; Start is that of
	// the object nearest to it.
	Addr, Start uint64
	// Seq is the object's number in order of allocation.
	Seq uint32
}

// A Run resets a world to a mode and plays one program on it.
type Run func(shadow.Mode)

// Play has a program run in mode Sanitize as often as it takes to say what is
// wrong with it. What is live at its end has leaked.
func Play(a *shadow.Arena, run Run) (Judged, error) {
	p := player{a, run}
	s := p.once(shadow.Sanitize)
	if s == nil {
		return Judged{Verdict: p.left()}, nil
	}
	return p.stopped(s)
}

type player struct {
	a   *shadow.Arena
	run Run
}

// A stop is why a run ended early.
type stop struct {
	value any
	trap  shadow.Trap
	ok    bool // it was a refused access
}

func (p *player) once(m shadow.Mode) (s *stop) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			s = &stop{value: r}
			s.trap, _, s.ok = shadow.TrapOf(r)
		}
	}()
	p.run(m)
	return nil
}

func (p *player) left() (v Verdict) {
	p.a.EachLive(func(c shadow.Chunk) bool {
		v.Class = "leak"
		v.Objects++
		v.Bytes += int(c.Size)
		return true
	})
	return v
}

// stopped turns the end of a run into a verdict.
func (p *player) stopped(s *stop) (Judged, error) {
	if !s.ok {
		return Judged{}, fmt.Errorf("the run ended with %v", s.value)
	}
	var j Judged
	j.Size = s.trap.Size
	if s.trap.Size != 0 {
		j.Access = "READ"
		if s.trap.Write {
			j.Access = "WRITE"
		}
	}
	var bad *shadow.BadFree
	if err, ok := s.value.(error); ok && errors.As(err, &bad) {
		j.Class = bad.Class
		j.describe(p.a, bad.Addr)
		return j, nil
	}
	addr, ok := p.a.Locate(s.trap, func(m shadow.Mode) (shadow.Trap, bool) {
		u := p.once(m)
		if u == nil {
			return shadow.Trap{}, false
		}
		return u.trap, u.ok
	})
	if !ok {
		return j, fmt.Errorf("the address of %+v cannot be told", s.trap)
	}
	if p.once(shadow.Sanitize) == nil {
		return j, errors.New("the violation is gone in a replay")
	}
	j.Class = p.a.Classify(addr)
	j.describe(p.a, addr)
	return j, nil
}

// describe says where addr is. What is neither in an object nor close to one
// has no place.
func (j *Judged) describe(a *shadow.Arena, addr uintptr) {
	j.Addr = uint64(addr)
	if addr-a.Base() >= shadow.Size {
		return
	}
	at := a.Describe(addr)
	j.Where, j.Offset, j.Region = at.Where, int(at.Offset), int(at.Chunk.Size)
	j.Start, j.Seq = uint64(at.Chunk.Addr), at.Chunk.Seq
	if j.Class == shadow.ClassOverflow {
		j.Class = overflowOf(at.Chunk)
	}
}

// classStack is what AddressSanitizer calls an overflow of a variable. The
// arena's word for it is that of the heap: it keeps both in one place.
const classStack = "stack-buffer-overflow"

// PlayPages has a program of the plain model run in mode Page and says what
// the memory management unit, which knows pages only, makes of it.
func PlayPages(a *shadow.Arena, run Run) (Verdict, error) {
	p := player{a, run}
	s := p.once(shadow.Page)
	if s == nil {
		return None, nil
	}
	if !s.ok || !s.trap.Known {
		return None, fmt.Errorf("the run ended with %v", s.value)
	}
	j := Judged{Verdict: Verdict{Class: a.Classify(s.trap.Addr)}}
	var bad *shadow.BadFree
	if err, ok := s.value.(error); ok && errors.As(err, &bad) {
		j.Class = bad.Class
	}
	j.describe(a, s.trap.Addr)
	return j.Verdict, nil
}

// PlayShipped has a program run as a production build would, and returns how
// it ended in words: "" when it came to its end.
func PlayShipped(a *shadow.Arena, run Run) string {
	p := player{a, run}
	s := p.once(shadow.AsShipped)
	if s == nil {
		return ""
	}
	return fmt.Sprint(s.value)
}
