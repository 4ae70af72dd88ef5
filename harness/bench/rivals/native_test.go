package rivals

import (
	"testing"

	"github.com/lastwake/lastwake/harness/program"
)

// FuzzRival is Go's own engine on the bytes of a program, as fuzz/mux has it,
// from an empty corpus.
func FuzzRival(f *testing.F) {
	c := newCell(f)
	if c == nil {
		f.Skip("no cell in the environment; package bench runs it")
	}
	p, r, lim := program.New(program.Mux), program.NewRand(1), program.Limits{Eras: c.eras}
	f.Fuzz(func(t *testing.T, data []byte) {
		program.DecodeInto(p, data)
		lim.SuitEra(r, &p.Header)
		if c.play(t, p) {
			t.Fatal("the cell is over")
		}
	})
}
