package shadow_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/lastwake/lastwake/harness/shadow"
)

// TestTypeOf flattens what is nested, keeps arrays of scalars whole, takes
// names from tags first and leaves padding to nobody.
func TestTypeOf(t *testing.T) {
	type pair struct {
		A uint8
		B uint64 `c:"bee"`
	}
	type whole struct {
		Flag  bool `c:"flags.f"`
		Pairs [2]pair
		Ring  [3]uint16 `c:"ring"`
		_     [0]uint32
		Ptr   *whole
		Raw   unsafe.Pointer
		Grid  [2][2]int8
	}
	want := shadow.Type{Name: "whole", Size: 72, Fields: []shadow.Field{
		{Name: "flags.f", Offset: 0, Size: 1},
		{Name: "pairs[0].a", Offset: 8, Size: 1},
		{Name: "pairs[0].bee", Offset: 16, Size: 8},
		{Name: "pairs[1].a", Offset: 24, Size: 1},
		{Name: "pairs[1].bee", Offset: 32, Size: 8},
		{Name: "ring", Offset: 40, Size: 6},
		{Name: "ptr", Offset: 48, Size: 8},
		{Name: "raw", Offset: 56, Size: 8},
		{Name: "grid[0]", Offset: 64, Size: 2},
		{Name: "grid[1]", Offset: 66, Size: 2},
	}}
	if diff := cmp.Diff(want, shadow.TypeOf[whole]("whole")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestTypeOfRefuses names the field that the garbage collector would lose.
func TestTypeOfRefuses(t *testing.T) {
	type inner struct{ Name string }
	for want, f := range map[string]func(){
		"field in.name is a string":      func() { shadow.TypeOf[struct{ In inner }]("x") },
		"field list[0].name is a string": func() { shadow.TypeOf[struct{ List [2]inner }]("x") },
		"field b is a []uint8":           func() { shadow.TypeOf[struct{ B []byte }]("x") },
		"field m is a map[int]int":       func() { shadow.TypeOf[struct{ M map[int]int }]("x") },
		"field f is a func()":            func() { shadow.TypeOf[struct{ F func() }]("x") },
		"field e is a error":             func() { shadow.TypeOf[struct{ E error }]("x") },
		"field c is a chan int":          func() { shadow.TypeOf[struct{ C chan int }]("x") },
		"int is not a struct":            func() { shadow.TypeOf[int]("x") },
		"struct {} is not a struct tha":  func() { shadow.TypeOf[struct{}]("x") },
	} {
		s := catch(f)
		if s == nil {
			t.Errorf("%s: accepted", want)
			continue
		}
		got, _ := s.value.(string)
		if !strings.Contains(got, want) {
			t.Errorf("got %v, want %q", s.value, want)
		}
	}
}

// TestFormat prints what may be compared between runs: an address relative to
// the arena where it can have come from there, and else as it is.
func TestFormat(t *testing.T) {
	for _, base := range []uintptr{shadow.DefaultBase, 0x2a_7300_0000} {
		a := newArena(t, shadow.Options{Base: base})
		for want, addr := range map[string]uintptr{
			"0x0":                a.Base(),
			"0x3ffffff":          a.Base() + shadow.Stride - 1,
			"base+0x4000000":     a.Base() + shadow.Stride,
			"base-0x1":           a.Base() - 1,
			"0x18":               0x18,
			"0xfffffffffffffff0": ^uintptr(0xf),
		} {
			if got := a.Format(addr); got != want {
				t.Errorf("base %#x: got %s, want %s", a.Base(), got, want)
			}
		}
	}
}
