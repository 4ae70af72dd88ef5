package triage

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/reports"
)

// NewRecord returns everything that is known of f as a Record. What f does not
// know is left to the caller: Known, File, Proof, AsShipped, Reproduce.
func NewRecord(f *exec.Finding) *reports.Record {
	v := &f.Verdict
	r := &reports.Record{
		Version: reports.Version, Target: f.Program.Header.Target, Class: string(v.Class), Signature: v.Signature(),
		Faults: FaultNames(f.Faults), Invariant: v.Invariant, Detail: v.Detail, Victims: f.Stop.Victims,
		On: f.Played.On, Rules: f.Played.Rules, More: f.Extra,
		Object: reports.Object{Type: v.Object}, ShadowRows: f.Shadow, Program: Program(f).String(), History: history(f),
	}
	if f.Stop.Kind == target.StopBug {
		r.Cond = f.Stop.Cond
	}
	for _, o := range f.Others {
		r.Also = append(r.Also, o.Signature())
	}
	r.Title = title(v)
	if known, ok := fault.Match(r.Signature); ok {
		r.Fault, r.Title, r.NearMisses = reports.RefOf(known), known.Title, nearMisses(known, f)
	}
	r.Access = access(f)
	r.Use = moment(f, v.Op, v.Use, f.Use)
	if o := f.Object; o != nil {
		r.Object.Type, r.Object.Seq, r.Object.Size = o.Type, o.Seq, o.Size
		r.Alloc = moment(f, o.AllocOp, target.Place(o.Alloc), o.Alloc)
		if o.FreeOp >= 0 {
			r.Free = moment(f, o.FreeOp, target.Place(o.Free), o.Free)
		}
	}
	if l := f.Leak; l != nil {
		r.Object.Count = 1
		if l.Owner.Type != "" {
			r.Object.Owner = l.Owner.Type + "." + l.Owner.Field
			r.Free = moment(f, l.Owner.FreeOp, target.Place(l.Owner.Free), l.Owner.Free)
		}
	}
	return r
}

// Program returns f's program with f's faults in its header, as a file keeps
// it.
func Program(f *exec.Finding) *program.Program {
	p := f.Program.Clone()
	p.Header.Faults = FaultNames(f.Faults)
	return p
}

// FaultNames returns the names of the faults that are on, in the order of the
// catalogue; never nil.
func FaultNames(s fault.Set) []string {
	names := []string{}
	for _, f := range fault.All() {
		if s.Has(f.ID) {
			names = append(names, f.Name)
		}
	}
	return names
}

// NewCrash returns f as a file of the corpus, with rec as its report.
func NewCrash(f *exec.Finding, faultName string, rec *reports.Record) (*corpus.Crash, error) {
	var text bytes.Buffer
	if err := reports.Text(&text, rec); err != nil {
		return nil, fmt.Errorf("report of %s: %w", rec.Signature, err)
	}
	c := corpus.NewCrash(rec.Title, rec.Signature, Program(f), text.String())
	c.Fault = faultName
	return c, nil
}

// title says in one sentence what went wrong, for a finding that no fault of
// the catalogue explains.
func title(v *oracle.Verdict) string {
	object := v.Object
	if object == "" {
		object = "memory"
	}
	switch v.Class {
	case oracle.UseAfterFree:
		return fmt.Sprintf("%s uses a %s that %s has freed", v.Use, object, v.Free)
	case oracle.DoubleFree:
		return fmt.Sprintf("%s frees a %s that %s has freed", v.Use, object, v.Free)
	case oracle.Leak:
		if v.Alloc == "" {
			break
		}
		return fmt.Sprintf("a %s made by %s is never freed", object, v.Alloc)
	case oracle.Uninitialized:
		return fmt.Sprintf("%s reads a field of a %s that nobody has set", v.Use, object)
	case oracle.NullDeref:
		return v.Use + " follows a null pointer"
	case oracle.WildAccess:
		return v.Use + " follows a wild pointer"
	}
	if v.Detail != "" && v.Use == "" {
		return v.Detail
	}
	return strings.TrimSpace(fmt.Sprintf("%s of a %s in %s", v.Class, object, v.Use))
}

// nearMisses tells which op met each condition that leads to the fault.
func nearMisses(known fault.Fault, f *exec.Finding) []reports.NearMiss {
	var ms []reports.NearMiss
	for _, n := range known.NearMisses {
		met := func(l exec.Line) bool {
			return slices.ContainsFunc(l.Events, func(e string) bool { return strings.Contains(e, n.Event) })
		}
		ms = append(ms, reports.NearMiss{Name: n.Name, Op: slices.IndexFunc(f.Lines, met)})
	}
	return ms
}

func access(f *exec.Finding) *reports.Access {
	s := &f.Stop
	a := &reports.Access{Kind: reports.Read, Size: int(s.Size), Addr: reports.Addr(s.Addr), Outside: !s.InArena}
	switch s.Kind {
	case target.StopBadFree:
		a.Kind, a.Size = reports.Freed, 0
	case target.StopTrap, target.StopSegv:
		if s.Write {
			a.Kind = reports.Write
		}
	default:
		return nil
	}
	if o := f.Object; o != nil {
		a.Field, a.Where, a.Offset, a.Region = o.Field, o.Where, o.Offset, o.Size
	}
	return a
}

// moment is what happened in op, on this stack.
func moment(f *exec.Finding, op int, fn string, stack []target.Frame) *reports.Moment {
	m := &reports.Moment{Op: op, Func: fn}
	if op >= 0 && op < len(f.Lines) {
		m.Text = f.Lines[op].Op.String()
	}
	for _, x := range stack {
		m.Stack = append(m.Stack, reports.Frame{Func: x.Func, GoFunc: x.GoFunc, File: x.File, Line: x.Line, Primitive: x.Primitive})
	}
	return m
}

func history(f *exec.Finding) []reports.OpLine {
	var ls []reports.OpLine
	for i := range f.Lines {
		l := &f.Lines[i]
		o := reports.OpLine{Text: l.Op.String(), Outcome: l.Outcome.String(), Settle: l.Settle, Events: l.Events}
		if l.Stopped {
			o.Outcome = "stopped"
		}
		for _, n := range l.Live {
			o.Live = append(o.Live, reports.Count{Type: n.Type, Count: n.Count})
		}
		ls = append(ls, o)
	}
	return ls
}

// Lanes returns the lives of all objects of f's run, which is run again; those
// that the set-up freed itself are left out.
func Lanes(r *exec.Runner, f *exec.Finding) ([]reports.Lane, error) {
	lives, err := r.Lives(f)
	if err != nil {
		return nil, err
	}
	var lanes []reports.Lane
	for _, l := range lives {
		if l.FreeOp < 0 && len(l.Free) > 0 {
			continue
		}
		lanes = append(lanes, reports.Lane{Type: l.Type, Seq: l.Seq, Size: l.Size, Alloc: l.AllocOp, Free: l.FreeOp,
			By: target.Place(l.Alloc), FreedBy: target.Place(l.Free)})
	}
	return lanes, nil
}
