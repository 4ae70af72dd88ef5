package hunt

import "github.com/lastwake/lastwake/harness/program"

// A Maker makes the programs of a lane: from nothing, and from others. What it
// makes follows from r and its arguments alone; it may keep memory to work in.
type Maker interface {
	Generate(r *program.Rand, dst *program.Program, lim program.Limits)
	Mutate(r *program.Rand, p, other *program.Program, lim program.Limits)
}

// aware is the usual Maker: it knows the op table.
type aware struct{}

func (aware) Generate(r *program.Rand, dst *program.Program, lim program.Limits) {
	program.Generate(r, dst, lim)
}

func (aware) Mutate(r *program.Rand, p, other *program.Program, lim program.Limits) {
	program.Mutate(r, p, other, lim)
}
