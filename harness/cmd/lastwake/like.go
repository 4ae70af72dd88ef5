package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/mux"
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
	var reached []like.Reached
	if len(j.like.Frames) > 0 {
		s, err := j.Target.NewSession()
		if err != nil {
			return err
		}
		defer s.Close() // nothing was written through it
		ctx, stop := interruptible()
		defer stop()
		if reached, err = j.search.Shortest(exec.New(s), func() bool { return ctx.Err() != nil }); err != nil {
			return err
		}
	}
	if j.json {
		return j.alikeLines(reached)
	}
	_, err := fmt.Fprint(j.out, j.alikeText(reached))
	return err
}

func (j *huntJob) alikeText(reached []like.Reached) string {
	p := &page{}
	of := len(j.like.Frames)
	if of > 0 {
		p.line("\nlike it, from the outermost function that the model has: %s", strings.Join(j.like.Frames, " > "))
	} else {
		p.line("\nlike it: the model has none of its functions")
	}
	for _, s := range j.like.Strange {
		p.line("  no counterpart in the model: %s", s)
	}
	for _, name := range j.missed(reached) {
		p.line("  not come to: %s", name)
	}
	for _, x := range reached {
		p.line("\ndepth %d of %d, %s, %d %s:", x.Depth, of, strings.Join(x.Functions, " > "), len(x.Program.Ops), plural(len(x.Program.Ops), "op"))
		x.Program.Notes = nil
		for line := range strings.Lines(x.Program.String()) {
			p.line("  %s", strings.TrimRight(line, "\n"))
		}
		p.line("reproduce: %s", strings.Replace(pipe(x.Program), "lastwake run", "lastwake explain", 1))
	}
	return p.String()
}

// missed are the functions that the deepest program does not come to in the
// nesting of the stack, outermost first.
func (j *huntJob) missed(reached []like.Reached) []string {
	if len(reached) == 0 {
		return j.like.Frames
	}
	var names []string
	left := reached[0].Functions
	for _, f := range j.like.Frames {
		if len(left) > 0 && left[0] == f {
			left = left[1:]
		} else {
			names = append(names, f)
		}
	}
	return names
}

// alikeLines prints the same as JSON: a line for the stack, and one for each
// depth.
func (j *huntJob) alikeLines(reached []like.Reached) error {
	err := j.line(struct {
		Type    string   `json:"type"`
		Frames  []string `json:"frames"`
		Strange []string `json:"no_counterpart"`
	}{"like", append([]string{}, j.like.Frames...), append([]string{}, j.like.Strange...)})
	for _, x := range reached {
		if err != nil {
			break
		}
		x.Program.Notes = nil
		err = j.line(struct {
			Type    string `json:"type"`
			Depth   int    `json:"depth"`
			Frame   string `json:"frame"` // the innermost
			Program string `json:"program"`
		}{"depth", x.Depth, x.Functions[len(x.Functions)-1], x.Program.String()})
	}
	return err
}
