package hunt

import (
	"io"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Options say what to hunt and for how long. Target is needed; of Programs,
// Ops and Budget the first to be used up ends the hunt, 0 is no limit. Without
// any, it goes on until its context is done.
type Options struct {
	Target target.Target
	Faults fault.Set
	Seed   uint64

	Programs uint64
	Ops      uint64 // executed ops in total, settle's included
	Budget   time.Duration

	// Workers is the number of goroutines that run programs; 0 means 1. It
	// changes nothing but the time.
	Workers int
	// MaxOps is the length to which programs grow; 0 means 64.
	MaxOps int

	// Eras is the set of values of the header's era to choose from, bit
	// 1<<value; 0 means those that the key's map has.
	Eras uint
	// Sides is the set of values of the header's side to choose from where the
	// era has both, bit 1<<value; 0 means both.
	Sides uint
	// NearMiss lets the conditions of the catalogue that lead to the faults
	// lead the search too: a program that meets more of them is mutated more.
	// Without it the search knows nothing about any fault.
	NearMiss bool
	// Lead, when not nil, is asked how near a program that is kept for a new
	// edge comes to some place, from 0 on, and leads the search there: the
	// nearer, the more it is mutated. It is called between epochs, in an order that does not
	// depend on Workers, and may play on r.
	Lead func(r *exec.Runner, p *program.Program) (int, error)
	// Maker, when not nil, makes what generates and mutates for a lane; by
	// default that is package program.
	Maker func() Maker
	// Until, when not nil, ends the hunt with the first finding for which it
	// is true: with its epoch, of whose other findings it is asked as well.
	Until func(*Found) bool
	// Survey makes a hunt in which a fault was on look at a part of its corpus
	// in the end, for Summary.Ladders, unless Until has ended it.
	Survey bool

	// Seeds are the programs to begin with; none means from nothing.
	Seeds []*program.Program
	// Keep, when not nil, is called at the end with all programs of the corpus,
	// the seeds aside.
	Keep func([]*program.Program) error
	// Crash, when not nil, is called with each finding as soon as it is
	// shrunk. It returns the name of the file that it wrote.
	Crash func(*Found) (string, error)
	// Known, when not nil, tells whether a signature is a known crash's.
	Known func(signature string) bool
	// Old, when not nil, returns the file in which a signature is written down
	// already, "" for none: such a finding is counted and not shrunk again.
	// Crash gets it with its File.
	Old func(signature string) string
	// Shrink bounds the programs run to shrink a finding; 0 means 100000,
	// below 0 not to shrink.
	Shrink int

	// Progress, when not nil, gets a line about the state of things that
	// overwrites itself.
	Progress io.Writer
	// Tick, when not nil, is called about every TickEvery with the summary so
	// far, after the corpus was given to Keep: a hunt that is killed loses no
	// more than that. Ladders are left out.
	Tick      func(*Summary) error
	TickEvery time.Duration
}

// Found is a finding of a hunt, with when its signature was seen first.
type Found struct {
	*exec.Finding
	// Fault is the fault that must be on for it; "" when none is needed or no
	// single one decides.
	Fault string
	// Known: the signature is a known crash's.
	Known bool
	// Minimal: no op can go and no operand get smaller. Tried counts the
	// programs run to find out, From is the number of ops it was shrunk from.
	Minimal     bool
	Tried, From int
	// Proof is all that was proved of its program.
	Proof program.Proof
	// File is where it was written.
	File string
	// Seconds, Programs and Ops say when the signature was seen first; Count
	// how many of the runs explained had it.
	Seconds  float64
	Programs uint64
	Ops      uint64
	Count    uint64
	// Runs counts all runs that broke in the same way, explained or not.
	Runs uint64
}

// A Summary is the result of a hunt. Its JSON form is a contract.
type Summary struct {
	Type     string        `json:"type"`
	Programs uint64        `json:"programs"`
	Ops      uint64        `json:"ops"`
	Seconds  float64       `json:"seconds"`
	Findings []FindingLine `json:"findings"`

	Seed uint64 `json:"seed"`
	// Corpus counts the programs kept, Edges and States what they cover.
	Corpus int `json:"corpus"`
	Edges  int `json:"edges"`
	States int `json:"states"`
	// Violations counts the runs that broke something.
	Violations uint64 `json:"violations"`

	// Ladders has an entry for each fault that was on.
	Ladders []Ladder `json:"ladders,omitempty"`

	Found []*Found `json:"-"`
}

// A FindingLine is a finding in a Summary.
type FindingLine struct {
	Signature string  `json:"signature"`
	Class     string  `json:"class"`
	Fault     string  `json:"fault"`
	Known     bool    `json:"known"`
	Seconds   float64 `json:"seconds"`
	Programs  uint64  `json:"programs"`
	Ops       uint64  `json:"ops"`
	Runs      uint64  `json:"runs,omitempty"`
	File      string  `json:"file"`
}

// Line is the finding as a Summary says it.
func (f *Found) Line() FindingLine {
	return FindingLine{Signature: f.Signature(), Class: string(f.Verdict.Class), Fault: f.Fault, Known: f.Known,
		Seconds: f.Seconds, Programs: f.Programs, Ops: f.Ops, Runs: f.Runs, File: f.File}
}
