package bench

import (
	"context"
	"fmt"
	"slices"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
)

// A Cell is one run: a method looks for one fault, from nothing, with one seed
// and a budget of executed ops.
type Cell struct {
	Method string `json:"method"`
	Fault  string `json:"fault"`
	Seed   uint64 `json:"seed"`
	Budget uint64 `json:"budget"`
}

// A Result is what came of a cell. Its JSON form is a line of the file of
// results.
type Result struct {
	Cell
	// Found: a finding bore a signature of the fault, Signature, after so many
	// ops, programs and seconds. Otherwise these are what was spent.
	Found     bool    `json:"found"`
	Signature string  `json:"signature,omitempty"`
	Ops       uint64  `json:"ops"`
	Programs  uint64  `json:"programs"`
	Seconds   float64 `json:"seconds"`
	// Length is the ops of the finding's shrunk program, 0 if it was not shrunk.
	Length int `json:"length,omitempty"`
	// Executed is what the cell executed in all, and Spent the seconds it took:
	// an epoch is run to its end.
	Executed uint64  `json:"executed"`
	Spent    float64 `json:"spent"`
	// Foreign are findings whose signature is no fault's that was on. Variants
	// are those among them that go when this one fault is switched off: what it
	// leads to besides, often under a signature that another fault has too.
	Foreign  []string `json:"foreign,omitempty"`
	Variants []string `json:"variants,omitempty"`
	// Ladder says how far the search came, where the method knows.
	Ladder *hunt.Ladder `json:"ladder,omitempty"`
	// Build is the program that ran the cell.
	Build string `json:"build"`
}

// A Method looks for the fault of a cell.
type Method struct {
	Name string
	// About says in a line what it does.
	About string
	// run fills in the result of a cell; on are the faults, eras the set
	// of values of the header's era, bit 1<<value, 0 for the default one.
	run func(ctx context.Context, b *Bench, c Cell, on fault.Set, eras uint) (Result, error)
	// child: the method runs in a process of its own, which has to be built.
	child bool
}

// methods are what there is, in the order of the table.
var methods = []Method{
	{Name: "hunt", About: "the search of lastwake hunt", run: runHunt(hunt.Options{})},
	{Name: "guided", About: "the same with --guide near-miss", run: runHunt(hunt.Options{NearMiss: true})},
	{Name: "uniform", About: "uniformly random ops, no coverage", run: runUniform},
	{Name: "bytes", About: "the same search, but bytes are mutated without knowing what an op is", run: runHunt(hunt.Options{Maker: newHavoc})},
	{Name: "native", About: "go test -fuzz, one worker", run: runChild, child: true},
	{Name: "rapid", About: "a state machine of pgregory.net/rapid, no coverage", run: runChild, child: true},
}

// Methods returns what can be compared, in the order of the table.
func Methods() []Method { return slices.Clone(methods) }

// MethodOf returns the method called name.
func MethodOf(name string) (Method, bool) {
	i := slices.IndexFunc(methods, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return Method{}, false
	}
	return methods[i], true
}

// On is the set with which a fault is looked for: itself, and what it needs
// on, and what that needs.
func On(f *fault.Fault) fault.Set {
	var on fault.Set
	var add func(id fault.ID)
	add = func(id fault.ID) {
		if on.Has(id) {
			return
		}
		on = on.With(id)
		for _, needed := range id.Fault().Requires {
			add(needed)
		}
	}
	add(f.ID)
	return on
}

// Eras is the set of values of the header's era in which a fault can show, bit
// 1<<value; 0 for the default one.
func Eras(f *fault.Fault) uint {
	eras := uint(0)
	if len(f.Eras) > 0 {
		for i, name := range program.Keys(f.Model)[program.KeyEra].Values {
			if f.In(name) {
				eras |= 1 << i
			}
		}
	}
	return eras
}

// note files a finding, which needs the fault called attributed, and reports
// whether it bears a signature of the fault that is looked for.
func (r *Result) note(on fault.Set, signature, attributed string) bool {
	owner, ok := fault.Match(signature)
	switch {
	case ok && owner.Name == r.Fault:
		return true
	case ok && on.Has(owner.ID):
	case attributed == r.Fault:
		r.Variants = append(r.Variants, signature)
	default:
		r.Foreign = append(r.Foreign, signature)
	}
	return false
}

// long reports whether the shrunk program is longer than one that shows the
// fault may be.
func (r *Result) long() bool {
	f, ok := fault.Lookup(r.Fault)
	return ok && r.Length > f.Longest()
}

func (c Cell) String() string { return fmt.Sprintf("%s %s seed %d", c.Method, c.Fault, c.Seed) }
