package bench

import (
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// The ten are spread over the depths: one of each tenth, the middle one.
func TestDeciles(t *testing.T) {
	var all []Depth
	for _, f := range fault.All() {
		if f.Model == program.Mux && len(all) < 40 {
			all = append(all, Depth{f.Name, uint64(1000 - len(all))}) // the later the shallower
		}
	}
	got := Deciles(all).String()
	var want fault.Set
	for i := range tenths {
		f, _ := fault.Lookup(all[len(all)-1-(4*i+2)].Fault)
		want = want.With(f.ID)
	}
	if got != want.String() {
		t.Errorf("got %s, want %s", got, want)
	}
	for i := range all {
		all[i].Mean = 7 // nothing was found: the order of the catalogue
	}
	f, _ := fault.Lookup(all[2].Fault)
	if ten := Deciles(all); !ten.Has(f.ID) || len(strings.Split(ten.String(), ",")) != tenths {
		t.Errorf("of one depth: %s", ten)
	}
}

// The committed depths give ten faults of the mux.
func TestTen(t *testing.T) {
	ten, err := Ten()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range fault.All() {
		if ten.Has(f.ID) {
			n++
			if f.Model != program.Mux {
				t.Errorf("%s is a fault of %s", f.Name, f.Model)
			}
		}
	}
	if n != tenths {
		t.Errorf("%d faults", n)
	}
}

func TestDepthsRoundTrip(t *testing.T) {
	name := fault.HAPROXY_bd384a359.String()
	rs := []Result{
		{Cell: Cell{Method: "uniform", Fault: name, Seed: 1, Budget: 1000}, Found: true, Ops: 100},
		{Cell: Cell{Method: "uniform", Fault: name, Seed: 2, Budget: 1000}, Ops: 1010},
	}
	all, err := ReadDepths("x", []byte(FormatDepths(rs)))
	if err != nil || len(all) != 1 || all[0] != (Depth{name, 550}) {
		t.Errorf("%v, %v", all, err)
	}
	for _, bad := range []string{"HAPROXY-000000000 5\n", name + "\n", name + " 0\n", name + " x\n", name + " 1 2\n"} {
		if _, err := ReadDepths("x", []byte(bad)); err == nil || !strings.Contains(err.Error(), "x:1:") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
