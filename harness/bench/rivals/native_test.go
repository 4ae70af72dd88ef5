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
	p := program.New(program.Mux)
	f.Fuzz(func(t *testing.T, data []byte) {
		program.DecodeInto(p, data)
		if len(c.eras) > 0 && len(data) > 0 {
			p.Header.Set[program.KeyEra] = c.eras[int(data[0])%len(c.eras)]
		}
		if c.play(t, p) {
			t.Fatal("the cell is over")
		}
	})
}
