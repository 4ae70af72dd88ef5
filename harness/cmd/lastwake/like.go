package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/triage/like"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// likeFlag reads --like: the stack that programs are looked for that come to
// it, nil when the flag was not given.
func likeFlag(cmd *cobra.Command) (*like.Like, error) {
	name, _ := cmd.Flags().GetString("like")
	if name == "" {
		return nil, nil
	}
	t := &triager{cmd: cmd}
	data, rest, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer rest.Close()
	doc, err := trace.Read(name, strings.NewReader(string(data)), trace.Limits{})
	if err != nil {
		return nil, err
	}
	for i := range doc.Reports {
		if l := like.New(doc.Reports[i].Use, modelled); len(l.Frames)+len(l.Strange) > 0 {
			return &l, nil
		}
	}
	return nil, hintf("lastwake triage tells what is read in it", "%s: no stack in it", name)
}

// modelled reports whether the mux model models the C function.
func modelled(name string) bool {
	for _, f := range mux.CTable {
		if f.C != "" && trace.Name(f.C) == name {
			return true
		}
	}
	return false
}

// alike prints, after a hunt, the shortest program for each depth of the stack
// that it came to, and what of the stack the model does not have.
func (j *huntJob) alike() error {
	p := &page{}
	p.line("\nlike it, from the outermost function that the model has: %s", strings.Join(j.like.Frames, " > "))
	for _, s := range j.like.Strange {
		p.line("  no counterpart in the model: %s", s)
	}
	if len(j.like.Frames) > 0 {
		s, err := j.Target.NewSession()
		if err != nil {
			return err
		}
		defer s.Close()
		ctx, stop := interruptible()
		defer stop()
		reached, err := like.Shortest(exec.New(s), j.kept, j.Faults, *j.like, func() bool { return ctx.Err() != nil })
		if err != nil {
			return err
		}
		if len(reached) == 0 {
			p.line("  no program came to %s", j.like.Frames[0])
		}
		for _, x := range reached {
			p.line("\ndepth %d of %d, as far as %s, %d %s:", x.Depth, len(j.like.Frames), j.like.Frames[x.Depth-1], len(x.Program.Ops), plural(len(x.Program.Ops), "op"))
			x.Program.Notes = nil
			for line := range strings.Lines(x.Program.String()) {
				p.line("  %s", strings.TrimRight(line, "\n"))
			}
			p.line("reproduce: %s", strings.Replace(pipe(x.Program), "lastwake run", "lastwake explain", 1))
		}
	}
	_, err := fmt.Fprint(j.out, p.String())
	return err
}

// collect keeps the programs of the hunt for alike, beside what else happens
// to them.
func (j *huntJob) collect() {
	next := j.Keep
	j.Keep = func(ps []*program.Program) error {
		j.kept = append(j.kept, ps...)
		if next != nil {
			return next(ps)
		}
		return nil
	}
	j.kept = append(j.kept, j.Seeds...)
}
