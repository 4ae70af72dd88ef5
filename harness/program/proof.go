package program

import (
	"fmt"
	"strings"
)

// A Proof says what [Minimize] established about its result.
type Proof struct {
	// Kept says that keep accepted the program that Minimize was given.
	Kept bool
	// Minimal says that keep rejected the result without each of its ops, and
	// with each of its values replaced by smaller ones.
	Minimal bool
	// Ops and Values count the candidates that this took: ops left out, and
	// smaller values.
	Ops, Values int
	// Sampled counts the values of which not all smaller ones were tried,
	// because they are further than MinimizeOptions.Exhaustive from their
	// default.
	Sampled int
	// Tried counts all calls of keep, Repeated the candidates whose answer was
	// known from an earlier call.
	Tried, Repeated int
	// Stop says why Minimize ended early: "budget" or "cancelled"; nothing if
	// it did not.
	Stop string
}

// String returns the proof in a sentence.
func (p Proof) String() string {
	var b strings.Builder
	switch {
	case !p.Kept:
		return "not minimised: the program given is not one to keep"
	case p.Minimal:
		fmt.Fprintf(&b, "1-minimal: no op can go (%d tried), no value get smaller (%d tried", p.Ops, p.Values)
		if p.Sampled > 0 {
			fmt.Fprintf(&b, ", of %d values a sample", p.Sampled)
		}
		b.WriteString(")")
	default:
		fmt.Fprintf(&b, "not proved minimal: stopped by %s", p.Stop)
	}
	fmt.Fprintf(&b, "; %d programs run", p.Tried)
	return b.String()
}

// prove tries to leave out each op and to make each value smaller. It reports
// whether nothing was kept and thus the program is 1-minimal; if something was
// kept, the program is better now and the proof begins anew.
func (m *minimizer) prove() bool {
	m.proof.Ops, m.proof.Values, m.proof.Sampled = 0, 0, 0
	for i := range m.best.Ops {
		m.proof.Ops++
		if m.without(i, i+1); m.try() {
			return false
		}
	}
	nothing := m.eachPlace(m.proveValue) && !m.renumberStreams()
	m.proof.Minimal = nothing && !m.stopped()
	return m.proof.Minimal
}

// proveValue reports whether no smaller value at w is kept.
func (m *minimizer) proveValue(w place) bool {
	d, v := m.best.describe(w), m.best.at(w)
	if v == d.Default {
		return true
	}
	kept := false
	all := eachSmaller(&d, v, m.opts.Exhaustive, func(c uint32) bool {
		m.proof.Values++
		kept = m.tryValue(w, c)
		return kept || m.stopped()
	})
	if !all {
		m.proof.Sampled++
	}
	return !kept && !m.stopped()
}
