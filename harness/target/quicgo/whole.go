package quicgo

import (
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Whole has the methods of a target.Session that a target.Player does not
// play: whoever can use a Player does not call them.
type Whole struct{}

// Reset implements target.Session.
func (Whole) Reset(*program.Header, fault.Set) { panic(wholeOnly) }

// Step implements target.Session.
func (Whole) Step(program.Op) target.Event { panic(wholeOnly) }

// Next implements target.Session.
func (Whole) Next(target.Phase) (program.Op, bool) { panic(wholeOnly) }

// Audit implements target.Session.
func (Whole) Audit(*target.Audit) { panic(wholeOnly) }

// sampled is how many programs there are to one whose memory is judged, where
// not all of them are.
const sampled = 128

// Sampled reports whether p is one of those whose memory is judged all the same
// where it is judged of a sample.
func Sampled(p *program.Program) bool { return p.Hash()[0]%sampled == 0 }

const wholeOnly = "quicgo plays whole programs: use target.Player"
