package process

import (
	"fmt"
	"os"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/process"
)

// The variables that change what is fuzzed.
const (
	faultsVar = "LASTWAKE_FAULTS"
	seedsVar  = "LASTWAKE_SEEDS"
	knownVar  = "LASTWAKE_KNOWN"
)

// A player runs inputs on one session, one after the other.
type player struct {
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

// newPlayer returns a player as the environment wants it.
func newPlayer() (*player, error) {
	p := &player{prog: program.New(program.Process), excused: map[*corpus.Crash]uint64{}}
	var err error
	if p.faults, err = fault.Parse(os.Getenv(faultsVar)); err != nil {
		if u, ok := err.(*fault.UnknownError); ok {
			return nil, fmt.Errorf("%s: %w; %s", faultsVar, err, u.Hint())
		}
		return nil, fmt.Errorf("%s: %w", faultsVar, err)
	}
	if p.all, err = corpus.Embedded().Crashes(program.Process); err != nil {
		return nil, err
	}
	if !off(knownVar) {
		p.known = p.all
	}
	s, err := process.Process{}.NewSession()
	if err != nil {
		return nil, err
	}
	p.runner = exec.New(s)
	return p, nil
}

// off reports whether a variable says none, which is all it can say.
func off(name string) bool { return os.Getenv(name) == "none" }

// close gives back the player's memory.
func (p *player) close() error { return p.runner.Session().Close() }

// play runs the program that data stands for, any data, and returns what is
// wrong with it, nil for nothing, and the known crash that excuses it, nil for
// none. An error is a harness fault. As long as nothing is wrong it allocates
// nothing.
func (p *player) play(data []byte) (*exec.Finding, *corpus.Crash, error) {
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

// seeds returns the inputs to start from: the seeds and the known crashes.
func (p *player) seeds() ([][]byte, error) {
	if off(seedsVar) {
		return nil, nil
	}
	seeds, err := corpus.Embedded().Seeds(program.Process)
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
