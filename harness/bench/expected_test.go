package bench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/fault"
)

// found are results of n seeds that take around ops each.
func found(name string, ops uint64, n int) (rs []Result) {
	for i := range n {
		rs = append(rs, Result{Cell: Cell{"hunt", name, uint64(i + 1), 1 << 30}, Found: true, Ops: ops + uint64(i), Programs: 1, Executed: ops, Spent: 1})
	}
	return rs
}

func TestExpect(t *testing.T) {
	all, err := Expect(append(found("HAPROXY-bd384a359", 123_456, 3), found("HAPROXY-ea4a5cbbd", 10, 3)...))
	if err != nil {
		t.Fatal(err)
	}
	want := []Expected{
		{"HAPROXY-bd384a359", 123_457, 123_458, 2_500_000, true},
		{"HAPROXY-ea4a5cbbd", 11, 12, leastBudget, true},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	again, err := ReadExpected("f", []byte(FormatExpected(3, all)))
	if diff := cmp.Diff(all, again); diff != "" || err != nil {
		t.Errorf("read back: %v\n%s", err, diff)
	}
	missed := found("HAPROXY-bd384a359", 5, 3)
	missed[1].Found = false
	if _, err := Expect(missed); err == nil {
		t.Error("a fault that a third of the seeds misses makes an expectation")
	}
	most := found("HAPROXY-bd384a359", 1000, 20)
	most[3].Found, most[3].Ops = false, 9000
	got, err := Expect(append(most, found("HAPROXY-ea4a5cbbd", 10, 20)...))
	if err != nil || got[0].Checked || got[0].Mean <= 1000 || got[0].Most != 9000 || !got[1].Checked {
		t.Errorf("one of twenty seeds misses: %+v, %v", got, err)
	}
}

// Eight faults are checked, the shallowest and the deepest among them.
func TestCheckedAreSpread(t *testing.T) {
	var rs []Result
	for i, f := range fault.All() {
		rs = append(rs, found(f.Name, uint64(1+i*i), 1)...)
	}
	all, err := Expect(rs)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range all {
		if e.Checked {
			n++
		}
	}
	if n != checkFaults || !all[0].Checked || !all[len(all)-1].Checked {
		t.Errorf("%d are checked, the first %t, the last %t; want %d and both ends", n, all[0].Checked, all[len(all)-1].Checked, checkFaults)
	}
}

// One seed may miss; two may not, and neither may a finding beyond the budget
// count.
func TestLost(t *testing.T) {
	e := []Expected{{"HAPROXY-bd384a359", 50, 90, 1000, true}}
	rs := found("HAPROXY-bd384a359", 100, 3)
	rs[0].Found = false
	if lost := Lost(e, rs); len(lost) != 0 {
		t.Errorf("one miss: %q", lost)
	}
	rs[1].Ops = 1001
	lost := Lost(e, rs)
	if fmt.Sprint(lost) != "[HAPROXY-bd384a359: found by 1 of 3 seeds in 1000 ops; it used to take 50 on average]" {
		t.Errorf("two misses: %q", lost)
	}
}

func TestReadExpectedTellsTheLine(t *testing.T) {
	for _, bad := range []string{"F 1 2 3", "F 1 2 x yes", "F 1 0 3 yes", "F 1 2 3 maybe"} {
		_, err := ReadExpected("e.txt", []byte("# head\nF 1 2 3 yes # fine\n"+bad+"\n"))
		if err == nil || !strings.HasPrefix(err.Error(), "e.txt:3: ") {
			t.Errorf("%s: got %v, want an error in line 3", bad, err)
		}
	}
}

func FuzzReadExpected(f *testing.F) {
	f.Add([]byte("HAPROXY-bd384a359 1 2 3 yes\n# x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := ReadExpected("e", text)
		if err != nil {
			return
		}
		again, err := ReadExpected("e", []byte(FormatExpected(3, all)))
		if diff := cmp.Diff(all, again); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}
