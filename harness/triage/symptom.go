package triage

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/reports"
)

// maxSymptoms bounds the ways to die that are told.
const maxSymptoms = 4

// Symptoms runs f, a wrong unmap, to its symptom: the kernel does with the call
// what it does, nobody looks at the result, and the process goes on to the
// unsetenv that comes next in main. It does so under both kernels' policies and
// with the heap moved to each position of a page, and returns each way in which
// that ends once, with the first setting that leads to it.
func Symptoms(t target.Target, f *exec.Finding) ([]reports.Consequence, error) {
	s, err := t.NewSession()
	if err != nil {
		return nil, err
	}
	defer s.Close() // nothing was written through it
	r := exec.New(s)
	var all []reports.Consequence
	seen := map[string]bool{}
	for _, setting := range symptomSettings(f.Program) {
		run := *f
		run.Program = setting.prog
		v, err := r.Ship(&run)
		if err != nil {
			return nil, err
		}
		c := symptom(v)
		key := c.Outcome
		if seen[key] || len(all) == maxSymptoms {
			continue
		}
		seen[key] = true
		c.Setting = setting.text
		all = append(all, c)
	}
	return all, nil
}

// A symptomSetting is a program, and what was chosen for it.
type symptomSetting struct {
	prog *program.Program
	text string
}

// pageSteps are the positions of an allocation in a page that a heap has, and
// stepBytes how far apart they are.
const pageSteps, stepBytes = 16, 16

// symptomSettings are the ways to run p: as it stands, then with the heap moved
// on, under each kernel.
func symptomSettings(p *program.Program) []symptomSetting {
	var all []symptomSetting
	for _, kernel := range []uint32{program.MunmapLinux, program.MunmapBSD} {
		for i := range uint32(pageSteps) {
			q := p.Clone()
			q.Header.Set[program.KeyMunmap] = kernel
			pad := q.Header.Set[program.KeyPad]
			q.Header.Set[program.KeyPad] = (pad + i*stepBytes) % (pageSteps * stepBytes)
			q.Ops = append(q.Ops, program.Op{Verb: program.EnvUnset, Arg: [program.MaxOperands]uint32{program.EnvName: program.NameReexec}})
			name := [...]string{program.MunmapLinux: "linux", program.MunmapBSD: "bsd"}[kernel]
			all = append(all, symptomSetting{q, fmt.Sprintf("munmap=%s pad=%d", name, q.Header.Set[program.KeyPad])})
		}
	}
	return all
}

// symptom says how a run to the symptom ended.
func symptom(v *exec.Shipped) reports.Consequence {
	c := reports.Consequence{Base: reports.Addr(v.Base), Outcome: "silent", Text: "the run goes on as if nothing had happened"}
	if v.Silent {
		return c
	}
	for _, x := range v.Use {
		if x.CFile != "" { // what has no counterpart in C is the model's own
			c.Stack = append(c.Stack, reports.Frame{Func: x.Func, GoFunc: x.GoFunc, File: x.File, Line: x.Line, Primitive: x.Primitive})
		}
	}
	c.Outcome, c.Text = "dies", fmt.Sprintf("a read of unmapped memory in op %d", v.Op)
	if len(c.Stack) > 0 {
		c.Outcome = "dies in " + c.Stack[0].Func
	}
	if len(c.Stack) > 0 && c.Stack[0].Primitive {
		c.Outcome += ", called by " + v.Stop.Use
	}
	return c
}
