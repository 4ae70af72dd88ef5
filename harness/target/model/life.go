package model

import (
	"runtime"
	"strings"

	"github.com/lastwake/lastwake/harness/mux"
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

// module and ours are the beginnings of the full names of the model's
// functions; what the driver calls is where a stack of the model ends.
const (
	module = "github.com/lastwake/lastwake/"
	ours   = module + "harness/mux"
)

// Frames implements target.Inspector.
func (s *Session) Frames(pcs []uintptr) []target.Frame {
	var fs []target.Frame
	if len(pcs) == 0 {
		return nil
	}
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if driver(f.Function) {
			return fs
		}
		if strings.HasPrefix(f.Function, ours) {
			fs = append(fs, frameOf(f))
		}
		if !more {
			return fs
		}
	}
}

// driver reports whether a function is where the driver enters the model.
func driver(name string) bool {
	i := strings.LastIndex(name, ".(*World).")
	if i < 0 || !strings.HasPrefix(name, ours) {
		return false
	}
	switch name[i+len(".(*World)."):] {
	case "Step", "Next", "Reset":
		return true
	}
	return false
}

func frameOf(f runtime.Frame) target.Frame {
	r := target.Frame{Func: shortName(f.Function), GoFunc: f.Function, File: f.File, Line: f.Line}
	if i := strings.LastIndex(f.File, "harness/"); i >= 0 {
		r.File = f.File[i:]
	}
	if c, ok := mux.CFuncOf(f.Function); ok {
		r.Primitive = c.Primitive
		if c.C != "" {
			r.Func, r.CFile = c.C, c.File
		}
	}
	return r
}

// shortName is a function's name without the path of its package: "(*World).op".
func shortName(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	return name[strings.IndexByte(name, '.')+1:]
}
