package program

import (
	"testing"

	"github.com/lastwake/lastwake/harness/program"
)

// texts are seeds: one of each kind of line, and of each kind of flaw.
var texts = []string{
	"lastwake/1 mux app=hq bufs=1 faults=HAPROXY-bd384a359\nnet.block c0\npeer.stream c0/s0 headers fin\nrun.timer c0 mux\n",
	"lastwake/1 mux # note\r\n\r\n# note\r\nnet.ack c0/p3 upto # note\r\ntime.pass ms=1 !alloc=2",
	"lastwake/1 quicgo start=closed client=0\nnet.open c1\nrun.all\nnet.lose c1/p1048575\n",
	"lastwake/2 mux\n",
	"lastwake/1 mux\npeer.strem c0/s0\n",
	"lastwake/1 mux\napp.send c0/s99999999 len=\n",
	"lastwake/1 mux\nrun.mux c0 !alloc=0\n# \xff\n",
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 0xfd})
	for _, text := range texts {
		if p, err := program.Parse("", []byte(text)); err == nil {
			f.Add(program.Encode(p))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := checkBytes(data); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := checkText(text); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzMinimize(f *testing.F) {
	r, p := program.NewRand(1), program.New(program.Mux)
	for salt := range uint64(20) {
		program.Generate(r, p, program.Limits{Ops: 12})
		f.Add(program.Encode(p), salt)
	}
	f.Fuzz(func(t *testing.T, data []byte, salt uint64) {
		if err := checkMinimize(data[:min(len(data), 512)], salt); err != nil {
			t.Fatal(err)
		}
	})
}

// The entry for other engines must find what the native ones find, and must
// tell inputs with ops from those without.
func TestFuzzRatesInputs(t *testing.T) {
	if Fuzz(nil) != 0 || Fuzz([]byte(texts[0])) != 1 {
		t.Error("an input is rated by its ops")
	}
}
