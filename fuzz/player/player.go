package player

import (
	"fmt"
	"os"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// The variables that change what is fuzzed.
const (
	faultsVar = "LASTWAKE_FAULTS"
	seedsVar  = "LASTWAKE_SEEDS"
	knownVar  = "LASTWAKE_KNOWN"
)

// A Player runs inputs on one session of a target, one after the other.
type Player struct {
	target string // its name, and its folder in the corpus
	pkg    string // the package that is fuzzed, as go test takes it
	runner *exec.Runner
	prog   *program.Program
	faults fault.Set
	// all are the known crashes, known those that may excuse.
	all, known []*corpus.Crash
	// programs and ops count what was run. An op that could not be played does
	// not count; settle's do.
	programs, ops uint64
	// excused counts findings by the known crash that excuses them.
	excused map[*corpus.Crash]uint64
}

// New returns a player for t as the environment wants it. pkg is the package
// that is fuzzed, as go test takes it: "./fuzz/mux".
func New(t target.Target, pkg string) (*Player, error) {
	p := &Player{target: t.Name(), pkg: pkg, prog: program.New(t.Name()), excused: map[*corpus.Crash]uint64{}}
	var err error
	if p.faults, err = fault.Parse(os.Getenv(faultsVar)); err != nil {
		if u, ok := err.(*fault.UnknownError); ok {
			return nil, fmt.Errorf("%s: %w; %s", faultsVar, err, u.Hint())
		}
		return nil, fmt.Errorf("%s: %w", faultsVar, err)
	}
	if p.all, err = corpus.Embedded().Crashes(p.target); err != nil {
		return nil, err
	}
	if !off(knownVar) {
		p.known = p.all
	}
	s, err := t.NewSession()
	if err != nil {
		return nil, err
	}
	p.runner = exec.New(s)
	return p, nil
}

// off reports whether a variable says none, which is all it can say.
func off(name string) bool { return os.Getenv(name) == "none" }

// Close gives back the player's memory.
func (p *Player) Close() error { return p.runner.Session().Close() }

// Play runs the program that data stands for, any data, and returns what is
// wrong with it, nil for nothing, and the known crash that excuses it, nil for
// none. An error is a harness fault. As long as nothing is wrong it allocates
// nothing.
func (p *Player) Play(data []byte) (*exec.Finding, *corpus.Crash, error) {
	program.DecodeInto(p.prog, data)
	h := p.runner.Run(p.prog, p.faults)
	p.programs++
	for i := range h.Events {
		if h.Events[i].Outcome == program.Done {
			p.ops++
		}
	}
	if !oracle.Suspect(h) {
		return nil, nil, nil
	}
	f, err := p.runner.Explain(p.prog, p.faults)
	if err != nil || f == nil {
		return nil, nil, err
	}
	c, ok := corpus.Excused(p.known, f.Signature(), p.faults)
	if ok {
		p.excused[c]++
	}
	return f, c, nil
}

// Program is the one that was played last.
func (p *Player) Program() *program.Program { return p.prog }

// Seeds returns the inputs to start from: the seeds and the known crashes.
func (p *Player) Seeds() ([][]byte, error) {
	if off(seedsVar) {
		return nil, nil
	}
	seeds, err := corpus.Embedded().Seeds(p.target)
	if err != nil {
		return nil, err
	}
	var inputs [][]byte
	for _, s := range seeds {
		inputs = append(inputs, program.Encode(s.Program))
	}
	for _, c := range p.all {
		inputs = append(inputs, c.Data)
	}
	return inputs, nil
}
