package oracle

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/harness/target"
)

// The shadow bytes that a trap can show, as ASan names them.
const (
	codeUninit   = 0x01
	codeScope    = 0xf8
	codeFreed    = 0xfd
	codeUnmapped = 0xf7
)

// stopped is the verdict over a run that ended inside an op.
func stopped(h *target.History) Verdict {
	s := &h.Stop
	v := Verdict{Object: s.Object, Use: s.Use, Free: s.Free, Alloc: s.Alloc}
	switch s.Kind {
	case target.StopTrap:
		v.Class, v.Detail = trapClass(s), access(s)
	case target.StopSegv:
		v.Class, v.Detail = WildAccess, access(s)
		if s.Null {
			v.Class = NullDeref
		}
	case target.StopBadFree:
		v.Class = freeClass(s.BadFree)
	case target.StopUnmap:
		v.Class, v.Detail = WildUnmap, s.Cond
		if s.Refused {
			v.Class = FailedUnmap
		}
	case target.StopBug:
		v = Verdict{Class: BugOn, Invariant: bug(s), Caller: s.Caller, Detail: fmt.Sprintf("bug condition %q matched in %s", s.Cond, s.Func)}
	default:
		v = Verdict{Class: StepBudget, Invariant: s.Func, Detail: "the op does not end"}
	}
	return at(h, len(h.Ops)-1, len(h.Ops), v)
}

func trapClass(s *target.Stop) Class {
	switch s.Code {
	case codeFreed:
		return UseAfterFree
	case codeUnmapped:
		return UseAfterUnmap
	case codeScope:
		return UseAfterScope
	case codeUninit:
		return Uninitialized
	}
	return BufferOverflow
}

func freeClass(f target.FreeFault) Class {
	switch f {
	case target.FreeTwice:
		return DoubleFree
	case target.FreeMismatch:
		return Mismatch
	}
	return BadFree
}

func access(s *target.Stop) string {
	kind := "READ"
	if s.Write {
		kind = "WRITE"
	}
	t := fmt.Sprintf("%s of size %d", kind, s.Size)
	if s.Field != "" {
		t += " of " + s.Object + "." + s.Field
	}
	return t
}

// bug names a BUG_ON without a line: the function and its condition.
func bug(s *target.Stop) string {
	if s.Func == "" {
		return s.Cond
	}
	return s.Func + ": " + s.Cond
}

// pointer is the type of the live object that has an edge: edges are called
// "quic_conn.subs".
func pointer(edge string) string {
	owner, _, _ := strings.Cut(edge, ".")
	return owner
}
