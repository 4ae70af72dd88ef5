package memory

import (
	"runtime"
	"strings"

	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target"
)

// Life implements target.Inspector.
func (s *Session) Life(addr uint64) (target.Life, bool) {
	a := s.w.Arena()
	p := a.Describe(a.Base() + uintptr(addr))
	if p.Where == "" {
		return target.Life{}, false
	}
	l := s.life(p.Chunk)
	l.Where, l.Offset, l.Field = p.Where, int(p.Offset), p.Field
	return l, true
}

func (s *Session) life(c shadow.Chunk) target.Life {
	a := s.w.Arena()
	alloc, free := a.Stacks(c)
	return target.Life{
		Type: a.Describe(c.Addr).Type, Size: int(c.Size), Seq: int(c.Seq), Start: uint64(c.Addr - a.Base()),
		AllocOp: int(c.AllocOp), FreeOp: int(c.FreeOp), Alloc: s.Frames(alloc), Free: s.Frames(free),
	}
}

// Passed implements target.Nester.
func (s *Session) Passed() [][]target.Frame {
	var all [][]target.Frame
	for _, pcs := range s.w.Arena().Passed() {
		if fs := s.Frames(pcs); len(fs) > 0 {
			all = append(all, fs)
		}
	}
	return all
}

// Frames implements target.Inspector.
func (s *Session) Frames(pcs []uintptr) []target.Frame {
	var fs []target.Frame
	for _, pc := range pcs {
		p, ok := s.places[pc]
		if !ok {
			p = s.placeOf(pc)
			s.places[pc] = p
		}
		if p.driver {
			break
		}
		fs = append(fs, p.frames...)
	}
	return fs
}

// A place is what a program counter of a stack stands for.
type place struct {
	frames []target.Frame // none outside of the model
	driver bool
}

func (s *Session) placeOf(pc uintptr) place {
	var p place
	frames := runtime.CallersFrames([]uintptr{pc})
	for {
		f, more := frames.Next()
		if s.driver(f.Function) {
			p.driver = true
		} else if strings.HasPrefix(f.Function, s.kit.Package) {
			p.frames = append(p.frames, s.frameOf(f))
		}
		if !more {
			return p
		}
	}
}

// driver reports whether a function is where the driver enters the model.
func (s *Session) driver(name string) bool {
	i := strings.LastIndex(name, ".(*World).")
	if i < 0 || !strings.HasPrefix(name, s.kit.Package) {
		return false
	}
	switch name[i+len(".(*World)."):] {
	case "Step", "Next", "Reset":
		return true
	}
	return false
}

func (s *Session) frameOf(f runtime.Frame) target.Frame {
	r := target.Frame{Func: shortName(f.Function), GoFunc: f.Function, File: f.File, Line: f.Line}
	if i := strings.LastIndex(f.File, "harness/"); i >= 0 {
		r.File = f.File[i:]
	}
	if c, file, primitive, ok := s.kit.CFunc(f.Function); ok {
		r.Primitive = primitive
		if c != "" {
			r.Func, r.CFile = c, file
		}
	}
	return r
}

// shortName is a function's name without the path of its package: "(*World).op".
func shortName(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	return name[strings.IndexByte(name, '.')+1:]
}
