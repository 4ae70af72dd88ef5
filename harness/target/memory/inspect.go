package memory

import (
	"errors"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// Names implements target.Inspector.
func (s *Session) Names() *target.Names { return s.kit.Names }

// Cov implements target.Inspector.
func (s *Session) Cov() []uint8 { return s.w.Cov() }

// SetMemory implements target.Inspector.
func (s *Session) SetMemory(m target.Memory, round int) {
	s.trace = m == target.Stacks || m == target.Shipped
	s.w.Arena().KeepStacks(m == target.Stacks)
	switch m {
	case target.Coded:
		if round == 0 {
			s.known = 0
		}
		s.mode = shadow.Coded(round + 1)
	case target.Shipped:
		s.mode = shadow.AsShipped
	case target.Pages:
		s.mode = shadow.Page
	default:
		s.mode = s.usual
	}
}

// Rounds implements target.Inspector.
func (s *Session) Rounds() int { return shadow.Rounds }

// Stopped implements target.Inspector.
func (s *Session) Stopped(v any, stop *target.Stop) (uint64, bool) {
	if err, ok := v.(error); ok && s.halted(err, stop) {
		return 0, true
	}
	t, _, ok := shadow.TrapOf(v)
	if !ok {
		return 0, false
	}
	stop.Size, stop.Write = uint8(min(t.Size, 255)), t.Write
	a := s.w.Arena()
	off := t.Addr - a.Base()
	inside := t.Known && off < shadow.Size
	switch e := v.(type) {
	case *shadow.BadFree:
		stop.Kind, stop.BadFree = target.StopBadFree, freeFault(e.Class)
	default:
		stop.Kind = target.StopTrap
		if t.Fault && !inside {
			stop.Kind, stop.Addr = target.StopSegv, uint64(t.Addr)
			stop.Null = t.Known && t.Addr < nullEnd
		}
	}
	if inside {
		stop.Addr, stop.InArena, s.known = uint64(off), true, t.Addr
	}
	return t.Word, true
}

// shadowRows is the number of rows above and below the one of an address.
const shadowRows = 5

// nullEnd bounds the addresses of fields of an object at null.
const nullEnd = 64 << 10

// halted describes the panics of the model itself and the end of its memory.
func (s *Session) halted(err error, stop *target.Stop) bool {
	var full *shadow.ArenaFull
	if errors.As(err, &full) {
		stop.Kind = target.StopFull
		return true
	}
	return s.kit.Halted(err, stop)
}

func freeFault(class string) target.FreeFault {
	switch class {
	case shadow.ClassDoubleFree:
		return target.FreeTwice
	case shadow.ClassMismatch:
		return target.FreeMismatch
	}
	return target.FreeNotBase
}

// Address implements target.Inspector.
func (s *Session) Address(words []uint64, stop *target.Stop) bool {
	a := s.w.Arena()
	addr := s.known
	if addr == 0 {
		var ok bool
		if addr, ok = a.Decode([shadow.Rounds]uint64(words), int(stop.Size)); !ok {
			return false
		}
	}
	stop.Addr, stop.InArena = uint64(addr-a.Base()), true
	stop.Code = code(a.Classify(addr))
	return stop.Code != 0
}

// code is the shadow byte behind a class.
func code(class string) byte {
	switch class {
	case shadow.ClassUseAfterFree:
		return 0xfd
	case shadow.ClassUseAfterScope:
		return 0xf8
	case shadow.ClassUninitialized:
		return 0x01
	case shadow.ClassUnmapped:
		return 0xf7
	case shadow.ClassOverflow:
		return 0xfa
	}
	return 0
}

// Shadow implements target.Inspector.
func (s *Session) Shadow(addr uint64) []string {
	a := s.w.Arena()
	return a.Rows(a.Base()+uintptr(addr), shadowRows)
}

// Events implements target.Inspector.
func (s *Session) Events(yield func(op int, text string) bool) { s.kit.Events(yield) }
