package hunt_test

import (
	"testing"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/hunt"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target/model"
)

// A request on a connection to a server leads to the list that two frames of a
// client lead to as well: none of the ops stays, and neither does the side.
const longWay = `lastwake/1 mux era=3.5 side=back
peer.stop c0/s0
run.all
app.abort c0/s0
app.detach c0/s0
peer.stream c0/s0 data fin
`

const shortWay = `lastwake/1 mux era=3.2
peer.stream c0/s2 data
peer.stream c0/s2 data fin
`

func TestShrinkFindsAnotherWay(t *testing.T) {
	tests := []struct {
		name, want string
		cancel     func() bool
	}{
		{"by itself", shortWay, nil},
		{"the same again", shortWay, func() bool { return false }},
		{"cancelled", longWay, func() bool { return true }},
	}
	s, err := model.Mux{}.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := exec.New(s)
	p, err := program.Parse("long", []byte(longWay))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Explain(p, fault.Set{}.With(fault.HAPROXY_c7004be96))
	if f == nil || err != nil {
		t.Fatalf("the long way does not break the model: %v", err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			small, err := hunt.Shrink(model.Mux{}, r, f, hunt.ShrinkOptions{Tries: 100_000, Cancel: test.cancel})
			if err != nil {
				t.Fatal(err)
			}
			if got := small.Finding.Program.String(); got != test.want || small.Finding.Signature() != f.Signature() {
				t.Errorf("got %s with %s, want %s with %s", got, small.Finding.Signature(), test.want, f.Signature())
			}
		})
	}
}
