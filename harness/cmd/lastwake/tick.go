package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/reports"
)

// tickAlong makes a hunt print what it has every --tick, look into a sample of
// what it keeps, and leave alone what is written down already.
func (j *huntJob) tickAlong() error {
	s, err := j.Target.NewSession()
	if err != nil {
		return err
	}
	j.sample = &census{runner: exec.New(s), faults: j.Faults, Census: []reports.CensusCount{}}
	if keep := j.Keep; keep != nil {
		j.Keep = func(ps []*program.Program) error {
			j.sample.see(ps)
			return keep(ps)
		}
	}
	j.Tick = func(sum *hunt.Summary) error {
		j.sample.take()
		line := ticked{sum, j.sample}
		was := sum.Type
		defer func() { sum.Type = was }()
		sum.Type = "progress"
		return j.line(line)
	}
	old, err := written(j.crashes)
	if err != nil {
		return err
	}
	excuse := os.Getenv("LASTWAKE_KNOWN") != "none"
	j.Old = func(signature string) string {
		if c, ok := corpus.Excused(j.known, signature, j.Faults); ok && excuse {
			return c.File
		}
		return old[signature]
	}
	return nil
}

// written are the crash files of a folder, by signature. One that is broken is
// none.
func written(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	bySignature := map[string]string{}
	for _, name := range files {
		if f, err := corpus.ReadFile(name); err == nil && f.Crash != nil && !strings.HasPrefix(filepath.Base(name), ".") {
			bySignature[f.Crash.Signature] = filepath.ToSlash(name)
		}
	}
	return bySignature, err
}

// ticked is a summary with what is known of objects.
type ticked struct {
	*hunt.Summary
	*census
}

// sampleEvery is how many programs are looked into at a tick.
const sampleEvery = 8

// A census counts objects in a sample of programs.
type census struct {
	runner *exec.Runner
	faults fault.Set
	fresh  []*program.Program // some of those kept since the last tick
	had    int                // how many were kept then

	Sampled int                   `json:"sampled"`
	Census  []reports.CensusCount `json:"census"`
}

// see hears of the programs that are kept, the new ones last.
func (c *census) see(ps []*program.Program) {
	for i := max(min(c.had, len(ps)), len(ps)-sampleEvery); i < len(ps); i++ {
		c.fresh = append(c.fresh, ps[i])
	}
	c.had = len(ps)
}

// take looks into the newest programs.
func (c *census) take() {
	for _, p := range c.fresh {
		lives := c.runner.Census(p, c.faults)
		if len(lives) == 0 {
			continue
		}
		c.Sampled++
		for _, l := range lives {
			c.count(l)
		}
	}
	c.fresh = c.fresh[:0]
}

func (c *census) count(l target.Life) {
	i := slices.IndexFunc(c.Census, func(o reports.CensusCount) bool { return o.Object == l.Type })
	if i < 0 {
		i = len(c.Census)
		c.Census = append(c.Census, reports.CensusCount{Object: l.Type})
	}
	c.Census[i].Made++
	if l.FreeOp >= 0 {
		c.Census[i].Freed++
	} else {
		c.Census[i].Live++
	}
}

// close gives back what the sample was played on.
func (c *census) close() error {
	c.take()
	return c.runner.Session().Close()
}
