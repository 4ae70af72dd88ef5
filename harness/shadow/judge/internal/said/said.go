// Package said puts what is wrong with a run of the mux model into a form in
// which the checked twin and AddressSanitizer can be compared, and which goes
// over a pipe.
//
// It owns what is compared: the class, the signature, the access, the object,
// the op, what was live at the end, and the history as a number. It refuses to
// know who found it.
//
//	s := said.Of(exec.New(session), p, faults)
//	fmt.Println(s.Signature)
package said

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// A Job is a program to play, in text, with the faults that are on.
type Job struct {
	Program, Faults string
	Sabotage        Sabotage
}

// A Said is the first verdict on a run.
type Said struct {
	// Class is "" when nothing is wrong; then only Live and History are set.
	Class, Signature string
	// Op is the index of the op, and its text.
	Op     int
	OpText string
	// Access is "READ of 4", Place "4 inside 48-byte tasklet #9, field tid".
	// Both are "" for what is no access to memory.
	Access, Place string
	// Live says what was live when the first run ended, by type.
	Live string
	// History is a number for the outcome of every op of the first run.
	History uint64
	// Harness is what went wrong with the harness, if anything did.
	Harness string
}

// Of plays p and says what is wrong with it.
func Of(r *exec.Runner, p *program.Program, faults fault.Set) Said {
	h := r.Run(p, faults)
	s := Said{Live: live(h), History: hash(h)}
	if !oracle.Suspect(h) {
		return s
	}
	f, err := r.Explain(p, faults)
	if err != nil {
		s.Harness = err.Error()
		return s
	}
	if f == nil {
		return s
	}
	s.Class, s.Signature, s.Op = string(f.Verdict.Class), f.Signature(), f.Verdict.Op
	if s.Op >= 0 && s.Op < len(f.Program.Ops) {
		s.OpText = f.Program.Ops[s.Op].String()
	}
	if f.Verdict.Class == oracle.Leak {
		s.Signature, s.Op, s.OpText = "", 0, "" // of who points at whom; Live has what there is
	}
	s.access(&f.Stop, f.Object)
	return s
}

// access says what was accessed and where; o is nil when nothing is known.
func (s *Said) access(stop *target.Stop, o *target.Life) {
	switch stop.Kind {
	case target.StopTrap:
		s.Access = fmt.Sprintf("READ of %d", stop.Size)
		if stop.Write {
			s.Access = fmt.Sprintf("WRITE of %d", stop.Size)
		}
	case target.StopBadFree:
	default:
		return
	}
	if o != nil {
		s.Place = fmt.Sprintf("%d %s %d-byte %s #%d, field %s", o.Offset, o.Where, o.Size, o.Type, o.Seq, o.Field)
	}
}

func live(h *target.History) string {
	if len(h.Checks) == 0 {
		return ""
	}
	var s string
	for k, n := range h.Checks[len(h.Checks)-1].Audit.Live {
		if n != 0 {
			s += fmt.Sprintf("%d %s ", n, h.Names.Kind(k))
		}
	}
	return s
}

func hash(h *target.History) uint64 {
	f := fnv.New64a()
	for i, e := range h.Events {
		fmt.Fprint(f, h.Ops[i])
		_ = binary.Write(f, binary.LittleEndian, [2]uint32{uint32(e.Outcome), e.State})
	}
	return f.Sum64()
}
